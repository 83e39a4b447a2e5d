"""A detection that looks at what changed leaves the same open alerts as one that reads everything."""

import os
import random
from contextlib import suppress
from datetime import timedelta

import pytest

from config import clock
from notifications.models import Alert, LastDetection, Touched
from notifications.services import detect, detect_everything
from pathways import corrections, parameters, services
from pathways.actor import Actor
from pathways.delays import set_delay
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.refusals import NotVisible
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db

NOTHING = {"opened": 0, "refreshed": 0, "closed": 0}
#: Facts to try in this order on a person; a refused one is left out.
FACTS = (
    *("submit", "convene", "attend", "admit", "register", "enter", "suspend", "resume", "sit_exam"),
    *("exam_passed", "complete", "contact", "employ", "refuse", "no_show", "drop_out", "note"),
)


class Life:
    """A small world in which something happens each time, chosen by a seeded die."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)
        self.world = World.make()
        self.elsewhere = World.make()
        self.day = FIRST_DAY
        with clock.at(self.day):
            sessions = [
                self.world.session(capacity=3, starts_on=self.day + timedelta(days=20 + 9 * n))
                for n in range(4)
            ]
            self.stories = [self.world.story(f"Nom{n}", session=self.dice.choice(sessions)) for n in range(8)]

    def turn(self) -> str:
        """One thing happens; its name."""
        happens = self.dice.choices(
            (
                self.fact,
                self.night,
                self.rename,
                self.move,
                self.session,
                self.provider,
                self.delay,
                self.correct,
            ),
            weights=(40, 25, 6, 6, 10, 3, 3, 7),
        )[0]
        with clock.at(self.day):
            happens()
        return happens.__name__

    def fact(self):
        story = self.dice.choice(self.stories).refresh()
        for kind in self.dice.sample(FACTS, 6):
            try:
                story.tell(kind, self.day)
            except (TransitionRefused, NotVisible):
                continue
            return

    def night(self):
        self.day += timedelta(days=self.dice.choice((1, 1, 2, 5, 9)))

    def rename(self):
        person = self.dice.choice(self.stories).pathway.beneficiary
        person.last_name = f"Autre{self.dice.randrange(1000)}"
        person.save()

    def move(self):
        pathway = self.dice.choice(self.stories).pathway
        there = self.dice.choice((self.world, self.elsewhere))
        services.move_pathways({pathway.beneficiary_id: (there.referent.organisation_id, there.area.pk)})

    def session(self):
        session = self.dice.choice(
            list(Session.objects.filter(provider=self.world.provider.organisation).order_by("pk"))
        )
        change = self.dice.randrange(4)
        if change == 0:
            session.starts_on += timedelta(days=self.dice.randrange(-9, 10))
            session.ends_on = session.starts_on + timedelta(days=60)
        elif change == 1:
            session.capacity = session.seats_held + self.dice.randrange(3)
        elif change == 2:
            session.cancelled_on = None if session.cancelled_on else self.day
        else:
            session.title = f"Titre {self.dice.randrange(100)}"
        session.save()

    def provider(self):
        provider = self.world.provider.organisation
        provider.name = f"Organisme {self.dice.randrange(1000)}"
        provider.save()

    def delay(self):
        set_delay(self.dice.choice(["identified", "prescribed", "completed"]), self.dice.randrange(5, 30))

    def correct(self):
        facts = Event.objects.exclude(kind__in=["annul", "identify"]).order_by("pk")
        event = self.dice.choice([*facts, None])
        if event is not None:
            with suppress(TransitionRefused, NotVisible):
                corrections.annul(event.pk, Actor.of(event.actor.memberships.get()), comment="Erreur.")


def told() -> dict:
    """(kind, subject) -> all that the open alert says and to whom."""
    return {
        (alert.kind, alert.subject_key): (
            *(alert.level, alert.title, alert.detail, alert.url, alert.due_on),
            frozenset(alert.audiences.values_list("key", flat=True)),
        )
        for alert in Alert.objects.open()
    }


#: More of them in `make model`.
LIVES = int(os.environ.get("LIVES", "2"))


@pytest.mark.parametrize("seed", range(LIVES))
def test_what_changed_is_all_there_is_to_look_at(seed):
    life = Life(seed)
    happened = []
    for _ in range(40):
        happened.append(life.turn())
        with clock.at(life.day):
            detect()
            seen = told()
            assert detect_everything().counts == NOTHING, happened[-1]
            assert told() == seen
    assert set(happened) > {"fact", "night", "session"}


def test_thresholds_that_change_are_seen():
    life = Life(0)
    with clock.at(FIRST_DAY + timedelta(days=1)):
        detect()
        before = told()
        parameters.choose("empty_days_1", 60, clock.today(), "Convenu en comité.", life.world.manager)
        assert detect(["session_empty"]).counts["opened"] > 0
        assert told().keys() > before.keys()
    assert life.day == FIRST_DAY


def test_a_day_without_a_change_reads_no_person():
    life = Life(1)
    with clock.at(life.day):
        detect()
        assert not Touched.objects.exists()
        life.stories[0].tell("note", life.day)
        assert set(Touched.objects.values_list("subject_key", flat=True)) == {
            f"pathway:{life.stories[0].pathway.pk}"
        }
        assert detect().counts == NOTHING
        assert set(LastDetection.objects.values_list("day", flat=True)) == {life.day}
