"""Entries that no AES tells in time: one alert per session, to its provider, then to the Région."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.urls import reverse

from config import clock
from config.ui.dates import count, day
from notifications.enums import Level
from notifications.registry import Cause, Kind, Since, register
from pathways import parameters
from pathways.audience import REGION, in_organisation
from pathways.enums import Role
from prescriptions.documents.legal_delay import LEGAL_DAYS, REGION_DAYS, late_by_session
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session


def late_sessions(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per session that still runs and has entries past the legal delay without an AES that holds."""
    today, delays = clock.today(), _delays()
    late = late_by_session(ids)
    sessions = Session.objects.select_related("provider").in_bulk([each.session_id for each in late])
    for each in late:
        session = sessions[each.session_id]
        due_on = each.first + timedelta(days=delays[LEGAL_DAYS.code])
        audience = {in_organisation(Role.PROVIDER, session.provider_id)}
        is_long = each.first + timedelta(days=delays[REGION_DAYS.code]) < today
        if is_long:
            audience.add(REGION)
        yield Cause(
            subject_key=f"session:{session.pk}",
            title=session.title,
            detail=told(session, each.people, each.first),
            url=reverse("prescriptions:session", args=[session.pk]),
            due_on=due_on,
            level=Level.URGENT if is_long else Level.WARNING,
            audience=frozenset(audience),
        )


def told(session: Session, people: int, first: date) -> str:
    """What the alert about a session tells; `first` is the day of the oldest entry."""
    return (
        f"{count(people, 'entrée sans AES,entrées sans AES')} au-delà du délai légal"
        f" (la plus ancienne : entrée du {day(first)}) ; {session.provider}."
    )


def _delays() -> dict[str, int]:
    return parameters.values([LEGAL_DAYS.code, REGION_DAYS.code])


def changed(since: Since) -> set[int]:
    """The sessions touched (a document issued touches its own), those of people touched, and what a day makes due."""
    found = set(since.of("session"))
    entries = Prescription.objects.filter(state=PrescriptionState.ENTERED).order_by()
    requests = Prescription.objects.filter(pathway__in=since.of("pathway")).order_by()
    found |= set(requests.values_list("session", flat=True))
    if since.day < since.today:
        for days in _delays().values():
            delay = timedelta(days=days)
            due = entries.filter(entered_on__gte=since.day - delay, entered_on__lt=since.today - delay)
            found |= set(due.values_list("session", flat=True))
        ended = Session.objects.filter(ends_on__gte=since.day, ends_on__lt=since.today).order_by()
        found |= set(ended.values_list("pk", flat=True))
    return found


AES_LATE = register(
    Kind(
        "aes_late",
        "AES hors délai",
        "clock-exclamation",
        late_sessions,
        thing="session",
        watches=("session", "pathway"),
        changed=changed,
        parameters=_delays,
        roles=frozenset({Role.PROVIDER, Role.REGION_OFFICER}),
    )
)
