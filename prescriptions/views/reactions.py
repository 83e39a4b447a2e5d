"""« Réactions »: how fast teams react to alerts about empty seats, and the seats filled thanks to it."""

from __future__ import annotations

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import url_with
from pathways.models import EmploymentArea
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from prescriptions.forms import FilterForm
from prescriptions.saturation import reactions
from prescriptions.views.places import BOARD_ROLES


class ReactionFilters(FilterForm):
    DEFAULT_MONTHS = 12

    mois = forms.TypedChoiceField(
        label="Alertes des",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            (3, "3 derniers mois"),
            (6, "6 derniers mois"),
            (12, "12 derniers mois"),
            (36, "3 dernières années"),
        ],
    )
    bassin = forms.ModelChoiceField(
        label="Bassin d'emploi", required=False, queryset=EmploymentArea.objects.all(), empty_label="Tous"
    )


def _asked(request: HttpRequest):
    """The filters of the address, and the alerts that they keep."""
    filters = ReactionFilters({"mois": ReactionFilters.DEFAULT_MONTHS, **request.GET.dict()})
    asked = filters.criteria()
    months = asked.get("mois") or ReactionFilters.DEFAULT_MONTHS
    return filters, reactions.alerts(request.actor, months, asked.get("bassin"))


@require_safe
@for_roles(*BOARD_ROLES)
def reactions_page(request: HttpRequest) -> HttpResponse:
    """Figures only: no person is read. An advisor reads the bassins of the agency."""
    filters, rows = _asked(request)
    whole, months = reactions.total(rows), reactions.by_month(rows)
    context = {
        "filters": filters,
        "whole": whole,
        "chart": reactions.chart(months, whole),
        "tables": [
            ("bassins", "Par bassin et équipe", "Bassin", reactions.by_area(rows)),
            ("mois", "Par mois d'alerte", "Mois", months),
        ],
        "definitions": reactions.DEFINITIONS,
        "export_url": reverse("prescriptions:reactions_export") + url_with(request),
    }
    return render(request, "prescriptions/saturation/reactions.html", context)


#: (head of a column, measure); a duration is written in hours.
EXPORT = (
    ("Alertes", "alerts"),
    ("Vues", "seen"),
    ("Prises en charge", "taken"),
    ("Avec un candidat proposé", "proposed"),
    ("Abandonnées", "given_up"),
    ("Vue, médiane (h)", "seen_half"),
    ("Vue, 9 sur 10 (h)", "seen_most"),
    ("Prise en charge, médiane (h)", "taken_half"),
    ("Prise en charge, 9 sur 10 (h)", "taken_most"),
    ("Premier candidat, médiane (h)", "proposed_half"),
    ("Premier candidat, 9 sur 10 (h)", "proposed_most"),
    ("Sessions ouvertes", "opened"),
    ("Vides à l'alerte", "empty_before"),
    ("Vides à l'ouverture", "empty_after"),
    ("Pourvues", "filled"),
    ("Grâce à l'alerte", "thanks"),
)


@require_safe
@for_roles(*BOARD_ROLES)
def export(request: HttpRequest) -> FileResponse:
    """The two tables of the page, one under the other, and their definitions."""
    filters, rows = _asked(request)
    lines = [("Ensemble", reactions.total(rows))]
    lines += [("Bassin", each) for each in reactions.by_area(rows)]
    lines += [("Mois", each) for each in reactions.by_month(rows)]
    notes = [*provenance(request.actor), *filters.in_words(), *reactions.DEFINITIONS]
    heads = ["Regroupement", "Bassin ou mois", "Équipe", *(head for head, _ in EXPORT)]
    cells = ([group, line.label, line.note, *_cells(line)] for group, line in lines)
    book = write(heads, cells, notes)
    return FileResponse(book, as_attachment=True, filename=f"reactions-{clock.today():%Y-%m-%d}.xlsx")


def _cells(line: reactions.Reaction):
    for _, measure in EXPORT:
        value = getattr(line, measure)
        yield round(value.total_seconds() / 3600, 1) if hasattr(value, "total_seconds") else value
