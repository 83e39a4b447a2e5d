"""The dated parameters: what is in force, who chose it, and the Région's page to change one."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config import clock
from config.ui.dates import day
from pathways import parameters as dated
from pathways.enums import Role
from pathways.forms.parameters import ParameterForm
from pathways.models import ParameterValue
from pathways.parameters import PARAMETERS, Parameter
from pathways.views.access import for_roles

READERS = (Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER, Role.ADMINISTRATOR)


@require_safe
@for_roles(*READERS)
def parameters(request: HttpRequest) -> HttpResponse:
    """Every parameter by group, with the value in force and the one planned, if any."""
    rows = ParameterValue.objects.standing().select_related("set_by", "set_by_organisation")
    chosen = {code: list(group) for code, group in groupby(rows, key=lambda row: row.code)}
    lines = [_line(parameter, chosen.get(parameter.code, [])) for parameter in PARAMETERS.values()]
    lines.sort(key=lambda line: (line["parameter"].group, line["parameter"].label))
    groups = [
        {"label": label, "lines": list(group)}
        for label, group in groupby(lines, key=lambda line: line["parameter"].group)
    ]
    can_choose = request.actor.has_role(Role.REGION_OFFICER)
    return render(request, "pathways/parameters.html", {"groups": groups, "can_choose": can_choose})


def _line(parameter: Parameter, rows: list[ParameterValue]) -> dict[str, Any]:
    """rows: the latest first."""
    today = clock.today()
    in_force = next((row for row in rows if row.valid_from <= today), None)
    return {
        "parameter": parameter,
        "value": in_force.value if in_force else parameter.default,
        "chosen": in_force,
        "planned": [row for row in reversed(rows) if row.valid_from > today],
    }


@require_safe
@for_roles(*READERS)
def parameter(request: HttpRequest, code: str) -> HttpResponse:
    """One parameter: its history for every reader, and for the Région a new value from a day on."""
    found = _parameter_or_404(code)
    can_choose = request.actor.has_role(Role.REGION_OFFICER)
    return _page(request, found, ParameterForm(found, dated.value(code)) if can_choose else None)


@require_POST
@for_roles(Role.REGION_OFFICER)
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Give the parameter a value from a day on."""
    found = _parameter_or_404(code)
    form = ParameterForm(found, dated.value(code), request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    asked = form.cleaned_data
    row = dated.choose(code, asked["value"], asked["valid_from"], asked["reason"], request.actor)
    told = f"« {found.label} » : {asked['value']} {found.unit} à partir du {day(asked['valid_from'])}."
    if row is None:
        messages.info(request, f"{told} C'était déjà le cas : rien n'a changé.")
    else:
        messages.success(request, told)
    return redirect("pathways:parameter", code)


def _parameter_or_404(code: str) -> Parameter:
    if code not in PARAMETERS:
        raise Http404
    return PARAMETERS[code]


def _page(request: HttpRequest, found: Parameter, form: ParameterForm | None) -> HttpResponse:
    rows = ParameterValue.objects.filter(code=found.code).select_related("set_by", "set_by_organisation")
    context = {
        **_line(found, [row for row in rows if row.withdrawn_at is None]),
        "rows": rows,
        "today": clock.today(),
        "form": form,
        "crumbs": [
            {"label": "Paramètres", "url": reverse("pathways:parameters")},
            {"label": found.label},
        ],
    }
    is_wrong = form is not None and form.errors
    return render(request, "pathways/parameter.html", context, status=422 if is_wrong else 200)


@require_POST
@for_roles(Role.REGION_OFFICER)
def take_back(request: HttpRequest, code: str, value_id: int) -> HttpResponse:
    """Take back a value whose day has not come."""
    row = get_object_or_404(ParameterValue, pk=value_id, code=code)
    if code in PARAMETERS and dated.take_back(row):
        messages.success(request, f"La valeur prévue pour le {day(row.valid_from)} est reprise.")
    else:
        messages.warning(request, "Cette valeur est déjà en vigueur ou reprise : choisissez-en une nouvelle.")
    return redirect("pathways:parameter", code)
