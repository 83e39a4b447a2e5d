"""Seats offered: those not accepted in time, and those given up that Jalons offers to the next person by itself.

Which seats pass on by themselves, and why, is decision 16. What is due stands in the database (`offer_expires_at`,
`Session.seats_given_up`, `SeatQuota.releases_on`): each step is one transaction, so that a sweep that is run twice, in
two places, or killed in the middle leaves the rest to the next.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from config import clock
from pathways import parameters
from pathways.actor import Actor
from pathways.bulk import Target, apply_many
from pathways.enums import Origin
from pathways.guards import TransitionRefused
from pathways.refusals import NotVisible
from pathways.transitions import apply
from prescriptions import deadlines, moments, queue, reserved
from prescriptions.enums import EntryMode, PrescriptionState
from prescriptions.models import Prescription, SeatQuota, Session

logger = logging.getLogger(__name__)
P = PrescriptionState


def sweep() -> int:
    """Let pass what was not accepted in time, release what is reserved no more, offer what was given up.

    Returns how many facts were recorded.
    """
    expired = expire_overdue_offers()
    release_quotas()
    return expired + pass_seats_on()


# ---- not accepted in time


def expire_overdue_offers(limit: int = 500) -> int:
    """Let pass every offered seat whose last moment to answer is over. Returns how many were recorded.

    An expiry that somebody annulled is not stated again.
    """
    overdue = Prescription.objects.filter(state=P.OFFERED, offer_expires_at__lte=clock.now())
    late = overdue.order_by("offer_expires_at", "pk")
    targets = [
        Target(
            pathway_id,
            prescription_id,
            occurred_on=timezone.localtime(moment).date(),
            idempotency_key=f"expire:{prescription_id}:{_named(moment, last_day)}",
        )
        for pathway_id, prescription_id, last_day, moment in late.values_list(
            "pathway_id", "pk", "offer_expires_on", "offer_expires_at"
        )[:limit]
    ]
    # Refused: accepted, declined or corrected since it was read.
    report = apply_many("expire", targets, Actor.system(), origin=Origin.DEDUCED)
    return sum(not recorded.repeated for recorded in report.done)


def _named(moment, last_day) -> str:
    """What an expiry is known by: its day where the offer named only a day, as before offers had a moment."""
    if moment == moments.end_of(last_day):
        return str(last_day)
    return f"{moment.astimezone(timezone.get_default_timezone()):%Y-%m-%dT%H:%M:%S}"


# ---- reserved no more


def release_quotas() -> int:
    """Hand the reserved seats left unused on their day to those who wait. Returns how many seats.

    From that day on nothing keeps them (the guard reads the date): this only says that they pass on by themselves.
    """
    due = SeatQuota.objects.in_force().filter(released_at=None, releases_on__lte=clock.today())
    sessions = due.order_by("session").values_list("session", flat=True).distinct()
    return sum(_release(session_id) for session_id in list(sessions))


def _release(session_id: int) -> int:
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session_id)
        kept = reserved.of_sessions([session_id]).get(session_id)
        due = SeatQuota.objects.in_force().filter(session=session_id, released_at=None)
        due = due.filter(releases_on__lte=clock.today())
        numbers = set(due.values_list("pk", flat=True))
        if not numbers or kept is None:
            return 0
        unused = kept.released(numbers, clock.today())
        wanted = min(session.seats_to_give, session.seats_passing + unused)
        Session.objects.filter(pk=session_id).update(seats_given_up=wanted)
        due.update(released_at=clock.now())
        return unused


# ---- given up, and offered to the next person


def sessions_passing_on() -> QuerySet[Session]:
    """Sessions in which Jalons offers a seat given up, people waiting for it; the soonest to open first."""
    today = clock.today()
    late = timedelta(days=parameters.value(deadlines.LATE_ENTRY.code))
    waiting = Prescription.objects.filter(session=OuterRef("pk"), state=P.WAITLISTED)
    still_open = Q(starts_on=None) | Q(starts_on__gt=today - late) | Q(action__entry_mode=EntryMode.PERMANENT)
    return (
        Session.objects.filter(seats_given_up__gt=0, cancelled_on=None, offers_suspended_on=None)
        .filter(Q(ends_on=None) | Q(ends_on__gte=today), still_open, Exists(waiting))
        .select_related("action")
        .order_by("starts_on", "pk")
    )


def pass_seats_on(limit: int = 200) -> int:
    """Offer the seats given up to those who wait, session by session. Returns how many offers were made.

    What fails for one session is told to the log and keeps no other from its turn.
    """
    offered = 0
    for session in sessions_passing_on()[:limit]:
        try:
            offered += pass_on(session)
        except Exception:
            logger.exception("passing on the seats of session %s failed", session.pk)
    return offered


def pass_on(session: Session) -> int:
    """Offer each seat given up of one session to the next person whom it may be given; how many were."""
    moment = deadlines.last_moment(session.starts_on, session.is_permanent)
    if moment is None:
        return 0
    offered, asked = 0, set()
    while True:
        seats = Session.objects.only("pk", "capacity", "overbooking", "seats_held", "seats_given_up")
        now = seats.get(pk=session.pk)
        found = queue.ordered([session.pk]).get(session.pk, ()) if now.seats_passing else ()
        kept = reserved.of_sessions([session.pk]).get(session.pk)
        following = next(
            (
                (one, place)
                for one, place in found
                if one.id not in asked
                and (kept is None or kept.may_seat(one.id, now.seats_total, clock.today()))
            ),
            None,
        )
        if following is None:
            return offered
        one, place = following
        asked.add(one.id)
        offered += _offer(one, place, moment)


def _offer(one: queue.Waiting, place: queue.Place, moment) -> bool:
    """Offer a seat to somebody; False when they, or the seat, are not free any more.

    The door counts the seats given up under the lock of the session: two sweeps offer none twice. An offer that
    somebody took back is not made again to the same person.
    """
    pathway_id = Prescription.objects.values_list("pathway", flat=True).get(pk=one.id)
    local = timezone.localtime(moment).replace(microsecond=0)
    try:
        outcome = apply(
            "offer",
            pathway_id,
            Actor.system(),
            subject_id=one.id,
            comment=f"Place rendue, proposée par Jalons : rang {place.rank}, {place.neutral}.",
            payload={"expires_on": local.date().isoformat(), "expires_at": local.isoformat()},
            origin=Origin.DEDUCED,
            idempotency_key=f"pass-on:{one.id}:{one.since}",
        )
    except (TransitionRefused, NotVisible):
        return False
    return not outcome.repeated
