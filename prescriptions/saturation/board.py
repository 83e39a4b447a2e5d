"""What the board of places shows: which sessions, who is expected, their alerts, the picture of their filling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from config import clock
from config.ui.charts import Chart, Series
from config.ui.dates import count
from notifications.enums import Level
from pathways.actor import Actor
from pathways.enums import Role
from pathways.reading.moment import reading_now
from prescriptions import reserved
from prescriptions.models import Prescription, SaturationCase, Session
from prescriptions.models.offer import SEATS_FREE
from prescriptions.saturation import periods
from prescriptions.saturation.absences import Forecast, forecasts
from prescriptions.saturation.enums import LIVE_STAGES, Stage
from prescriptions.saturation.pile import outcomes, said
from prescriptions.search import of_scheme


def scope(actor: Actor, asked: dict[str, Any]) -> QuerySet:
    """The sessions of the programme that the reader looks after, narrowed by what is asked.

    An advisor reads those of the agency's bassins; the Région and the Département read them all.
    asked: `bassin` (area), `texte` (course, provider, town or number), `dispositif` (a scheme that its funder may pay
    for), `etat` (a key of ALERTS).
    """
    sessions = Session.objects.visible_to(actor).regional().filter(cancelled_on=None)
    if actor.has_role(Role.ADVISOR):
        sessions = sessions.filter(area__in=actor.area_ids)
    if asked.get("bassin"):
        sessions = sessions.filter(area=asked["bassin"])
    if asked.get("texte"):
        sessions = sessions.matching(asked["texte"])
    if asked.get("dispositif"):
        sessions = of_scheme(sessions, asked["dispositif"])
    if asked.get("etat"):
        sessions = sessions.filter(ALERTS[asked["etat"]].condition(actor))
    sessions = sessions.annotate(seats_free=SEATS_FREE)
    return sessions.select_related("provider", "area", "declared_by", "action")


@dataclass(frozen=True)
class AlertFilter:
    """A choice of sessions by where their alert stands. condition: actor -> Q on sessions."""

    label: str
    condition: Callable[[Actor], Q]


def _stages(*stages: Stage) -> Callable[[Actor], Q]:
    return lambda actor: Q(saturation_case__stage__in=stages)


#: Value of `etat` -> the sessions that it keeps.
ALERTS = {
    "attente": AlertFilter("Personne ne l'a prise en charge", _stages(Stage.NEW, Stage.SEEN)),
    "nouvelle": AlertFilter("Nouvelle, pas encore vue", _stages(Stage.NEW)),
    "prise": AlertFilter("Prise en charge", _stages(Stage.TAKEN, Stage.PROPOSED)),
    "mes": AlertFilter("Prise en charge par moi", lambda actor: Q(saturation_case__advisor=actor.user)),
    "region": AlertFilter(
        "Signalée à la Région",
        lambda actor: Q(
            saturation_case__escalated_at__isnull=False, saturation_case__stage__in=sorted(LIVE_STAGES)
        ),
    ),
    "abandonnee": AlertFilter("Abandonnée", _stages(Stage.GIVEN_UP)),
    "sans": AlertFilter(
        "Sans alerte",
        lambda actor: (
            Q(saturation_case=None) | ~Q(saturation_case__stage__in=[*sorted(LIVE_STAGES), Stage.GIVEN_UP])
        ),
    ),
}


@dataclass(frozen=True)
class View:
    """A choice of sessions. select: (sessions, days ahead or back) -> those of the view."""

    label: str
    select: Callable[[QuerySet, int], QuerySet]
    looks_ahead: bool = True
    default_sort: str = "ouverture"


def _ahead(sessions: QuerySet, days: int) -> QuerySet:
    today = clock.today()
    return sessions.filter(starts_on__gte=today, starts_on__lte=today + timedelta(days=days))


def _behind(sessions: QuerySet, days: int) -> QuerySet:
    today = clock.today()
    return sessions.filter(starts_on__lt=today, starts_on__gte=today - timedelta(days=days))


VIEWS = {
    "": View("Places à pourvoir", lambda sessions, days: _ahead(sessions, days).with_empty_seats()),
    "toutes": View("Toutes les ouvertures à venir", _ahead),
    "inconnues": View(
        "Places non renseignées", lambda sessions, days: _ahead(sessions, days).filter(capacity=None)
    ),
    "ouvertes": View("Ouvertes récemment", _behind, looks_ahead=False, default_sort="-ouverture"),
}


def percent(part: int, whole: int | None) -> int | None:
    """A whole percentage; None when there is nothing to compare with."""
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True)
class Line:
    """One session as the board shows it.

    forecast: None for a session that has opened. is_short: under its minimum, near its opening. reserved: seats kept
    today for a public that nobody uses.
    """

    session: Session
    case: SaturationCase | None
    level: Level | None
    forecast: Forecast | None
    waiting: int
    answers: dict[str, int]
    is_short: bool
    reserved: int

    @property
    def coming(self) -> float | None:
        """How many people are expected on the opening day; None when nobody holds a seat, or it has opened."""
        if self.forecast is None or not self.session.seats_held:
            return None
        return self.forecast.coming(self.session.seats_held)

    @property
    def projected_empty(self) -> float | None:
        """How many seats are likely to stay empty if nobody else is admitted; None when the places are unknown."""
        if self.forecast is None or self.session.capacity is None:
            return None
        return max(0.0, self.session.capacity - (self.coming or 0))

    @property
    def told(self) -> str:
        return said(self.answers)

    @property
    def tone(self) -> str:
        if self.case is None:
            return "neutral"
        if self.case.is_live and self.case.escalated_at is not None:
            return "danger"
        return STAGE_TONES[Stage(self.case.stage)]


#: How a stage is shown; the level of the alert has its own word beside it.
STAGE_TONES = {
    Stage.NEW: "warning",
    Stage.SEEN: "info",
    Stage.TAKEN: "progress",
    Stage.PROPOSED: "progress",
    Stage.FILLED: "success",
    Stage.GIVEN_UP: "neutral",
    Stage.OPENED: "neutral",
    Stage.CANCELLED: "neutral",
    Stage.LIFTED: "neutral",
}


def lines(sessions: Sequence[Session]) -> list[Line]:
    """What the board says of each session, in six queries whatever their number.

    An alert is about today: a page of the past shows none.
    """
    ids = [session.pk for session in sessions]
    today, is_past = clock.today(), reading_now() is not None
    cases = {} if is_past else _cases(ids)
    past = forecasts(session.provider_id for session in sessions)
    waiting = _waiting(ids)
    quotas = reserved.of_sessions(ids)
    answers = outcomes(case.pk for case in cases.values())
    decided_by = today + timedelta(days=periods.MINIMUM_DAYS(today))
    found = []
    for session in sessions:
        case = cases.get(session.pk)
        opens = session.starts_on
        is_ahead = opens is None or opens >= today
        kept = quotas.get(session.pk)
        is_near = opens is not None and today < opens <= decided_by
        found.append(
            Line(
                session=session,
                case=case,
                level=Level(case.level) if case is not None and case.is_live else None,
                forecast=past.get(session.provider_id) if is_ahead else None,
                waiting=waiting.get(session.pk, 0),
                answers=answers.get(case.pk, {}) if case is not None else {},
                is_short=is_near and session.minimum is not None and session.seats_held < session.minimum,
                reserved=sum(kept.unused(today).values()) if kept is not None else 0,
            )
        )
    return found


def _cases(ids: list[int]) -> dict[int, SaturationCase]:
    rows = SaturationCase.objects.filter(session__in=ids).select_related("advisor").order_by("pk")
    return {case.session_id: case for case in rows}


def _waiting(ids: list[int]) -> dict[int, int]:
    rows = Prescription.objects.waiting().filter(session__in=ids).order_by()
    return dict(rows.values_list("session").annotate(Count("pk")))


def chart(sessions: QuerySet, days: int) -> Chart | None:
    """Places held and empty by week of opening; None when nothing opens. The title says what to remember."""
    weeks = (
        sessions.exclude(capacity=None)
        .order_by()
        .annotate(week=TruncWeek("starts_on"))
        .values("week")
        .annotate(held=Sum("seats_held"), capacity=Sum("capacity"))
        .order_by("week")
    )
    found = [week for week in weeks if week["capacity"]]
    if not found:
        return None
    held = [week["held"] for week in found]
    empty = [week["capacity"] - week["held"] for week in found]
    return Chart(
        id="g-remplissage",
        finding=_finding(found, sum(held), sum(empty)),
        kind="stacked",
        categories=[f"{week['week']:%d/%m}" for week in found],
        series=[Series("Places tenues", held), Series("Places vides", empty)],
        unit="places",
        category_label="Semaine d'ouverture",
        note=f"Sessions du programme qui ouvrent dans les {days} jours et dont les places sont connues.",
    )


def _finding(weeks: list[dict], held: int, empty: int) -> str:
    if not empty:
        return f"Les {count(held, 'place,places')} à venir sont toutes tenues"
    worst = max(weeks, key=lambda week: week["capacity"] - week["held"])
    said = f"{count(held, 'place tenue,places tenues')} sur {held + empty}"
    if len(weeks) == 1:
        return f"{said} ; {count(empty, 'reste vide,restent vides')}"
    most = worst["capacity"] - worst["held"]
    return f"{said} ; la semaine du {worst['week']:%d/%m} en laisse le plus de vides ({most})"
