"""An exam belongs to a course: of several requests of one person, only the one that led to a course has one."""

from datetime import timedelta

import pytest

from config import clock
from pathways.guards import TransitionRefused
from pathways.transitions import apply
from prescriptions.models import Prescription
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


def test_a_request_that_led_to_no_course_has_no_exam():
    world = World.make()
    story = world.story()
    other = Prescription.objects.create(
        pathway=story.pathway,
        session=world.session(),
        prescriber=world.referent.user,
        prescriber_organisation=world.referent.organisation,
    )
    with clock.at(day(2)):
        apply("submit", story.pathway.pk, world.referent, subject_id=other.pk)
    for kind, number in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, day(number))
    with clock.at(day(70)), pytest.raises(TransitionRefused) as caught:
        apply("sit_exam", story.pathway.pk, world.provider, subject_id=other.pk)
    assert caught.value.refusal.code == "wrong_state"
    assert story.tell("sit_exam", day(70)).event.to_state == "in_exam"
