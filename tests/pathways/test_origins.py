"""What nobody declared says so: imported from a file, or deduced by Jalons."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config import clock
from pathways import corrections, origins
from pathways.enums import Origin
from pathways.transitions import apply
from prescriptions.offers import expire_overdue_offers
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def imported(world):
    """Somebody whom a file let into the cohort."""
    story = world.story()
    person = world.person()
    pathway = type(story.pathway).objects.create(
        beneficiary=person, cohort=world.cohort, pole=person.pole, area=person.area
    )
    with clock.at(day(1)):
        apply("identify", pathway.pk, world.manager, occurred_on=day(0), origin=Origin.IMPORTED)
    pathway.refresh_from_db()
    return pathway


@pytest.fixture
def lapsed(world):
    """Somebody whose offered seat Jalons has let pass."""
    story = world.story()
    for kind, n in (("submit", 2), ("waitlist", 10), ("offer", 30)):
        story.tell(kind, day(n))
    with clock.at(day(60)):
        assert expire_overdue_offers() == 1
    return story.refresh()


def page(actor, address: str) -> str:
    client = Client()
    client.force_login(actor.user)
    with clock.at(day(61)):
        return client.get(address).content.decode()


def test_the_list_of_people_says_who_came_by_a_file(world, imported):
    assert origins.of_pathways([imported]) == {imported.pk: Origin.IMPORTED}
    assert page(world.referent, reverse("pathways:search")).count("importé") == 1


def test_a_declared_step_after_the_import_is_nobodys_but_its_authors(world, imported):
    with clock.at(day(5)):
        apply("employ", imported.pk, world.referent, payload={"contract": "cdi"})
    imported.refresh_from_db()
    assert origins.of_pathways([imported]) == {}


def test_what_jalons_deduced_shows_on_the_timeline_and_in_lists(world, lapsed):
    assert origins.of_subjects("prescription", [lapsed.prescription]) == {lapsed.prescription.pk: "deduced"}
    for address in (
        reverse("pathways:file", args=[lapsed.pathway.pk]),
        reverse("prescriptions:candidates") + "?etape=termines",
        reverse("pathways:correct", args=[lapsed.pathway.pk, lapsed.pathway.events.get(kind="expire").pk]),
    ):
        assert "déduit par Jalons" in page(world.provider, address), address


def test_a_deduced_fact_taken_back_is_no_longer_told(world, lapsed):
    with clock.at(day(61)):
        corrections.annul(
            lapsed.pathway.events.get(kind="expire").pk, world.manager, comment="Accepté à temps."
        )
    lapsed.refresh()
    assert origins.of_subjects("prescription", [lapsed.prescription]) == {}


def test_a_fact_set_right_by_somebody_is_declared(world, lapsed):
    wrong = lapsed.pathway.events.get(kind="waitlist")
    with clock.at(day(61)):
        outcome = corrections.correct(wrong.pk, world.provider, comment="La veille.", occurred_on=day(9))
    assert outcome.event.origin == Origin.DECLARED


def test_lists_read_the_origins_in_one_statement(world, imported, django_assert_num_queries):
    with django_assert_num_queries(1):
        origins.of_pathways([imported])
