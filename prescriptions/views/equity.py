"""« Équité des refus »: who is refused more often, with what the figures do not bear left unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pathways.enums import Role
from pathways.small_numbers import threshold
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from prescriptions.equity.figures import Equity, Row, equity, years
from prescriptions.equity.findings import chart, percent
from prescriptions.views.years import YearForm

ROLES = (Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER)
MASKED = "masqué"


def _read(request: HttpRequest) -> tuple[YearForm, Equity, int]:
    found = years(request.actor)
    form = YearForm(request.GET, found)
    least = threshold()
    return form, equity(request.actor, form.year(), least), least


@require_safe
@for_roles(*ROLES)
def page(request: HttpRequest) -> HttpResponse:
    """One chart and one table per dimension, then the reasons; `?annee=` is the civil year of the decisions."""
    form, found, least = _read(request)
    blocks = []
    if found.total is not None:
        blocks = [
            {
                "breakdown": each,
                "chart": chart(each, found.total) if each.shown and found.total.refused else None,
                "rows": [_cells(row) for row in each.rows],
            }
            for each in found.breakdowns
        ]
    context = {
        "form": form if form.is_offered else None,
        "equity": found,
        "total": _cells(found.total) if found.total else None,
        "blocks": blocks,
        "reasons": [(row.label, MASKED if row.is_hidden else row.refused) for row in found.reasons],
        "least": least,
        "export_url": f"{reverse('prescriptions:equity_export')}?annee={found.year}",
    }
    return render(request, "prescriptions/equity.html", context)


def _cells(row: Row) -> dict[str, Any]:
    """The cells of one row, as the page shows them."""
    if row.is_hidden:
        return {"label": row.label, "decided": MASKED, "refused": MASKED, "rate": MASKED, "interval": "–"}
    low, high = row.interval
    return {
        "label": row.label,
        "decided": row.decided,
        "refused": row.refused,
        "rate": percent(row.rate, 1),
        "interval": f"{percent(low, 1)} à {percent(high, 1)}",
    }


HEADS = ("Répartition", "Catégorie", "Décisions", "Refus", "Taux de refus (%)", "Au moins (%)", "Au plus (%)")


@require_safe
@for_roles(*ROLES)
def export(request: HttpRequest) -> FileResponse:
    """The rows of the page, what it hides hidden too."""
    _, found, least = _read(request)
    notes = [
        *provenance(request.actor),
        ("Année des décisions", str(found.year)),
        ("Effectifs masqués", f"de 1 à {least - 1} personnes, et ceux qui permettraient de les retrouver"),
        ("Intervalle", "confiance à 95 %, méthode de Wilson"),
    ]
    book = write(HEADS, _exported(found), notes)
    return FileResponse(book, as_attachment=True, filename=f"equite-refus-{found.year}.xlsx")


def _exported(found: Equity) -> Iterator[tuple]:
    if found.total is None:
        return
    yield "Ensemble", *_numbers(found.total)
    for each in found.breakdowns:
        for row in each.rows:
            yield each.dimension.title, *_numbers(row)
    for row in found.reasons:
        yield "Motifs de refus", row.label, "", MASKED if row.is_hidden else row.refused, "", "", ""


def _numbers(row: Row) -> tuple:
    if row.is_hidden:
        return row.label, MASKED, MASKED, MASKED, MASKED, MASKED
    shares = (row.rate, *row.interval)
    return row.label, row.decided, row.refused, *(round(100 * share, 1) for share in shares)
