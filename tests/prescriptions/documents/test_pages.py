"""The page « Attestations » of a session, the PDFs and the ZIP, for who may open them."""

import io
import zipfile

import pytest

from pathways.enums import Role
from pathways.models import FileAccess
from prescriptions.documents.issuing import issue
from prescriptions.documents.kinds import DocumentKind
from prescriptions.models import IssuedDocument
from tests.factories import World
from tests.prescriptions.documents.conftest import lead
from tests.readable import pdf_text, text_of


@pytest.fixture
def session(trainee):
    return trainee.prescription.session


def page(session, what=""):
    return f"/sessions/{session.pk}/attestations/{what}"


def test_the_provider_issues_everything_with_one_click_per_kind(world, trainee, session, login):
    lead(world.story("Ziani", session), "register")
    client = login(Role.PROVIDER)
    assert "Émettre 2 AIS" in text_of(client.get(page(session)))
    response = client.post(page(session, "emettre/"), {"kind": "AIS"}, follow=True)
    assert "2\u00a0AIS émises : AIS-2026-000001 à AIS-2026-000002." in text_of(response)
    assert "Émettre 1 AES" in text_of(response)
    client.post(page(session, "emettre/"), {"kind": "AES"})
    assert sorted(d.number for d in IssuedDocument.objects.all()) == [
        "AES-2026-000001",
        "AIS-2026-000001",
        "AIS-2026-000002",
    ]
    assert "À émettre" not in text_of(client.get(page(session)))


def test_one_person_at_a_time_and_a_second_click_is_answered(trainee, session, login):
    client = login(Role.PROVIDER)
    one = {"kind": "AES", "prescription": trainee.prescription.pk}
    client.post(page(session, "emettre/"), one)
    again = client.post(page(session, "emettre/"), one, follow=True)
    assert "Cette AES était déjà émise : AES-2026-000001." in text_of(again)
    assert IssuedDocument.objects.count() == 1


@pytest.mark.parametrize("data", [{"kind": "CERFA"}, {}, {"kind": "AES", "prescription": "x"}])
def test_what_is_not_asked_properly_is_not_found(session, login, data):
    assert login(Role.PROVIDER).post(page(session, "emettre/"), data).status_code == 404


def test_an_entry_without_aes_is_late_on_the_fourth_day(trainee, session, login):
    text = text_of(login(Role.PROVIDER).get(page(session)))
    assert "1\u00a0AES est en retard" in text
    assert "En retard" in text
    told = text_of(login(Role.PROVIDER).get(f"/sessions/{session.pk}/"))
    assert "AES : 0\u00a0émise, 1 à émettre" in told
    assert "1 en retard" in told


def test_the_region_reads_the_counts_of_a_session_and_no_attestation(world, trainee, session, login):
    issue(DocumentKind.AES, [trainee.prescription.pk], world.provider)
    text = text_of(login(Role.REGION_OFFICER).get(f"/sessions/{session.pk}/"))
    assert "AES : 1\u00a0émise" in text
    assert "attestations/" not in text
    assert login(Role.REGION_OFFICER).get(page(session)).status_code == 403


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR])
def test_who_follows_the_person_downloads_the_pdf_and_it_is_logged(world, trainee, session, login, role):
    document = issue(DocumentKind.AES, [trainee.prescription.pk], world.provider).made[0]
    client = login(role)
    assert document.number in text_of(client.get(f"/dossiers/{trainee.pathway.pk}/"))
    response = client.get(f"/attestations/{document.pk}/")
    assert response["Content-Type"] == "application/pdf"
    assert 'filename="AES-2026-000001.pdf"' in response["Content-Disposition"]
    assert "Benslimane" in pdf_text(response.content)
    assert "jalons.example/verifier/" in pdf_text(response.content)
    assert FileAccess.objects.filter(
        page="attestation AES-2026-000001", user=world.actors[role].user
    ).exists()


def test_the_zip_holds_what_holds_for_those_whom_the_reader_follows(world, trainee, session, login):
    other = World.make()
    # From another Département, to the same provider.
    other.actors[Role.PROVIDER] = world.provider
    stranger = lead(other.story("Ouessant", session))
    issue(DocumentKind.AIS, [trainee.prescription.pk, stranger.prescription.pk], world.provider)
    names = {}
    for role in (Role.PROVIDER, Role.REFERENT):
        response = login(role).get(page(session, "tout/"))
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            names[role] = sorted(archive.namelist())
    assert names[Role.PROVIDER] == [
        "AIS-2026-000001-BENSLIMANE-CAMILLE.pdf",
        "AIS-2026-000002-OUESSANT-CAMILLE.pdf",
    ]
    assert names[Role.REFERENT] == ["AIS-2026-000001-BENSLIMANE-CAMILLE.pdf"]


def test_a_name_put_right_offers_to_replace_the_document(world, trainee, session, login):
    document = issue(DocumentKind.AES, [trainee.prescription.pk], world.provider).made[0]
    person = trainee.pathway.beneficiary
    person.first_name = "Camilla"
    person.save()
    client = login(Role.PROVIDER)
    assert "Remplacer" in text_of(client.get(page(session)))
    response = client.post(f"/attestations/{document.pk}/remplacer/", follow=True)
    assert "AES-2026-000002 émise ; AES-2026-000001 ne vaut plus." in text_of(response)
    assert "remplacée le" in text_of(response)
    old = pdf_text(client.get(f"/attestations/{document.pk}/").content)
    assert "remplacée le 16/03/2026 par AES-2026-000002" in old
