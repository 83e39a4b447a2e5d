"""Who opens which page: 403 for a wrong role, 404 for somebody else's person, the same answer as for nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pathways.enums import Role
from tests.factories import FIRST_DAY

BLIND = [
    Role.REGION_OFFICER,
    Role.COMMITTEE_MEMBER,
    Role.ADMINISTRATOR,
    Role.DATA_PROTECTION_OFFICER,
]
SIGHTED = [Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER]


def pages(story):
    """The addresses about one person, with a fact that anybody who follows them may correct."""
    event = story.pathway.events.order_by("pk").last()
    pk = story.pathway.pk
    return [
        reverse("pathways:file", args=[pk]),
        reverse("pathways:fact", args=[pk, "drop_out"]),
        reverse("pathways:fact", args=[pk, "leave_for_job"]),
        reverse("pathways:correct", args=[pk, event.pk]),
    ]


@pytest.fixture
def entered(world):
    story = world.story("Amrani")
    story.tell("submit", FIRST_DAY + timedelta(2))
    return story


@pytest.mark.parametrize("role", BLIND)
def test_roles_without_case_data_open_no_page_about_a_person(as_role, entered, role):
    client = as_role(role)
    addresses = [*pages(entered), reverse("pathways:search"), reverse("pathways:search_export")]
    assert {client.get(address).status_code for address in addresses} == {403}


@pytest.mark.parametrize("role", SIGHTED)
def test_a_person_of_another_organisation_does_not_exist(elsewhere, log_in, entered, role):
    client = log_in(elsewhere.actors[role])
    own = elsewhere.story("Bellil")
    own.tell("submit", FIRST_DAY + timedelta(2))
    file, early_exit, job, correction = pages(entered)
    exit_page = job if role == Role.ADVISOR else early_exit
    assert {client.get(address).status_code for address in (file, exit_page, correction)} == {404}
    assert client.get(reverse("pathways:file", args=[own.pathway.pk])).status_code == 200


def test_a_foreign_event_is_not_reached_through_ones_own_person(elsewhere, as_role, entered):
    foreign = elsewhere.story("Bellil").pathway.events.get()
    address = reverse("pathways:correct", args=[entered.pathway.pk, foreign.pk])
    assert as_role(Role.REFERENT).get(address).status_code == 404


def test_a_foreign_prescription_is_not_reached_through_ones_own_person(elsewhere, as_role, entered):
    foreign = elsewhere.story("Bellil").tell("submit", FIRST_DAY + timedelta(2)).event.subject_id
    address = reverse("pathways:fact", args=[entered.pathway.pk, "remind"])
    assert as_role(Role.REFERENT).get(f"{address}?prescription={foreign}").status_code == 404


def test_a_provider_does_not_know_somebody_whose_prescription_is_a_draft(world, as_role):
    story = world.story("Amrani")
    assert as_role(Role.PROVIDER).get(reverse("pathways:file", args=[story.pathway.pk])).status_code == 404


def test_a_fact_of_another_role_is_refused(as_role, entered):
    address = reverse("pathways:fact", args=[entered.pathway.pk, "refuse"])
    before = entered.pathway.events.count()
    client = as_role(Role.REFERENT)
    assert client.get(address).status_code == 403
    assert client.post(address, {"occurred_on": "2026-01-08"}).status_code == 403
    assert entered.pathway.events.count() == before


@pytest.mark.parametrize("kind", ["identify", "annul", "expire", "nonsense"])
def test_facts_that_nobody_states_by_hand_have_no_page(as_role, entered, kind):
    address = reverse("pathways:fact", args=[entered.pathway.pk, kind])
    assert as_role(Role.DEPARTMENT_MANAGER).get(address).status_code == 404


class TestSwitchingRole:
    @pytest.fixture
    def second(self, world):
        from datetime import date

        from pathways.models import Membership

        return Membership.objects.create(
            user=world.referent.user,
            organisation=world.manager.organisation,
            role=Role.DEPARTMENT_MANAGER,
            started_on=date(2020, 1, 1),
        )

    def test_the_chosen_role_holds_from_page_to_page(self, as_role, second):
        client = as_role(Role.REFERENT)
        assert client.post(reverse("pathways:switch_role"), {"membership": second.pk}).status_code == 302
        assert client.get("/").wsgi_request.actor.role == Role.DEPARTMENT_MANAGER

    def test_somebody_elses_membership_is_refused(self, world, as_role, second):
        client = as_role(Role.REFERENT)
        foreign = world.advisor.user.memberships.get()
        assert client.post(reverse("pathways:switch_role"), {"membership": foreign.pk}).status_code == 403
        assert client.get("/").wsgi_request.actor.role == Role.REFERENT

    def test_switching_needs_a_post(self, as_role):
        assert as_role(Role.REFERENT).get(reverse("pathways:switch_role")).status_code == 405
