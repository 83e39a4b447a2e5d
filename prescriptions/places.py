"""Seats: who holds one, and the count that lists read, made under a lock on the session (architecture, section 5)."""

from django.db.models import Count, F, Q

from pathways.facts import Change, on_change
from pathways.guards import TransitionRefused
from prescriptions import guards
from prescriptions.enums import SEATED
from prescriptions.models import Prescription, Session


def count_held(session_id: int, besides: int | None = None) -> int:
    """How many prescriptions hold a seat of the session, leaving one of them out."""
    return Prescription.objects.seated().filter(session_id=session_id).exclude(pk=besides).count()


@on_change
def recount(change: Change) -> None:
    """Keep `Session.seats_held` equal to the number of holders, for each session that a fact has touched."""
    moved = [
        subject
        for subject, (old, new) in change.moved("prescription").items()
        if (old in SEATED) != (new in SEATED)
    ]
    if moved:
        session_ids = (
            Prescription.objects.filter(pk__in=moved).order_by().values_list("session_id", flat=True)
        )
        recount_sessions(set(session_ids))


def recount_sessions(session_ids: set[int]) -> None:
    """Lock the sessions in a fixed order and write how many seats are held in each.

    Raises TransitionRefused when a correction would seat more people than there are seats.
    """
    sessions = Session.objects.filter(pk__in=session_ids).order_by("pk")
    for session in sessions.select_for_update(of=("self",), no_key=True).only("pk", "capacity", "seats_held"):
        held = count_held(session.pk)
        if session.capacity is not None and held > session.capacity:
            raise TransitionRefused(guards.SEAT_LEFT.refused(**guards.seats(session.capacity)))
        Session.objects.filter(pk=session.pk).update(seats_held=held)


def wrong_counts():
    """Sessions whose count differs from their holders (must be empty; `check_consistency` lists them)."""
    held = Count("prescriptions", filter=Q(prescriptions__state__in=sorted(SEATED)))
    return Session.objects.annotate(held=held).exclude(seats_held=F("held")).order_by("pk")
