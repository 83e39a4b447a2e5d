"""« Dispositifs »: which schemes pay for training, the rules they apply in words, and the Région's changes to them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from config import clock
from config.ui.dates import day
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions.models import Scheme
from prescriptions.schemes import catalogue, editing
from prescriptions.schemes.forms import NewRuleForm, RuleForm, SchemeForm
from prescriptions.schemes.rules import RULES

READERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.REGION_OFFICER)
CRUMB = "Dispositifs"


@require_safe
@for_roles(*READERS)
def schemes(request: HttpRequest) -> HttpResponse:
    """Those in force today in the order to try them, then those to come and those of the past."""
    today = clock.today()
    rows = list(Scheme.objects.order_by("try_order", "pk"))
    in_force = [scheme for scheme in rows if _holds(scheme, today)]
    context = {
        "in_force": in_force,
        "others": [scheme for scheme in rows if scheme not in in_force],
        "today": today,
        "can_edit": request.actor.has_role(Role.REGION_OFFICER),
    }
    return render(request, "prescriptions/schemes.html", context)


def _holds(scheme: Scheme, today) -> bool:
    return scheme.valid_from <= today and (scheme.valid_to is None or scheme.valid_to > today)


@require_safe
@for_roles(*READERS)
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """One scheme: its rules as they stand, those to come, and everything that it has applied."""
    found = get_object_or_404(Scheme, code=code)
    today = clock.today()
    rows = [catalogue.applied(row) for row in found.rules.select_related("changed_by").order_by("rule", "pk")]
    in_force = [each for each in rows if _holds(each.row, today)]
    gone = [each for each in rows if each not in in_force and each.row.valid_to != each.row.valid_from]
    can_edit = request.actor.has_role(Role.REGION_OFFICER)
    context = {
        "scheme": found,
        "about_offer": [each for each in in_force if each.selects],
        "about_person": [each for each in in_force if not each.selects],
        "planned": [each for each in gone if each.row.valid_from > today],
        "past": [each for each in gone if each.row.valid_from <= today],
        "changes": _changes(found),
        "can_edit": can_edit,
        "new_rule": NewRuleForm({each.row.rule for each in in_force}) if can_edit else None,
        "crumbs": _crumbs(found.name),
    }
    return render(request, "prescriptions/scheme.html", context)


#: What a change of a scheme is told by.
TOLD = ("name", "description", "funder", "try_order", "valid_from", "valid_to")


def _changes(scheme: Scheme) -> list[dict[str, Any]]:
    """Who changed which field of the scheme itself, the latest first."""
    versions = list(scheme.history.select_related("history_user").order_by("-history_date", "-history_id"))
    told = []
    for newer, older in pairwise(versions):
        fields = [
            str(Scheme._meta.get_field(name).verbose_name)
            for name in TOLD
            if getattr(newer, name) != getattr(older, name)
        ]
        if fields:
            told.append({"at": newer.history_date, "by": newer.history_user, "fields": ", ".join(fields)})
    return told


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def new(request: HttpRequest) -> HttpResponse:
    """A scheme that did not exist yet; its rules are added on its page."""
    return _edit(request, Scheme(valid_from=clock.today()), "Nouveau dispositif")


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    return _edit(request, get_object_or_404(Scheme, code=code), "Modifier le dispositif")


def _edit(request: HttpRequest, found: Scheme, label: str) -> HttpResponse:
    name = found.name
    form = SchemeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.instance._history_user = request.actor.user
        form.save()
        messages.success(request, f"Dispositif enregistré : {found.name}.")
        return redirect("prescriptions:scheme", found.code)
    context = {
        "form": form,
        "label": label,
        "name": name,
        "crumbs": _crumbs(label, found if found.pk else None),
    }
    return render(request, "prescriptions/scheme_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """Add a rule to a scheme, change its parameters or stop it, from a day on; `?regle=` names the rule."""
    found = get_object_or_404(Scheme, code=code)
    named = RULES.get(request.GET.get("regle", "") or request.GET.get("rule", ""))
    if named is None:
        raise Http404("Cette règle n'existe pas.")
    current = found.rules.in_force(clock.today()).filter(rule=named.code).first()
    form = RuleForm(named, named.given(current.parameters if current else {}), request.POST or None)
    if request.method == "POST" and form.is_valid():
        stops = "stop" in request.POST
        asked_day = form.cleaned_data["valid_from"]
        editing.set_rule(found.pk, named.code, None if stops else form.given(), asked_day, request.actor)
        told = "La règle cesse" if stops else "La règle s'applique ainsi"
        messages.success(request, f"{told} à partir du {day(asked_day)}.")
        return redirect("prescriptions:scheme", found.code)
    label = "Modifier une règle" if current else "Ajouter une règle"
    context = {
        "form": form,
        "scheme": found,
        "rule": named,
        "is_applied": current is not None,
        "label": label,
        "crumbs": _crumbs(label, found),
    }
    return render(request, "prescriptions/scheme_rule.html", context, status=422 if form.errors else 200)


def _crumbs(here: str, scheme: Scheme | None = None) -> list[dict[str, str]]:
    crumbs = [{"label": CRUMB, "url": reverse("prescriptions:schemes")}]
    if scheme is not None:
        crumbs.append({"label": scheme.name, "url": reverse("prescriptions:scheme", args=[scheme.code])})
    return [*crumbs, {"label": here}]
