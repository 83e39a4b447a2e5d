"""« Calendrier »: what happens in a month, week by week, to read on a phone or to export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import url_with
from pathways.models import Pathway
from pathways.reading.pages import readable_in_time
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from prescriptions import planning
from prescriptions.models import Session
from prescriptions.past import people_of
from prescriptions.planning_form import PlanningFilters, month_name
from prescriptions.provenance import CARIF
from prescriptions.search import find
from prescriptions.views.sessions import OFFER_ROLES

#: Lines of one page: a month of a Département holds in one.
PAGE_SIZE = 200
#: Lines of the export whose sessions are read at a time.
CHUNK = 1000
EXPORT_HEADS = (
    *("Jour", "Heure", "Nature", "Session", "N° Carif", "Organisme", "Ville", "Adresse du rendez-vous"),
    *("Places", "Places tenues", "Déclaré par", "Déclaré le"),
)


def _candidates(request: HttpRequest) -> QuerySet[Pathway]:
    return people_of(Session.objects.visible_to(request.actor))


def _sessions(request: HttpRequest, filters: PlanningFilters) -> QuerySet[Session]:
    return find(Session.objects.visible_to(request.actor), filters.as_criteria())


@require_safe
@for_roles(*OFFER_ROLES)
@readable_in_time(_candidates)
def calendar(request: HttpRequest) -> HttpResponse:
    """One month of the sessions that the reader sees; `page` when it has more lines than a page holds."""
    filters = PlanningFilters(request.GET)
    month, sessions = filters.month, _sessions(request, filters)
    counted = planning.counts(sessions, month)
    total = sum(counted[kind] for kind in filters.kinds)
    number = _page(request.GET.get("page", ""), total)
    lines = planning.rows(sessions, month, filters.kinds)[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
    weeks = planning.by_week(planning.entries(lines))
    before, after = month.shifted(-1), month.shifted(1)
    context = {
        "filters": filters,
        "place": filters.place,
        "month": month_name(month.first),
        "weeks": weeks,
        "shown": sum(len(day.entries) for week in weeks for day in week.days),
        "total": total,
        "counts": [(planning.NOUNS[kind], counted[kind], planning.ICONS[kind]) for kind in filters.kinds],
        "carif": CARIF,
        "before": {
            "label": month_name(before.first),
            "url": url_with(request, mois=before.code, page=None),
        },
        "after": {"label": month_name(after.first), "url": url_with(request, mois=after.code, page=None)},
        "previous_url": url_with(request, page=number - 1) if number > 1 else "",
        "next_url": url_with(request, page=number + 1) if number * PAGE_SIZE < total else "",
        "export_url": reverse("prescriptions:calendar_export") + url_with(request, page=None),
        "clear_url": f"?mois={month.code}" if filters.is_narrowed else "",
    }
    return render(request, "prescriptions/calendar.html", context)


def _page(wanted: str, total: int) -> int:
    last = max(1, -(-total // PAGE_SIZE))
    return min(int(wanted), last) if wanted.isdecimal() and 0 < len(wanted) < 9 and int(wanted) else 1


@require_safe
@for_roles(*OFFER_ROLES)
@readable_in_time(_candidates)
def export(request: HttpRequest) -> FileResponse:
    """The whole month of `calendar` at the same address parameters: same lines, same order."""
    filters = PlanningFilters(request.GET)
    lines = planning.rows(_sessions(request, filters), filters.month, filters.kinds)
    notes = [*provenance(request.actor), *filters.in_words()]
    book = write(EXPORT_HEADS, _export_rows(lines), notes)
    name = f"calendrier-{filters.month.code}-au-{clock.today():%Y-%m-%d}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name)


def _export_rows(lines: QuerySet) -> Iterator[list[Any]]:
    start = 0
    while chunk := list(lines[start : start + CHUNK]):
        for entry in planning.entries(chunk):
            session, meeting = entry.session, entry.meeting
            yield [
                entry.day,
                f"{entry.hour:%H:%M}" if entry.hour else "",
                str(entry.kind.label),
                session.title,
                session.carif_number,
                session.provider.name,
                session.action.city,
                meeting.place if meeting else "",
                session.capacity,
                session.seats_held,
                entry.declared_by.name if entry.declared_by else CARIF,
                entry.declared_at.date(),
            ]
        start += CHUNK
