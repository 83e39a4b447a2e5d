"""Courses and jobs on the person's file: each role reads what is theirs."""

from datetime import timedelta

import pytest

from config import clock
from pathways.enums import OrganisationKind, Role
from prescriptions.models import Prescription
from tests import factories
from tests.factories import Story, World
from tests.followup.courses import FRIDAY, MONDAY, course, login, trainee

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def world():
    return World.make()


def file(client, actor, story):
    with clock.at(FRIDAY + timedelta(days=30)):
        return login(client, actor).get(f"/dossiers/{story.pathway.pk}/").content.decode()


def test_the_referent_reads_courses_and_jobs_and_a_provider_its_own_courses(client, world):
    story = trainee(world, course(world))
    story.tell("complete", MONDAY + timedelta(days=2))
    story.tell("employ", FRIDAY, payload={"contract": "cdi", "employer": "Les Murs SARL"})
    html = file(client, world.referent, story)
    assert "Formation suivie" in html
    assert "Les Murs SARL" in html
    own = file(client, world.provider, story)
    assert "Formation suivie" in own
    assert "Les Murs SARL" not in own


def test_a_provider_reads_nothing_of_a_course_elsewhere(client, world):
    story = trainee(world, course(world))
    story.tell("drop_out", MONDAY + timedelta(days=1))
    home = factories.organisation(OrganisationKind.PROVIDER, "Autre Organisme")
    other = factories.actor(Role.PROVIDER, home)
    elsewhere = factories.session(home, starts_on=FRIDAY, capacity=5)
    second = Prescription.objects.create(
        pathway=story.pathway,
        session=elsewhere,
        prescriber=world.referent.user,
        prescriber_organisation=world.referent.organisation,
    )
    again = Story(world, story.pathway, second)
    again.tell("submit", MONDAY + timedelta(days=2))
    for kind in ("admit", "register"):
        again.tell(kind, MONDAY + timedelta(days=3), by=other)
    again.tell("enter", FRIDAY, by=other)
    assert "Formations suivies" in file(client, world.referent, story)
    html = file(client, other, story)
    assert "Formation suivie<" in html
    assert str(world.provider.organisation) not in html
