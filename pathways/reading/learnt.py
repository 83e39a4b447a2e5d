"""What has been learnt since: the facts that make the difference between a past reading and what is known today."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from pathways.actor import Actor
from pathways.enums import Role
from pathways.facts import Kind
from pathways.models import Event, Pathway
from pathways.reading.moment import Reading

#: The Région reads figures of people whom it never reads: it is told how many facts, not which.
COUNTS_ONLY = frozenset({Role.REGION_OFFICER})


@dataclass(frozen=True)
class Learnt:
    """total: facts and corrections recorded after the day of knowledge about what had happened by the day read.

    can_be_listed: whether the reader may read them one by one.
    """

    total: int = 0
    corrections: int = 0
    can_be_listed: bool = False


def events_since(reading: Reading, people: QuerySet[Pathway]) -> QuerySet[Event]:
    """The events about `people` that the reading leaves out although they tell of its time, latest learnt first.

    A correction is one event here: the annulment. The right fact that takes the place of the wrong one is told with it.
    """
    if reading.known_at is None:
        return Event.objects.none()
    later = Event.objects.about(people.order_by().values("pk")).filter(recorded_at__gt=reading.known_at)
    happened = Coalesce("annuls__annuls__occurred_on", "annuls__occurred_on", "occurred_on")
    restated = Event.objects.filter(
        Q(annuls__position=OuterRef("position")) | Q(annuls__position=None, annuls=OuterRef("position")),
        pathway=OuterRef("pathway"),
        kind=Kind.ANNUL,
        recorded_at__gt=reading.known_at,
        annuls__occurred_on__lte=reading.day,
    )
    rows = later.annotate(happened_on=happened).filter(happened_on__lte=reading.day)
    return rows.exclude(Q(position__isnull=False) & Exists(restated)).order_by("-recorded_at", "-pk")


def learnt_since(reading: Reading, actor: Actor, people: QuerySet[Pathway]) -> Learnt:
    """How much has been learnt since about these people, as far as the actor may know."""
    events = events_since(reading, people)
    can_be_listed = not actor.has_role(*COUNTS_ONLY)
    if can_be_listed:
        events = events.visible_to(actor)
    counted = events.order_by().aggregate(
        total=Count("pk"), corrections=Count("pk", filter=Q(kind=Kind.ANNUL))
    )
    return Learnt(counted["total"], counted["corrections"], can_be_listed)
