"""Entering a cohort one by one: the answer is kept once, the pathway opens once, membership stays."""

from datetime import date

import pytest

from config import clock
from pathways.models import CohortDecision, Pathway, RsaSituation
from pathways.services import enter_cohort
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
LATER = date(2026, 2, 2)


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def person(world):
    person = world.person(pe_identifier="1234567A", pe_registered_on=date(2025, 10, 1))
    RsaSituation.objects.create(beneficiary=person, entered_on=date(2025, 9, 1), right_state="2")
    return person


def enter(world, person, **options):
    with clock.at(LATER):
        return enter_cohort(person, world.cohort, world.manager, **options)


def test_who_meets_the_rule_gets_a_pathway_on_the_day_of_identification(world, person):
    entry = enter(world, person, identified_on=FIRST_DAY)
    assert (entry.decision.is_eligible, entry.is_new, entry.has_entered) == (True, True, True)
    pathway = Pathway.objects.get()
    assert (pathway.state, pathway.state_since) == ("identified", FIRST_DAY)
    assert (pathway.pole, pathway.area) == (person.pole, person.area)
    decision = CohortDecision.objects.get()
    assert (decision.decided_by, decision.reference_date) == (world.manager.user, FIRST_DAY)
    assert person.identified_on == FIRST_DAY


def test_asking_again_adds_nothing(world, person):
    enter(world, person, identified_on=FIRST_DAY)
    entry = enter(world, person, identified_on=FIRST_DAY)
    assert (entry.is_new, entry.has_entered, entry.pathway) == (False, False, Pathway.objects.get())
    assert CohortDecision.objects.count() == 1


def test_who_does_not_meet_it_has_a_decision_and_no_pathway(world, person):
    entry = enter(world, person)
    assert (entry.pathway, entry.is_new) == (None, True)
    assert [row.code for row in entry.decision.unmet] == ["identified"]
    assert not Pathway.objects.exists()


def test_membership_acquired_stays(world, person):
    enter(world, person, identified_on=FIRST_DAY)
    RsaSituation.objects.filter(pk=person.pk).update(entered_on=date(2020, 1, 1))
    entry = enter(world, person)
    assert (entry.decision.is_eligible, entry.is_new) == (False, True)
    assert entry.pathway.state == "identified"
    assert list(CohortDecision.objects.order_by("pk").values_list("is_eligible", flat=True)) == [True, False]


def test_new_parameters_of_the_cohort_are_a_new_decision(world, person):
    enter(world, person, identified_on=FIRST_DAY)
    world.cohort.reference_date = date(2026, 1, 6)
    world.cohort.save()
    assert enter(world, person).is_new
