"""« Délais des AES »: how soon each training provider tells the entries, for the Région."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.ui.charts import Chart, Series
from config.ui.dates import NO_BREAK, number
from pathways.enums import Role
from pathways.small_numbers import threshold
from pathways.views.access import for_roles
from prescriptions.documents.legal_delay import LEGAL_DAYS, legal_days
from prescriptions.documents.timeliness import Timeliness, timeliness, years
from prescriptions.views.years import YearForm

ROLES = (Role.REGION_OFFICER,)
#: Bars drawn; the table has every provider.
DRAWN = 15


@require_safe
@for_roles(*ROLES)
def page(request: HttpRequest) -> HttpResponse:
    """Share issued in time and median delay per provider; `?annee=` is the civil year of the entries."""
    form = YearForm(request.GET, years())
    total, rows = timeliness(form.year())
    least = threshold()
    context = {
        "form": form if form.is_offered else None,
        "year": form.year(),
        "total": _cells(total, least) if total else None,
        "rows": [_cells(row, least) for row in rows],
        "least": least,
        "legal_days": legal_days(),
        "source": LEGAL_DAYS.source,
        "chart": _chart(total, rows, least) if total else None,
    }
    return render(request, "prescriptions/documents/delays.html", context)


def _cells(row: Timeliness, least: int) -> dict[str, Any]:
    """A median and a share are said from `least` entries on: below, they tell of chance."""
    is_told = row.entries >= least
    share = "–" if row.share is None or not is_told else f"{round(100 * row.share)}{NO_BREAK}%"
    has_median = is_told and row.median is not None
    return {
        "row": row,
        "share": share,
        "median": f"{number(row.median, 1 if row.median % 1 else 0)}{NO_BREAK}j" if has_median else "–",
    }


def _chart(total: Timeliness, rows: list[Timeliness], least: int) -> Chart | None:
    told = [row for row in rows if row.share is not None and row.entries >= least][:DRAWN]
    if not told or total.share is None:
        return None
    below = sum(row.share < 0.9 for row in rows if row.share is not None and row.entries >= least)
    finding = (
        f"{below} organismes sur {len(rows)} émettent moins de neuf AES sur dix à temps"
        if below > 1
        else f"{round(100 * total.share)}{NO_BREAK}% des AES sont émises à temps"
    )
    return Chart(
        "aes-delais",
        finding,
        "bar",
        [row.provider for row in told],
        [Series("AES émises à temps", [round(100 * row.share) for row in told])],
        unit="%",
        category_label="Organisme",
        note="Entrées dont le délai est écoulé ; les organismes les moins à temps d'abord.",
    )
