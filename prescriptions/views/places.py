"""The board of places: sessions that open soon with places that nobody holds, and how the open ones were filled."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.ui.tables import Column, headers, url_with
from config.ui.totals import total_of
from pathways.enums import Role
from pathways.keyset import Sort, page
from pathways.models import Pathway
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.views.access import for_roles
from prescriptions import board
from prescriptions.figures import entries, filling
from prescriptions.forms import PlaceFilters
from prescriptions.past import people_of

BOARD_ROLES = (Role.REGION_OFFICER, Role.ADVISOR, Role.DEPARTMENT_MANAGER)
PAGE_SIZE = 30
ALERT = Column("Alerte")
COLUMNS = (
    Column("Ouverture", "ouverture"),
    Column("Session", "intitule"),
    Column("Places", "vides"),
    ALERT,
    Column("Donnée"),
)
#: Nobody has entered a session that is still to open.
ENTRIES = Column("Entrées (AES)", is_numeric=True)
SORTS = {
    "ouverture": Sort("starts_on"),
    "intitule": Sort("title"),
    "vides": Sort("seats_free", is_nullable=True),
}


def _candidates(request: HttpRequest) -> QuerySet[Pathway]:
    return people_of(board.scope(request.actor, {}))


def _figures(request: HttpRequest) -> list[tuple[str, Any]]:
    asked = PlaceFilters({"fenetre": PlaceFilters.DEFAULT_WINDOW, **request.GET.dict()}).criteria()
    view = board.VIEWS.get(request.GET.get("vue", ""), board.VIEWS[""])
    rows = view.select(board.scope(request.actor, asked), asked.get("fenetre") or PlaceFilters.DEFAULT_WINDOW)
    found = filling(rows)
    shown = [("Sessions", rows.count()), ("Places", found.capacity), ("Places tenues", found.held)]
    if view.looks_ahead:
        return [*shown, ("Places vides", found.empty)]
    return [*shown, ("Entrées (AES)", found.entered), ("Remplissage", found.rate_text)]


@require_safe
@for_roles(*BOARD_ROLES)
@readable_in_time(_candidates, figures=_figures)
def places(request: HttpRequest) -> HttpResponse:
    """`vue` chooses the sessions; `bassin` and `fenetre` (days) narrow them down."""
    filters = PlaceFilters({"fenetre": PlaceFilters.DEFAULT_WINDOW, **request.GET.dict()})
    asked = filters.criteria()
    view = board.VIEWS.get(request.GET.get("vue", ""), board.VIEWS[""])
    scope = board.scope(request.actor, asked)
    days = asked.get("fenetre") or PlaceFilters.DEFAULT_WINDOW
    rows = view.select(scope, days)
    name, sort = _sort(request.GET.get("tri", ""), view.default_sort)
    shown = page(rows, sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    context = {
        "filters": filters,
        "views": _view_links(request, scope, days, view),
        "view": view,
        "days": days,
        "figures": filling(rows),
        "chart": board.chart(board.VIEWS["toutes"].select(scope, days), days) if view.looks_ahead else None,
        "headers": headers(request, _columns(view), default=name),
        "lines": _lines(shown.rows),
        "total": total_of(rows),
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
    }
    return render(request, "prescriptions/places.html", context)


def _columns(view: board.View) -> list[Column]:
    """An alert is about today: a past reading has none."""
    shown = [column for column in COLUMNS if column is not ALERT or reading_now() is None]
    return shown if view.looks_ahead else [*shown[:3], ENTRIES, *shown[3:]]


def _sort(wanted: str, default: str) -> tuple[str, Sort]:
    name = wanted.removeprefix("-")
    if name not in SORTS:
        wanted, name = default, default.removeprefix("-")
    return wanted, Sort(SORTS[name].field, wanted.startswith("-"), SORTS[name].is_nullable)


def _view_links(request: HttpRequest, scope, days: int, current) -> list[dict[str, Any]]:
    return [
        {
            "label": view.label,
            "url": url_with(request, vue=code or None, tri=None, apres=None, avant=None),
            "is_active": view is current,
            "count": total_of(view.select(scope, days)),
        }
        for code, view in board.VIEWS.items()
    ]


def _lines(sessions: list) -> list[dict[str, Any]]:
    ids = [session.pk for session in sessions]
    alerts, entered = board.open_alerts(ids), entries(ids)
    return [
        {
            "session": session,
            "entered": entered.get(session.pk, 0),
            "rate": board.percent(entered.get(session.pk, 0), session.capacity),
            "alert": alerts.get(session.pk),
        }
        for session in sessions
    ]
