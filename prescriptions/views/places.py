"""The board of places: sessions that open soon with places that nobody holds, and how the open ones were filled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import Column, headers, url_with
from config.ui.totals import total_of
from pathways.enums import Role
from pathways.keyset import Sort, page
from pathways.models import Pathway
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from prescriptions.figures import entries, filling
from prescriptions.forms import PlaceFilters
from prescriptions.past import people_of
from prescriptions.saturation import board
from prescriptions.saturation.absences import DEFINITION
from prescriptions.saturation.enums import Stage

BOARD_ROLES = (Role.REGION_OFFICER, Role.ADVISOR, Role.DEPARTMENT_MANAGER)
PAGE_SIZE = 30
#: Rows read from the database at a time by the export.
CHUNK = 500
ALERT = Column("Alerte", "alerte")
COLUMNS = (
    Column("Ouverture", "ouverture"),
    Column("Session", "intitule"),
    Column("Places", "vides"),
    ALERT,
)
#: Nobody has entered a session that is still to open.
ENTRIES = Column("Entrées (AES)", is_numeric=True)
SORTS = {
    "ouverture": Sort("starts_on"),
    "intitule": Sort("title"),
    "vides": Sort("seats_free", is_nullable=True),
    "alerte": Sort("saturation_case__opened_at", is_nullable=True),
}


def _filters(request: HttpRequest) -> PlaceFilters:
    """An advisor may ask for their own alerts; nobody else has any."""
    own = request.actor.has_role(Role.ADVISOR)
    alerts = [(code, each.label) for code, each in board.ALERTS.items() if own or code != "mes"]
    if reading_now() is not None:
        alerts = []
    return PlaceFilters({"fenetre": PlaceFilters.DEFAULT_WINDOW, **request.GET.dict()}, alerts)


def _candidates(request: HttpRequest) -> QuerySet[Pathway]:
    return people_of(board.scope(request.actor, {}))


class _Asked:
    """What the address asks for: filters, view, days ahead or back, the rows and their sort."""

    def __init__(self, request: HttpRequest):
        self.filters = _filters(request)
        criteria = self.filters.criteria()
        self.view = board.VIEWS.get(request.GET.get("vue", ""), board.VIEWS[""])
        self.days = criteria.get("fenetre") or PlaceFilters.DEFAULT_WINDOW
        self.scope = board.scope(request.actor, criteria)
        self.rows = self.view.select(self.scope, self.days)
        self.sort_name, self.sort = _sort(request.GET.get("tri", ""), self.view.default_sort)


def _figures(request: HttpRequest) -> list[tuple[str, Any]]:
    asked = _Asked(request)
    found = filling(asked.rows)
    shown = [
        ("Sessions", asked.rows.count()),
        ("Places", found.capacity),
        ("Places tenues", found.held),
    ]
    if asked.view.looks_ahead:
        return [*shown, ("Places vides", found.empty)]
    return [*shown, ("Entrées (AES)", found.entered), ("Remplissage", found.rate_text)]


@require_safe
@for_roles(*BOARD_ROLES)
@readable_in_time(_candidates, figures=_figures)
def places(request: HttpRequest) -> HttpResponse:
    """`vue` chooses the sessions; `texte`, `bassin`, `fenetre` (days) and `etat` (of the alert) narrow them down."""
    asked = _Asked(request)
    view, days = asked.view, asked.days
    shown = page(
        asked.rows, asked.sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", "")
    )
    context = {
        "filters": asked.filters,
        "views": _view_links(request, asked),
        "view": view,
        "days": days,
        "figures": filling(asked.rows),
        "chart": board.chart(board.VIEWS["toutes"].select(asked.scope, days), days)
        if view.looks_ahead
        else None,
        "headers": headers(request, _columns(view), default=asked.sort_name),
        "lines": _lines(request, shown.rows),
        "definition": DEFINITION,
        "total": total_of(asked.rows),
        "export_url": reverse("prescriptions:places_export") + url_with(request, apres=None, avant=None),
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


def _view_links(request: HttpRequest, asked: _Asked) -> list[dict[str, Any]]:
    return [
        {
            "label": view.label,
            "url": url_with(request, vue=code or None, tri=None, apres=None, avant=None),
            "is_active": view is asked.view,
            "count": total_of(view.select(asked.scope, asked.days)),
        }
        for code, view in board.VIEWS.items()
    ]


def _lines(request: HttpRequest, sessions: list) -> list[dict[str, Any]]:
    entered = entries([session.pk for session in sessions])
    return [
        {
            "session": line.session,
            "entered": entered.get(line.session.pk, 0),
            "rate": board.percent(entered.get(line.session.pk, 0), line.session.capacity),
            "line": line,
            "alert": line.case,
            "actions": _actions(request, line),
        }
        for line in board.lines(sessions)
    ]


def _actions(request: HttpRequest, line: board.Line) -> list[dict[str, Any]]:
    """What the reader can do about the alert without leaving the line."""
    case = line.case
    if case is None:
        return []
    is_advisor = request.actor.has_role(Role.ADVISOR)
    if is_advisor and case.is_live and case.advisor_id is None:
        take = reverse("prescriptions:saturation_act", args=[case.pk, "prendre"])
        back = {"suite": request.get_full_path()}
        return [
            {"label": "Prendre en charge", "url": take, "is_post": True, "is_primary": True, "fields": back}
        ]
    if is_advisor and case.is_live and case.advisor_id == request.actor.user_id:
        candidates = reverse("prescriptions:saturation_candidates", args=[case.pk])
        return [{"label": "Candidats", "url": candidates, "is_primary": case.stage == Stage.TAKEN}]
    return [{"label": "Suivre", "url": reverse("prescriptions:saturation", args=[case.pk])}]


# ---- export

EXPORT_HEADS = (
    *("Ouverture", "Intitulé", "N° Carif", "Organisme", "Ville", "Bassin"),
    *(
        "Places",
        "Places tenues",
        "Places vides",
        "Attendues à l'ouverture",
        "Vides prévues",
        "Absences passées",
    ),
    *("En liste d'attente", "Réservées non consommées", "Entrées (AES)", "Effectif minimal"),
    *("Alerte", "Alerte du", "Prise en charge par", "Propositions"),
    *("Déclaré par", "Déclaré le"),
)


def _export_row(line: board.Line, entered: int) -> list:
    """One line of the export, in the order of EXPORT_HEADS."""
    session, case = line.session, line.case
    return [
        *(session.starts_on, session.title, session.carif_number, session.provider.name, session.action.city),
        str(session.area or ""),
        *(session.capacity, session.seats_held, session.seats_left),
        None if line.coming is None else round(line.coming, 1),
        None if line.projected_empty is None else round(line.projected_empty, 1),
        line.forecast.sentence if line.forecast else "",
        *(line.waiting, line.reserved, entered, session.minimum),
        case.get_stage_display() if case else "",
        case.opened_at.date() if case else None,
        str(case.advisor or "") if case else "",
        line.told,
        session.declared_by.name if session.declared_by else "",
        session.declared_at.date(),
    ]


@require_safe
@for_roles(*BOARD_ROLES)
@readable_in_time(_candidates)
def export(request: HttpRequest) -> FileResponse:
    """The whole list of `places` at the same address parameters: same rows, same order."""
    asked = _Asked(request)
    said = asked.filters.in_words()
    notes = [*provenance(request.actor), ("Sessions montrées", asked.view.label), *said]
    book = write(EXPORT_HEADS, _export_rows(asked), [*notes, ("Attendues", DEFINITION)])
    return FileResponse(book, as_attachment=True, filename=f"places-{clock.today():%Y-%m-%d}.xlsx")


def _export_rows(asked: _Asked) -> Iterator[list]:
    rows = asked.rows.order_by(*asked.sort.order()).iterator(chunk_size=CHUNK)
    while sessions := list(islice(rows, CHUNK)):
        entered = entries([session.pk for session in sessions])
        for line in board.lines(sessions):
            yield _export_row(line, entered.get(line.session.pk, 0))
