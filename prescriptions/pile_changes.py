"""What a référent decides after a session has changed: dates that moved, two seats at once."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.utils.timezone import localdate

from config import clock
from config.ui.dates import day
from pathways import parameters
from pathways.actor import Actor
from pathways.enums import Role
from pathways.pile import PLACES, Batch, Item, key_of, narrow, source
from prescriptions import overlaps
from prescriptions.models import Prescription
from prescriptions.pile_lines import another_session, file_url, people_batch, to_fact

#: A seat kept for somebody who cannot come at the new dates is a seat lost.
ANSWER = parameters.declare(
    "postponement_answer_days",
    "Dire si la personne garde sa place quand la session est reportée",
    unit="jours",
    default=7,
    group="Places",
    minimum=1,
    maximum=60,
)


@source(PLACES, Role.REFERENT, key="reportee")
def postponed(actor: Actor, limit: int) -> Batch:
    """People whose session has other dates, until somebody says whether they keep their place."""
    rows = Prescription.objects.visible_to(actor).live().exclude(postponed_from=None)
    delay = timedelta(days=parameters.value(ANSWER.code))
    late = Q(session__postponed_at__lt=clock.now() - delay)
    return people_batch(
        "reportee",
        rows,
        late,
        limit,
        "session__postponed_at",
        lambda p, named: _postponed(p, delay, named),
    )


def _postponed(p: Prescription, delay: timedelta, named: dict[str, str]) -> Item:
    announced = p.session.postponed_at
    return Item(
        PLACES,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"{p.session.title} : ouvre le {day(p.session.starts_on)} au lieu du {day(p.postponed_from)}",
        due_on=localdate(announced + delay) if announced else p.session.starts_on,
        actions=(
            to_fact(p, "keep_place", "Garder la place", is_main=True),
            another_session(p),
            to_fact(p, "withdraw", "Retirer"),
        ),
        icon="calendar-due",
        **named,
    )


@source(PLACES, Role.REFERENT, key="deux-places")
def two_seats(actor: Actor, limit: int) -> Batch:
    """People who hold two seats at the same dates: one button per seat to give back; due at once."""
    rows = narrow(overlaps.overlapping().visible_to(actor), "deux-places", "pathway")
    total = rows.aggregate(people=Count("pathway", distinct=True))["people"]
    first = rows.order_by("session__starts_on", "pk").values_list("pathway", flat=True)[: 3 * limit]
    people = list(dict.fromkeys(first))[:limit] if total else []
    items = tuple(_two_seats(overlap) for overlap in overlaps.found(rows.filter(pathway__in=people)))
    return Batch(total, 0, items)


def _two_seats(overlap: overlaps.Overlap) -> Item:
    return Item(
        PLACES,
        who=str(overlap.pathway.beneficiary),
        url=file_url(overlap.seats[0]),
        why=f"deux places aux mêmes dates : {overlap.told}",
        due_on=clock.today(),
        actions=tuple(
            to_fact(seat, "withdraw", f"Rendre la place : {seat.session.title}", is_main=rank == 0)
            for rank, seat in enumerate(reversed(overlap.seats))
        ),
        icon="git-merge",
        key=key_of("deux-places", overlap.pathway.pk),
    )
