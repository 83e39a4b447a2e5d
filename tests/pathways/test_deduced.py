"""What Jalons deduces never prevails over what somebody declares."""

from datetime import timedelta

import pytest

from config import clock
from pathways.actor import Actor
from pathways.consistency import Progress, incoherences
from pathways.enums import Origin
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.transitions import apply
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def offered():
    """Somebody on the waiting list to whom a seat is offered until day 20."""
    world = World.make()
    story = world.story(session=world.session(capacity=1))
    story.tell("submit", day(2))
    story.tell("waitlist", day(5))
    story.tell("offer", day(10), payload={"expires_on": str(day(20))})
    return story


def lapse(story, on):
    with clock.at(day(30)):
        return apply(
            "expire",
            story.pathway.pk,
            Actor.system(),
            subject_id=story.prescription.pk,
            occurred_on=on,
            origin=Origin.DEDUCED,
        )


def accept(story, on, known):
    with clock.at(known):
        return apply(
            "accept", story.pathway.pk, story.world.referent, subject_id=story.prescription.pk, occurred_on=on
        )


def test_an_acceptance_told_late_takes_the_deduced_lapse_back(offered):
    lapsed = lapse(offered, day(21)).event
    accept(offered, day(18), day(32))
    offered.refresh()
    assert (offered.prescription.state, offered.pathway.state) == ("admitted", "admitted")
    taken_back = Event.objects.get(annuls=lapsed)
    assert (taken_back.origin, taken_back.role) == ("deduced", "system")
    assert "Place acceptée" in taken_back.comment
    assert Session.objects.get(pk=offered.prescription.session_id).seats_held == 1
    assert list(incoherences(Progress())) == []


def test_the_seat_given_to_somebody_else_meanwhile_is_not_given_twice(offered):
    lapse(offered, day(21))
    other = offered.world.story(session=Session.objects.get(pk=offered.prescription.session_id))
    other.tell("submit", day(25))
    other.tell("admit", day(30))
    with pytest.raises(TransitionRefused) as caught:
        accept(offered, day(18), day(32))
    assert caught.value.refusal.code == "session_full"
    assert offered.refresh().prescription.state == "expired"


def test_a_declared_fact_does_not_give_way_to_another_declared_one(offered):
    offered.tell("accept", day(15))
    with clock.at(day(20)), pytest.raises(TransitionRefused) as caught:
        apply(
            "withdraw",
            offered.pathway.pk,
            offered.world.referent,
            subject_id=offered.prescription.pk,
            occurred_on=day(12),
            reason="personal",
        )
    assert caught.value.refusal.code == "impossible_history"


def test_nothing_is_deduced_before_what_was_declared_about_the_same_thing(offered):
    offered.tell("accept", day(22))
    with pytest.raises(TransitionRefused) as caught:
        lapse(offered, day(21))
    assert caught.value.refusal.code == "declared_prevails"
    assert offered.refresh().prescription.state == "admitted"


def test_a_note_about_the_person_does_not_keep_an_offer_from_lapsing(offered):
    offered.tell("note", day(25))
    lapse(offered, day(21))
    assert offered.refresh().prescription.state == "expired"
