"""What providers of the demo have left undone in their coming sessions: what « À compléter » asks for."""

from __future__ import annotations

from datetime import timedelta

from config import clock
from notifications.services import detect
from prescriptions.completeness.alerts import SESSION_INCOMPLETE, remind_providers
from prescriptions.enums import MeetingKind
from prescriptions.models import Session


def leave_gaps() -> None:
    """Of each provider's coming sessions, in order: the first lacks figures, the second comes from an old file."""
    coming = Session.objects.upcoming().order_by("provider", "starts_on", "pk")
    by_provider: dict[int, list[Session]] = {}
    for session in coming:
        by_provider.setdefault(session.provider_id, []).append(session)
    for own in by_provider.values():
        for session, alter in zip(own, (_without_figures, _from_an_old_file, _without_price), strict=False):
            alter(session)


def _without_figures(session: Session) -> None:
    session.minimum = None
    session.known_on = clock.today() - timedelta(days=12)
    session.save(update_fields=["minimum", "known_on"])
    session.meetings.filter(kind=MeetingKind.COMMISSION).update(withdrawn_at=clock.now())


def _from_an_old_file(session: Session) -> None:
    told = {"declared_by": None, "declared_at": clock.now() - timedelta(days=25)}
    Session.objects.filter(pk=session.pk).update(**told)
    session.history.update(**told)
    session.meetings.update(**told)


def _without_price(session: Session) -> None:
    session.price = None
    session.known_on = clock.today() - timedelta(days=4)
    session.save(update_fields=["price", "known_on"])


def remind() -> None:
    """The reminders that the sweep would have written, and the alerts that tell of them."""
    remind_providers()
    detect([SESSION_INCOMPLETE.code])
