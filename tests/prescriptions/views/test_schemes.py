"""« Dispositifs »: rules in words, the Région's dated changes, and verdicts where people choose a session."""

from datetime import date, timedelta

import pytest

from pathways.enums import Role
from prescriptions.models import Scheme, SchemeRule

from .conftest import TODAY

pytestmark = pytest.mark.django_db
ETAQ = "/dispositifs/prf-etaq/"


@pytest.fixture
def person(world):
    story = world.story("Amrani", pe_registered_on=date(2025, 9, 1), postal_code="13003")
    story.prescription.delete()
    return story.pathway


@pytest.fixture
def session(world):
    found = world.session()
    found.action.formation.formacodes = ["22334"]
    found.action.formation.save()
    found.action.postal_code = "13003"
    found.action.save()
    return found


def text_of(answer):
    return answer.content.decode()


def test_a_referent_reads_the_rules_in_words(login):
    client = login(Role.REFERENT)
    listed = text_of(client.get("/dispositifs/"))
    assert listed.index("PRF ETAPS") < listed.index("AIF (aide individuelle")
    page = text_of(client.get("/dispositifs/aif/"))
    assert "Les heures en entreprise restent une part limitée du total." in page
    assert "part maximale : 30 %" in page
    assert "Modifier" not in page


def test_the_region_opens_a_scheme_without_code(login):
    client = login(Role.REGION_OFFICER)
    typed = {
        "code": "ville",
        "name": "Chantiers de la ville",
        "funder": "0",
        "try_order": "15",
        "valid_from": str(TODAY),
        "description": "",
        "valid_to": str(TODAY),
    }
    wrong = client.post("/dispositifs/nouveau/", typed)
    assert (wrong.status_code, "doit suivre le début" in text_of(wrong)) == (422, True)
    assert client.post("/dispositifs/nouveau/", {**typed, "valid_to": ""}).status_code == 302
    added = client.post(
        "/dispositifs/ville/regle/?regle=financed_by", {"given_codes": "9, 15", "valid_from": str(TODAY)}
    )
    assert added.url == "/dispositifs/ville/"
    assert Scheme.objects.get(code="ville").rules.get().parameters == {"codes": ["9", "15"]}


def test_a_changed_rule_keeps_the_past_and_says_who(world, login):
    client = login(Role.REGION_OFFICER)
    address = "/dispositifs/aif/regle/?regle=company_share"
    later = TODAY + timedelta(days=10)
    assert client.post(address, {"given_percent": "40", "valid_from": str(later)}).status_code == 302
    old, new = SchemeRule.objects.filter(scheme__code="aif", rule="company_share").order_by("pk")
    assert (old.parameters["percent"], old.valid_to) == (30, later)
    assert (new.parameters["percent"], new.valid_from, new.valid_to) == (40, later, None)
    page = text_of(client.get("/dispositifs/aif/"))
    assert "part maximale : 30 %" in page
    assert str(world.actors[Role.REGION_OFFICER].user) in page
    # Planned anew for an earlier day: the first plan never holds.
    client.post(address, {"given_percent": "50", "valid_from": str(TODAY)})
    assert not SchemeRule.objects.in_force(later).filter(parameters__percent=40).exists()
    assert SchemeRule.objects.in_force(later).get(rule="company_share", scheme__code="aif").parameters == {
        "percent": 50
    }


def test_a_rule_changes_neither_in_the_past_nor_for_a_word(login):
    client = login(Role.REGION_OFFICER)
    address = "/dispositifs/aif/regle/?regle=company_share"
    for typed, told in (
        ({"given_percent": "40", "valid_from": str(TODAY - timedelta(days=1))}, "Ce jour est passé"),
        ({"given_percent": "beaucoup", "valid_from": str(TODAY)}, "Saisissez un nombre entier"),
    ):
        answer = client.post(address, typed)
        assert (answer.status_code, told in text_of(answer)) == (422, True)
    assert SchemeRule.objects.filter(scheme__code="aif", rule="company_share").count() == 1
    assert client.get("/dispositifs/aif/regle/?regle=lune").status_code == 404


def test_a_rule_can_stop(login):
    client = login(Role.REGION_OFFICER)
    client.post(f"{ETAQ}regle/?regle=job_seeker", {"valid_from": str(TODAY), "stop": "1"})
    assert not SchemeRule.objects.in_force(TODAY).filter(scheme__code="prf-etaq", rule="job_seeker").exists()


def test_the_verdict_is_shown_where_a_referent_chooses(login, person, session):
    client = login(Role.REFERENT)
    for address in (
        f"/sessions/?dossier={person.pk}",
        f"/sessions/{session.pk}/?dossier={person.pk}",
        f"/dossiers/{person.pk}/prescrire/?session={session.pk}",
    ):
        page = text_of(client.get(address))
        assert "Éligible" in page, address
        assert "PRF ETAQ" in page, address
    person.beneficiary.pe_registered_on = None
    person.beneficiary.save()
    page = text_of(client.get(f"/dossiers/{person.pk}/prescrire/?session={session.pk}"))
    assert "avis de situation" in page
    assert "Prescrire</button>" in page  # it informs, it does not block


def test_a_provider_reads_no_verdict_and_a_stranger_no_person(world, other, login, person, session):
    page = text_of(login(Role.PROVIDER).get(f"/sessions/{session.pk}/?dossier={person.pk}"))
    assert "PRF ETAQ" not in page
    assert "Amrani" not in page
    stranger = login(other.actors[Role.REFERENT])
    assert stranger.get(f"/sessions/{session.pk}/?dossier={person.pk}").status_code == 404
