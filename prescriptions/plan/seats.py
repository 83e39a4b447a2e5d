"""The seats that a plan may fill: those left in each session, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from prescriptions.enums import Recruitment
from prescriptions.models import Session
from prescriptions.plan.asked import Asked


@dataclass(frozen=True)
class Room:
    """What is left of a session. total: seats left over all. common: those open to everybody. kept: public -> seats."""

    total: int
    common: int
    kept: dict[int, int]


def to_fill(asked: Asked) -> QuerySet[Session]:
    """The sessions of the programme that open within the horizon, take people and have seats left, in a fixed order."""
    sessions = Session.objects.regional().with_empty_seats().with_offer()
    sessions = sessions.filter(cancelled_on=None, starts_on__gt=asked.day, starts_on__lte=asked.until)
    takes_people = Q(registration_ends_on=None) | Q(registration_ends_on__gte=asked.day)
    sessions = sessions.filter(takes_people).exclude(
        recruitment__in=[Recruitment.CLOSED, Recruitment.SUSPENDED]
    )
    return sessions.order_by("starts_on", "pk")


def rooms(sessions: Sequence[Session], asked: Asked) -> list[Room]:
    """The room left in each session."""
    return [Room(session.seats_left, session.seats_left, {}) for session in sessions]
