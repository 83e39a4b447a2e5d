"""Two files of one person, each with a history of its own."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from config import clock
from pathways.consistency import Progress, incoherences, rebuild
from pathways.corrections import annul
from pathways.guards import TransitionRefused
from pathways.merging.joining import merge
from pathways.models import Event, RsaSituation
from tests.factories import FIRST_DAY, Story, World

WHY = "Même carte d'identité, vue au rendez-vous."


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


@pytest.fixture
def world(db) -> World:
    return World.make()


@dataclass
class Pair:
    """kept: asked for a course that refused. other: identified later, trained and left, with a draft beside."""

    world: World
    kept: Story
    other: Story

    @property
    def people(self) -> list[int]:
        return [self.kept.pathway.beneficiary_id, self.other.pathway.beneficiary_id]

    def merge(self, on: int = 120, by=None, takes=(), **options):
        with clock.at(day(on)):
            outcome = merge(
                *self.people,
                by or self.world.manager,
                comment=options.pop("comment", WHY),
                takes=takes,
                **options,
            )
        self.refresh()
        return outcome

    def refresh(self) -> "Pair":
        self.kept.refresh()
        self.other.refresh()
        return self


@pytest.fixture
def pair(world) -> Pair:
    return make_pair(world)


def make_pair(world: World) -> Pair:
    kept = world.story("Benali", first_name="Samia", phone="0611111111", pe_identifier="1234567A")
    for kind, number in (("submit", 2), ("refuse", 10), ("contact", 12)):
        kept.tell(kind, day(number))
    other = world.story(
        "Ben-Ali", first_name="Sàmia", phone="0622222222", email="samia@exemple.invalid", city="Aubagne"
    )
    for kind, number in (("submit", 20), ("admit", 30), ("register", 40), ("enter", 60), ("complete", 100)):
        other.tell(kind, day(number))
    RsaSituation.objects.create(
        beneficiary=other.pathway.beneficiary, entered_on=day(-90), known_on=day(0), has_duties=True
    )
    return Pair(world, kept, other)


@pytest.fixture
def coherent():
    """`coherent()` fails when any row contradicts the facts, or when a rebuild would change one."""

    def check():
        assert [str(found) for found in incoherences()] == []
        assert [str(found) for found in rebuild(Progress())] == []

    return check


def refused(call, *args, **kwargs):
    with pytest.raises(TransitionRefused) as caught:
        call(*args, **kwargs)
    return caught.value.refusal


def undo(pair, on: int = 125, event=None):
    merged = event or Event.objects.merges().latest("pk")
    with clock.at(day(on)):
        outcome = annul(merged.pk, pair.world.manager, comment="Deux cousines, en fait.")
    pair.refresh()
    return outcome
