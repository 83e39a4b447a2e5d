"""What the board of places shows: which sessions, their alerts, the picture of their filling."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import TruncWeek

from config import clock
from config.ui.charts import Chart, Series
from config.ui.dates import count
from notifications.enums import TONES, Level
from notifications.models import Alert
from pathways.actor import Actor
from pathways.enums import Role
from prescriptions.blockages import SESSION_EMPTY
from prescriptions.models import Session


def scope(actor: Actor, asked: dict[str, Any]) -> QuerySet:
    """The sessions of the programme that the reader looks after, narrowed to a bassin.

    An advisor reads those of the agency's bassins; the Région and the Département read them all.
    """
    sessions = Session.objects.visible_to(actor).regional().filter(cancelled_on=None)
    if actor.has_role(Role.ADVISOR):
        sessions = sessions.filter(area__in=actor.area_ids)
    if asked.get("bassin"):
        sessions = sessions.filter(area=asked["bassin"])
    sessions = sessions.annotate(seats_free=F("capacity") - F("seats_held"))
    return sessions.select_related("provider", "area", "declared_by", "action")


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


def open_alerts(session_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Session id -> the open alert about its empty places: label, tone, since."""
    keys = {f"session:{pk}": pk for pk in session_ids}
    alerts = Alert.objects.open().filter(kind=SESSION_EMPTY.code, subject_key__in=sorted(keys))
    return {
        keys[alert.subject_key]: {
            "label": Level(alert.level).label,
            "tone": TONES[Level(alert.level)] or "neutral",
            "since": alert.opened_at,
        }
        for alert in alerts.order_by("pk")
    }


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
