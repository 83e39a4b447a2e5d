"""Prescribing in the browser's requests: confirm, two clicks, refusals with alternatives, drafts."""

from datetime import timedelta

import pytest

from pathways.enums import Role
from pathways.models import Event
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription

from .conftest import TODAY

pytestmark = pytest.mark.django_db
P = PrescriptionState


@pytest.fixture
def person(world):
    story = world.story("Amrani", job_project="F1703", city="Marseille")
    story.prescription.delete()
    return story.pathway


def address(pathway, session=None):
    return f"/dossiers/{pathway.pk}/prescrire/" + (f"?session={session.pk}" if session else "")


def typed(page, **changes):
    """What the form of a page sends."""
    form = page.context["form"]
    return {
        "session": page.context["session"].pk,
        "key": form.initial["key"],
        "occurred_on": str(TODAY),
        "comment": "Très motivée.",
        **changes,
    }


def test_without_a_session_the_search_begins_with_what_is_known(world, login, person):
    answer = login(Role.REFERENT).get(address(person))
    assert answer.url == f"/sessions/?dossier={person.pk}&metier=F1703&lieu=Marseille"


def test_two_clicks_prescribe_once(world, login, person):
    session, client = world.session(), login(Role.REFERENT)
    sent = typed(client.get(address(person, session)))
    answers = [client.post(address(person), sent) for _ in range(2)]
    assert [answer.url for answer in answers] == [f"/dossiers/{person.pk}/"] * 2
    made = Prescription.objects.get()
    assert (made.state, made.session) == (P.SUBMITTED, session)
    assert Event.objects.get(kind="submit").comment == "Très motivée."


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Saisissez la date"),
        ("31/02/2026", "qui existe"),
        (str(TODAY + timedelta(days=1)), "dans l&#x27;avenir"),
    ],
)
def test_a_wrong_date_is_told_beside_the_field_and_nothing_is_lost(world, login, person, day, sentence):
    session, client = world.session(), login(Role.REFERENT)
    answer = client.post(address(person), typed(client.get(address(person, session)), occurred_on=day))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "Très motivée." in text
    assert answer.context["form"].errors.keys() == {"occurred_on"}
    assert not Prescription.objects.exists()


def test_a_session_that_closed_meanwhile_is_explained_with_other_sessions(world, login, person):
    session, client = world.session(), login(Role.REFERENT)
    other_trade = world.session()
    other_trade.action.formation.rome_codes = ["N4101"]
    other_trade.action.formation.save()
    other_trade.title = "Conducteur"
    other_trade.save()
    later = world.session()
    sent = typed(client.get(address(person, session)))
    session.registration_ends_on = TODAY - timedelta(days=1)
    session.save()
    answer = client.post(address(person), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "n&#x27;accepte plus de candidature" in text
    assert later in answer.context["alternatives"]
    assert not {session, other_trade} & set(answer.context["alternatives"])
    assert "Très motivée." in text
    # Choosing another session keeps what was typed and asks again before sending.
    answer = client.post(address(person), sent | {"choose": later.pk})
    assert (answer.status_code, answer.context["session"]) == (200, later)
    assert "Très motivée." in answer.content.decode()
    assert answer.context["form"]["key"].value() != sent["key"]
    assert not Prescription.objects.exists()


def test_a_draft_waits_in_the_pile_then_is_sent_or_deleted(world, login, person):
    session, client = world.session(), login(Role.REFERENT)
    sent = typed(client.get(address(person, session)))
    client.post(address(person), sent | {"draft": "1"})
    draft = Prescription.objects.get()
    assert draft.state == P.DRAFT
    pile = client.get("/").content.decode()
    assert "brouillon non envoyé" in pile
    assert "Très motivée." in client.get(address(person, session)).content.decode()
    assert "Envoyer" in client.get(f"/dossiers/{person.pk}/").content.decode()
    assert login(Role.REFERENT).post(f"/prescriptions/{draft.pk}/supprimer/").url == f"/dossiers/{person.pk}/"
    assert not Prescription.objects.exists()


def test_a_draft_is_not_deleted_by_others(world, login, other):
    draft = other.story("Inconnu").prescription
    url = f"/prescriptions/{draft.pk}/supprimer/"
    assert login(Role.REFERENT).post(url).status_code == 404
    assert login(Role.PROVIDER).post(url).status_code == 403
    assert login(Role.REFERENT).get(url).status_code == 405
    assert Prescription.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.ADVISOR, Role.REGION_OFFICER])
def test_only_the_department_prescribes(world, login, person, role):
    session = world.session()
    assert login(role).get(address(person, session)).status_code == 403
    assert login(role).post(address(person), {"session": session.pk}).status_code == 403


def test_somebody_elses_person_or_an_unknown_session_is_not_found(world, login, person, other):
    stranger, client = other.story("Inconnu"), login(Role.REFERENT)
    session = world.session()
    assert client.get(address(stranger.pathway, session)).status_code == 404
    assert client.post(address(stranger.pathway), {"session": session.pk}).status_code == 404
    assert client.get(f"/dossiers/{person.pk}/prescrire/?session=999999").status_code == 404


def test_the_file_says_why_nothing_can_be_prescribed(world, login):
    story = world.story("Amrani")
    story.tell("employ")
    page = login(Role.REFERENT).get(f"/dossiers/{story.pathway.pk}/")
    (action,) = [a for a in page.context["actions"] if a["label"] == "Prescrire une session"]
    assert "emploi" in action["why"]
    assert action["url"] == ""
