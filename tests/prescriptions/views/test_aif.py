"""The pages of the AIF: what is asked stays typed, the proof reads as it was, strangers find nothing."""

from datetime import timedelta

import pytest

from pathways.enums import Role
from pathways.models import Event

from .conftest import TODAY

pytestmark = pytest.mark.django_db
ASKED = {"chercher": "1", "intitule": "Fromager", "organisme": "Lycée", "metier": "F1703", "heures": "300"}


@pytest.fixture
def person(world):
    story = world.story("Amrani", job_project="F1703")
    story.prescription.delete()
    story.prescription.session.delete()  # which would serve
    return story.pathway


def text_of(answer):
    return answer.content.decode()


def send(client, person, page, **typed):
    initial = page.context["conclusion"].initial
    return client.post(
        f"/dossiers/{person.pk}/aif/",
        {**ASKED, "key": initial["key"], "seen": initial["seen"], "text": "", **typed},
    )


def test_from_the_file_to_the_proof(login, person):
    client = login(Role.REFERENT)
    assert f"/dossiers/{person.pk}/aif/" in text_of(client.get(f"/dossiers/{person.pk}/"))
    blank = client.get(f"/dossiers/{person.pk}/aif/")
    assert (blank.status_code, blank.context["wish"].initial["metier"]) == (200, "F1703")
    page = client.get(f"/dossiers/{person.pk}/aif/", ASKED)
    assert "aucune entrée collective ne convient" in text_of(page)
    answers = [send(client, person, page, ground="no_session") for _ in range(2)]
    event = Event.objects.get(kind="examine_aif")
    assert {answer.url for answer in answers} == {f"/dossiers/{person.pk}/aif/{event.pk}/"}
    proof = text_of(client.get(f"/dossiers/{person.pk}/aif/{event.pk}/"))
    assert "Accordé" in proof
    assert "Fromager" in proof
    assert "Voir les recherches" in text_of(client.get(f"/dossiers/{person.pk}/"))
    assert "Accordé" in text_of(login(Role.DEPARTMENT_MANAGER).get(f"/dossiers/{person.pk}/aif/{event.pk}/"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"intitule": ""}, "Saisissez l&#x27;intitulé"),
        ({"metier": ""}, "sans domaine, rien à comparer"),
        ({"metier": "maçon"}, "une lettre et quatre chiffres"),
        ({"prix": "cher"}, "Saisissez un montant"),
        ({"debut": "2018-02-31"}, "une date qui existe"),
        ({"carif": "24_SE_0"}, "Aucune session de ce numéro"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_lost(login, person, changes, told):
    answer = login(Role.ADVISOR).get(f"/dossiers/{person.pk}/aif/", {**ASKED, **changes})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "Lycée" in text_of(answer)


def test_a_session_that_serves_must_be_answered(world, login, person):
    session = world.session(
        starts_on=TODAY + timedelta(days=30), recruitment="open", registration_ends_on=TODAY + timedelta(20)
    )
    session.action.is_contracted = True
    session.action.save()
    client = login(Role.ADVISOR)
    page = client.get(f"/dossiers/{person.pk}/aif/", ASKED)
    assert "Convient" in text_of(page)
    refused = send(client, person, page, ground="no_session")
    assert (refused.status_code, "conviennent" in text_of(refused)) == (422, True)
    refused = send(client, person, page, ground="relevant_project")
    assert (refused.status_code, "une phrase d&#x27;explication" in text_of(refused)) == (422, True)
    session.capacity = 1
    session.save()  # the offer changes under the reader's eyes
    refused = send(client, person, page, ground="served", text="La session de Marseille.")
    assert (refused.status_code, "L&#x27;offre a changé" in text_of(refused)) == (422, True)
    assert send(client, person, refused, ground="served", text="La session de Marseille.").status_code == 302
    assert Event.objects.get(kind="examine_aif").reason == "served"


def test_a_session_of_the_catalogue_fills_what_is_left_empty(world, login, person):
    session = world.session()
    asked = {"chercher": "1", "carif": session.carif_number, "metier": "F1703"}
    page = login(Role.ADVISOR).get(f"/dossiers/{person.pk}/aif/", asked)
    assert page.context["wish"].wish().title == session.title


def test_others_find_nothing(world, other, login, person):
    client = login(Role.REFERENT)
    send(client, person, client.get(f"/dossiers/{person.pk}/aif/", ASKED), ground="no_session")
    event = Event.objects.get(kind="examine_aif")
    address = f"/dossiers/{person.pk}/aif/{event.pk}/"
    assert login(other.actors[Role.REFERENT]).get(address).status_code == 404
    assert login(Role.PROVIDER).get(address).status_code == 403
    assert login(Role.REGION_OFFICER).get(address).status_code == 403
