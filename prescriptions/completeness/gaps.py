"""The sessions to complete, as lists, alerts and piles tell of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, OuterRef, QuerySet, Subquery

from config import clock
from config.ui.dates import day
from pathways import parameters
from prescriptions.completeness.checks import GRACE, STALE, Check, incomplete, lacking
from prescriptions.models import OfferReminder, Session


@dataclass(frozen=True)
class Gap:
    """What one session lacks. due_on: the last day to complete it; after it, the Région is told."""

    session: Session
    lacks: list[Check]
    due_on: date
    reminded_on: date | None

    @property
    def is_late(self) -> bool:
        return self.due_on < clock.today()

    @property
    def missing(self) -> list[str]:
        """Labels of what is missing, without the figures that are only old."""
        return [check.label for check in self.lacks if check is not STALE]

    @property
    def is_stale(self) -> bool:
        return STALE in self.lacks

    @property
    def told(self) -> str:
        """« Manquent : effectif minimal, prix. Chiffres du 12/03/2026 à confirmer. », the same from day to day."""
        sentences = []
        if self.missing:
            sentences.append(f"Manque : {', '.join(self.missing)}.")
        if self.is_stale:
            sentences.append(f"Chiffres du {day(self.session.declared_at)} à confirmer.")
        if self.reminded_on is not None:
            sentences.append(f"Organisme relancé le {day(self.reminded_on)}.")
        return " ".join(sentences)


def to_complete(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """The incomplete ones of `sessions`, ready for `gap()`."""
    latest = OfferReminder.objects.filter(session=OuterRef("pk")).order_by().values("session")
    reminded = Subquery(latest.annotate(latest=Max("reminded_on")).values("latest"))
    return incomplete(sessions).annotate(reminded_on=reminded).select_related("provider", "action")


def gap(session: Session, grace: int) -> Gap:
    """grace: days to complete (parameter `offer_grace`)."""
    return Gap(session, lacking(session), session.asked_since + timedelta(days=grace), session.reminded_on)


def gaps(sessions: QuerySet[Session], limit: int | None = None) -> list[Gap]:
    """What the most urgent of `sessions` lack, the longest awaited first."""
    grace = parameters.value(GRACE.code)
    found = to_complete(sessions).order_by("asked_since", "pk")
    return [gap(session, grace) for session in (found if limit is None else found[:limit])]


def late(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Those of sessions already given by `to_complete()` whose day has passed."""
    grace = timedelta(days=parameters.value(GRACE.code))
    return sessions.filter(asked_since__lt=clock.today() - grace)


def of_sessions(ids: Collection[int]) -> QuerySet[Session]:
    return to_complete(Session.objects.filter(pk__in=ids))
