"""Correcting a fact: preview, confirmation, refusals."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from pathways.enums import Role
from pathways.models import Event
from tests.factories import FIRST_DAY


def day(n: int) -> str:
    return (FIRST_DAY + timedelta(n)).isoformat()


@pytest.fixture(autouse=True)
def today():
    with clock.at(FIRST_DAY + timedelta(70)):
        yield


@pytest.fixture
def trainee(world):
    story = world.story("Amrani")
    for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, FIRST_DAY + timedelta(n))
    return story


@pytest.fixture
def dropped(trainee):
    trainee.tell("drop_out", FIRST_DAY + timedelta(65))
    return trainee


def event(story, kind) -> Event:
    return story.pathway.events.get(kind=kind)


def address(target: Event) -> str:
    return reverse("pathways:correct", args=[target.pathway_id, target.pk])


ANNUL = {"way": "retirer", "why": "Confusion avec une autre stagiaire.", "key": "k1"}


def confirm(client, target: Event, data: dict):
    """Preview, then confirm what was previewed, as the page does."""
    preview = client.post(address(target), {**data, "step": "preview"})
    assert preview.status_code == 200, preview.context["form"].errors
    seen = re.search(r'name="seen" value="([^"]+)"', preview.content.decode())[1]
    return client.post(address(target), {**data, "seen": seen, "step": "confirm"})


def test_the_preview_tells_what_changes_and_changes_nothing(dropped, as_role, text_of):
    before = dropped.pathway.events.count()
    response = as_role(Role.PROVIDER).post(address(event(dropped, "drop_out")), {**ANNUL, "step": "preview"})
    page = text_of(response)
    assert "Ce que la correction changera" in page
    assert "Formation interrompue depuis le 11/03/2026" in page
    assert "En formation depuis le 06/03/2026" in page
    assert "Interrompue" in page
    assert dropped.pathway.events.count() == before
    assert dropped.refresh().pathway.state == "dropped_out"


def test_taking_back_after_the_preview(dropped, as_role):
    response = confirm(as_role(Role.PROVIDER), event(dropped, "drop_out"), ANNUL)
    assert response.url == reverse("pathways:file", args=[dropped.pathway.pk])
    assert dropped.refresh().pathway.state == "in_training"
    assert event(dropped, "annul").comment == ANNUL["why"]


def test_two_identical_confirmations_take_back_once(dropped, as_role):
    client, target = as_role(Role.PROVIDER), event(dropped, "drop_out")
    confirm(client, target, ANNUL)
    again = client.post(address(target), {**ANNUL, "seen": "x", "step": "confirm"})
    assert again.status_code == 200
    assert "a déjà été corrigé" in again.content.decode()
    assert dropped.pathway.events.filter(kind="annul").count() == 1


def test_confirming_something_else_than_what_was_seen_previews_again(dropped, as_role, text_of):
    client, target = as_role(Role.PROVIDER), event(dropped, "drop_out")
    response = client.post(address(target), {**ANNUL, "seen": "autre", "step": "confirm"})
    assert "Ce que la correction changera" in text_of(response)
    assert dropped.refresh().pathway.state == "dropped_out"


def test_the_explanation_is_mandatory(dropped, as_role):
    response = as_role(Role.PROVIDER).post(
        address(event(dropped, "drop_out")), {**ANNUL, "why": " ", "step": "preview"}
    )
    assert response.status_code == 422
    assert "ce qui était faux" in str(response.context["form"].errors["why"])


def test_a_date_is_set_right_in_its_place(trainee, as_role):
    data = {"way": "rectifier", "why": "Erreur de frappe.", "occurred_on": day(61), "comment": "", "key": "k"}
    target = event(trainee, "enter")
    confirm(as_role(Role.PROVIDER), target, data)
    right = trainee.pathway.events.filter(kind="enter").order_by("-pk").first()
    assert right.occurred_on.isoformat() == day(61)
    assert right.pk != target.pk
    assert trainee.refresh().prescription.entered_on.isoformat() == day(61)


def test_a_correction_that_changes_nothing_is_refused(trainee, as_role):
    data = {"way": "rectifier", "why": "Relu.", "occurred_on": day(60), "comment": "", "key": "k"}
    response = as_role(Role.PROVIDER).post(address(event(trainee, "enter")), {**data, "step": "preview"})
    assert response.status_code == 422
    assert "Rien n'a changé" in response.context["form"].errors["way"][0]


def test_a_drop_out_becomes_a_departure_for_a_job(dropped, as_role, text_of):
    data = {
        "way": "rectifier",
        "why": "Elle a signé un CDI.",
        "occurred_on": day(65),
        "reason": "back_to_work",
        "detail_contract": "cdi",
        "comment": "",
        "key": "k",
    }
    client, target = as_role(Role.REFERENT), event(dropped, "drop_out")
    assert client.get(address(target)).status_code == 200
    confirm(as_role(Role.PROVIDER), target, data)
    assert dropped.refresh().pathway.state == "employed"
    story = text_of(client.get(reverse("pathways:file", args=[dropped.pathway.pk])))
    assert "Parti en emploi pendant la formation" in story
    assert "Corrigé le 16/03/2026" in story


def test_a_fact_that_others_rest_on_is_not_taken_back(trainee, as_role, text_of):
    response = as_role(Role.PROVIDER).post(address(event(trainee, "admit")), {**ANNUL, "step": "preview"})
    assert response.status_code == 422
    assert "deviendrait impossible" in text_of(response)
    assert trainee.refresh().pathway.state == "in_training"


def test_the_fact_of_another_organisation_is_explained(trainee, as_role, text_of):
    page = text_of(as_role(Role.ADVISOR).get(address(event(trainee, "submit"))))
    assert "Ce fait a été saisi par" in page
    assert "adressez-vous au responsable de la cohorte" in page
    response = as_role(Role.ADVISOR).post(address(event(trainee, "submit")), {**ANNUL, "step": "confirm"})
    assert "Ce fait a été saisi par" in text_of(response)
    assert not trainee.pathway.events.filter(kind="annul").exists()


def test_the_entry_in_the_cohort_is_not_corrected_here(trainee, as_role, text_of):
    page = text_of(as_role(Role.DEPARTMENT_MANAGER).get(address(event(trainee, "identify"))))
    assert "fonde le dossier" in page


def test_a_fact_taken_back_by_mistake_is_stated_again(dropped, as_role, text_of):
    client = as_role(Role.PROVIDER)
    confirm(client, event(dropped, "drop_out"), ANNUL)
    annulment = event(dropped, "annul")
    page = text_of(client.get(address(annulment)))
    assert "Rétablir un fait retiré" in page
    assert "Que faut-il corriger ?" not in page
    confirm(client, annulment, {"why": "C'était bien elle.", "key": "k2"})
    assert dropped.refresh().pathway.state == "dropped_out"
