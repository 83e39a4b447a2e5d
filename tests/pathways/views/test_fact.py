"""Stating a fact through its form."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from pathways.enums import Role
from tests.factories import FIRST_DAY


def day(n: int) -> str:
    return (FIRST_DAY + timedelta(n)).isoformat()


def address(story, kind, subject=True) -> str:
    path = reverse("pathways:fact", args=[story.pathway.pk, kind])
    return f"{path}?prescription={story.prescription.pk}" if subject else path


@pytest.fixture(autouse=True)
def today():
    with clock.at(FIRST_DAY + timedelta(70)):
        yield


@pytest.fixture
def story(world):
    story = world.story("Amrani")
    story.tell("submit", FIRST_DAY + timedelta(2))
    return story


@pytest.fixture
def trainee(story):
    for kind, n in (("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, FIRST_DAY + timedelta(n))
    return story


REFUSAL = {
    "occurred_on": day(9),
    "reason": "prerequisites",
    "detail_next_step": "upgrade",
    "comment": "Niveau à reprendre.",
    "key": "k1",
}


def test_the_form_asks_what_the_kind_must_carry(story, as_role, text_of):
    response = as_role(Role.PROVIDER).get(address(story, "refuse"))
    page = text_of(response)
    for words in ("Date de la décision", "Prérequis insuffisants", "Suite proposée", "Explication"):
        assert words in page
    assert f'value="{day(70)}"' in response.content.decode()


def test_a_fact_is_recorded_and_leads_to_the_file(story, as_role):
    response = as_role(Role.PROVIDER).post(address(story, "refuse"), REFUSAL)
    assert response.status_code == 302
    assert response.url == reverse("pathways:file", args=[story.pathway.pk])
    event = story.pathway.events.get(kind="refuse")
    assert (event.occurred_on.isoformat(), event.reason, event.payload) == (
        day(9),
        "prerequisites",
        {"next_step": "upgrade"},
    )
    assert story.refresh().pathway.state == "identified"


def test_two_identical_posts_record_one_fact(story, as_role):
    client = as_role(Role.PROVIDER)
    answers = [client.post(address(story, "refuse"), REFUSAL) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert story.pathway.events.filter(kind="refuse").count() == 1


def test_each_opening_of_the_form_has_a_key_of_its_own(story, as_role):
    client = as_role(Role.REFERENT)
    keys = {
        re.search(r'name="key" value="([^"]+)"', client.get(address(story, "note", False)).content.decode())[
            1
        ]
        for _ in range(2)
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("wanted", "is_followed"),
    [
        ("/candidats/?page=2", True),
        ("https://ailleurs.example/", False),
        ("//ailleurs.example", False),
        ("/\\ailleurs.example", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_where_to_go_afterwards_is_local_only(story, as_role, wanted, is_followed):
    data = {"occurred_on": day(9), "comment": "Appel.", "key": "k", "suite": wanted}
    response = as_role(Role.REFERENT).post(address(story, "note", False), data)
    assert response.url == (wanted if is_followed else reverse("pathways:file", args=[story.pathway.pk]))


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"occurred_on": "2026-02-31"}, "occurred_on", "Saisissez une date qui existe"),
        ({"occurred_on": ""}, "occurred_on", "Saisissez la date"),
        ({"occurred_on": day(71)}, "occurred_on", "est dans l'avenir"),
        ({"occurred_on": day(0)}, "occurred_on", "prescription « Brouillon »"),
        ({"reason": ""}, "reason", "Choisissez un motif"),
        ({"reason": "inventé"}, "reason", "Sélectionnez un choix valide"),
        ({"detail_next_step": ""}, "detail_next_step", "ce que vous proposez"),
        ({"comment": "  "}, "comment", "phrase d'explication"),
    ],
)
def test_bad_input_is_told_at_its_place_and_keeps_the_rest(story, as_role, text_of, change, field, words):
    response = as_role(Role.PROVIDER).post(address(story, "refuse"), {**REFUSAL, **change})
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert words in str(errors.get(field) or response.context["form"].non_field_errors()).replace(
        "&#x27;", "'"
    )
    assert response.context["form"]["comment"].value() == {**REFUSAL, **change}["comment"]
    assert not story.pathway.events.filter(kind="refuse").exists()


def test_a_guard_of_the_details_speaks_beside_its_field(story, as_role):
    data = {"occurred_on": day(20), "detail_convened_for": day(3), "key": "k"}
    response = as_role(Role.PROVIDER).post(address(story, "convene"), data)
    assert response.status_code == 422
    assert "précède la convocation" in str(response.context["form"].errors["detail_convened_for"])


def test_a_date_that_would_contradict_what_follows_is_refused_at_the_date(trainee, as_role):
    data = {"occurred_on": day(5), "key": "k", "reason": "personal"}
    trainee.tell("suspend", FIRST_DAY + timedelta(65))
    response = as_role(Role.PROVIDER).post(address(trainee, "resume"), {**data, "occurred_on": day(61)})
    assert response.status_code == 422
    assert trainee.pathway.events.filter(kind="resume").count() == 0


def test_an_impossible_fact_shows_why_and_no_form(story, as_role, text_of):
    response = as_role(Role.PROVIDER).get(address(story, "register"))
    page = text_of(response)
    assert "Ce n'est pas possible pour le moment" in page
    assert "D'abord : « Retenir »." in page
    assert 'name="occurred_on"' not in response.content.decode()


def test_a_fact_that_became_impossible_meanwhile_keeps_what_was_typed(story, as_role, text_of):
    story.tell("refuse", FIRST_DAY + timedelta(10))
    response = as_role(Role.PROVIDER).post(address(story, "refuse"), {**REFUSAL, "occurred_on": day(12)})
    assert response.status_code == 422
    assert "« Refuser » n'est pas possible : prescription « Refusé »" in text_of(response)
    assert "Niveau à reprendre." in text_of(response)


def test_several_prescriptions_ask_which_one(world, story, as_role, text_of):
    from pathways.transitions import apply
    from prescriptions.models import Prescription

    other = Prescription.objects.create(
        pathway=story.pathway,
        session=world.session(),
        prescriber=world.referent.user,
        prescriber_organisation=world.referent.organisation,
    )
    apply(
        "submit", story.pathway.pk, world.referent, subject_id=other.pk, occurred_on=FIRST_DAY + timedelta(3)
    )
    response = as_role(Role.REFERENT).get(address(story, "remind", subject=False))
    assert "De quelle prescription s'agit-il ?" in text_of(response)
    assert f"prescription={other.pk}" in response.content.decode()


def test_a_single_prescription_is_understood(story, as_role):
    client = as_role(Role.REFERENT)
    assert (
        client.post(address(story, "remind", subject=False), {"occurred_on": day(9), "key": "k"}).status_code
        == 302
    )
    assert story.pathway.events.get(kind="remind").subject_id == story.prescription.pk


def test_ccp_are_one_a_line(trainee, as_role):
    trainee.tell("sit_exam", FIRST_DAY + timedelta(66))
    data = {"occurred_on": day(68), "detail_ccp": "Monter un mur\n\n  Couler une dalle ", "key": "k"}
    assert as_role(Role.PROVIDER).post(address(trainee, "exam_partial"), data).status_code == 302
    event = trainee.pathway.events.get(kind="exam_partial")
    assert event.payload == {"ccp": ["Monter un mur", "Couler une dalle"]}


class TestEarlyExit:
    def test_back_to_work_comes_first_among_the_causes(self, trainee, as_role, text_of):
        page = text_of(as_role(Role.PROVIDER).get(address(trainee, "drop_out")))
        assert page.index("Retour à l'emploi") < page.index("Raisons personnelles")
        assert "Type de contrat" in page

    def test_it_is_recorded_as_a_departure_for_a_job(self, trainee, as_role):
        data = {"occurred_on": day(68), "reason": "back_to_work", "detail_contract": "cdi", "key": "k"}
        assert as_role(Role.PROVIDER).post(address(trainee, "drop_out"), data).status_code == 302
        event = trainee.pathway.events.get(kind="leave_for_job")
        assert event.payload == {"contract": "cdi"}
        assert trainee.refresh().pathway.state == "employed"
        assert not trainee.pathway.events.filter(kind="drop_out").exists()

    def test_it_asks_for_the_contract(self, trainee, as_role):
        data = {"occurred_on": day(68), "reason": "back_to_work", "key": "k"}
        response = as_role(Role.PROVIDER).post(address(trainee, "drop_out"), data)
        assert response.status_code == 422
        assert "type de contrat" in str(response.context["form"].errors["detail_contract"])

    def test_another_cause_is_a_drop_out_without_the_job(self, trainee, as_role):
        data = {"occurred_on": day(68), "reason": "money", "detail_contract": "cdi", "key": "k"}
        assert as_role(Role.PROVIDER).post(address(trainee, "drop_out"), data).status_code == 302
        event = trainee.pathway.events.get(kind="drop_out")
        assert (event.reason, event.payload) == ("money", {})

    def test_an_advisor_may_only_record_the_job(self, trainee, as_role):
        advisor = as_role(Role.ADVISOR)
        assert advisor.get(address(trainee, "drop_out")).status_code == 403
        data = {
            "occurred_on": day(68),
            "detail_contract": "cdi",
            "detail_area": trainee.world.area.pk,
            "key": "k",
        }
        assert advisor.post(address(trainee, "leave_for_job"), data).status_code == 302
        assert trainee.pathway.events.get(kind="leave_for_job").payload["area"] == trainee.world.area.pk


def test_a_fact_impossible_today_may_be_stated_at_the_date_that_cures_it(trainee, as_role, text_of):
    trainee.tell("complete", FIRST_DAY + timedelta(68))
    client = as_role(Role.PROVIDER)
    response = client.get(address(trainee, "sit_exam"))
    page = text_of(response)
    assert "Possible à une date passée seulement" in page
    assert "saisissez sa date : du 06/03/2026 au 13/03/2026." in page
    assert response.context["form"]["occurred_on"].value() is None
    late = client.post(address(trainee, "sit_exam"), {"occurred_on": day(69), "comment": "", "key": "k1"})
    assert late.status_code == 422
    assert "n'est pas possible" in text_of(late)
    client.post(address(trainee, "sit_exam"), {"occurred_on": day(66), "comment": "", "key": "k1"})
    assert trainee.refresh().pathway.state == "completed"
    assert trainee.pathway.events.get(kind="sit_exam").occurred_on.isoformat() == day(66)


def test_a_date_that_what_followed_forbids_is_no_cure(story, as_role, text_of):
    story.tell("refuse", FIRST_DAY + timedelta(9))
    page = text_of(as_role(Role.PROVIDER).get(address(story, "admit")))
    assert "Ce n'est pas possible pour le moment" in page


def test_the_periods_that_others_bound_are_not_told_to_a_provider(trainee, as_role, text_of):
    for kind, n in (("sit_exam", 62), ("complete", 63), ("employ", 64), ("close", 66)):
        trainee.tell(kind, FIRST_DAY + timedelta(n))
    response = as_role(Role.PROVIDER).get(address(trainee, "exam_passed"))
    assert "Si le fait a eu lieu plus tôt, saisissez sa date." in text_of(response)
    assert [str(period.last) for period in response.context["periods"]] == [day(65)]


def test_the_file_leads_to_the_facts_that_were_forgotten(trainee, as_role, text_of):
    trainee.tell("complete", FIRST_DAY + timedelta(68))
    client = as_role(Role.PROVIDER)
    listed = reverse("pathways:past_facts", args=[trainee.pathway.pk])
    assert listed in client.get(reverse("pathways:file", args=[trainee.pathway.pk])).content.decode()
    page = text_of(client.get(listed))
    assert "Présenter à l'examen" in page
    assert "Retenir" not in page
    none = text_of(as_role(Role.ADVISOR).get(listed))
    assert "Aucun fait passé ne manque" in none
