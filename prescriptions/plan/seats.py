"""The seats that a plan may fill: those left in each session, and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from pathways.models import Pathway
from prescriptions import reserved
from prescriptions.enums import PrescriptionState, Recruitment
from prescriptions.models import Prescription, Session
from prescriptions.plan.asked import Asked
from prescriptions.reserved import Quota, Reserved, Traits

#: (quota, pathway) -> whether the person belongs to the public for whom its seats are kept.
Belongs = Callable[[int, int], bool]


@dataclass(frozen=True)
class Room:
    """What is left of a session. total: seats to fill over all. common: those open to everybody. kept: quota -> seats
    that it keeps for its public and nobody uses."""

    total: int
    common: int
    kept: dict[int, int]


def to_fill(asked: Asked) -> QuerySet[Session]:
    """The sessions of the programme that open within the horizon, take people and have seats to give (overbooking that
    the Région has decided included), in a fixed order."""
    sessions = Session.objects.regional().with_seats_to_give().with_offer()
    sessions = sessions.filter(cancelled_on=None, starts_on__gt=asked.day, starts_on__lte=asked.until)
    takes_people = Q(registration_ends_on=None) | Q(registration_ends_on__gte=asked.day)
    sessions = sessions.filter(takes_people).exclude(
        recruitment__in=[Recruitment.CLOSED, Recruitment.SUSPENDED]
    )
    return sessions.order_by("starts_on", "pk")


def rooms(
    sessions: Sequence[Session], asked: Asked, proposed: Sequence[tuple[int, int]]
) -> tuple[list[Room], dict[int, Quota]]:
    """The room left in each session, and the quotas that keep some of it. Two queries.

    proposed: (pathway, session) of those already proposed, whose seats are theirs until a référent answers. A seat
    given up goes to whoever waits on the session's own list, without a plan.
    """
    ids = [session.pk for session in sessions]
    answers = Counter(session_id for _, session_id in proposed)
    waiting = Counter(
        Prescription.objects.filter(session__in=ids, state=PrescriptionState.WAITLISTED)
        .order_by()
        .values_list("session_id", flat=True)
    )
    quotas = reserved.of_sessions(ids)
    found = []
    for session in sessions:
        passing = min(session.seats_passing, waiting[session.pk])
        left = max(0, session.seats_to_give - passing - answers[session.pk])
        found.append(_room(left, quotas.get(session.pk), asked))
    return found, {pk: quota for kept in quotas.values() for pk, quota in kept.kept(asked.day).items()}


def _room(left: int, quotas: Reserved | None, asked: Asked) -> Room:
    """Before its release a quota keeps its unused seats for its public (A19); after, they are everybody's."""
    unused = quotas.unused(asked.day) if quotas is not None else {}
    kept = {pk: seats for pk, seats in sorted(unused.items()) if seats}
    return Room(left, max(0, left - sum(kept.values())), kept)


def belonging(
    sessions: Sequence[Session], found: Sequence[Room], quotas: dict[int, Quota], scope: QuerySet[Pathway]
) -> Belongs:
    """Who belongs to the publics of the quotas, on the day of the opening; one query, none without a quota."""
    openings = {
        pk: session.starts_on for session, room in zip(sessions, found, strict=True) for pk in room.kept
    }
    if not openings:
        return lambda quota, pathway: False
    columns = ("cohort_id", "department_id", "pole_id", "area_id")
    person = ("beneficiary__birth_date", "beneficiary__pe_registered_on")
    traits = {pk: Traits(*rest) for pk, *rest in scope.order_by().values_list("pk", *columns, *person)}
    return lambda quota, pathway: quotas[quota].criteria.met_by(traits[pathway], openings[quota])
