"""Whoever holds a document learns whether it is authentic and still holds, and nothing that it hides."""

import pytest
from django.test import Client

from pathways import corrections
from pathways.models import Event
from prescriptions.documents.content import short_code
from prescriptions.documents.issuing import issue, renew
from prescriptions.documents.kinds import DocumentKind
from tests.readable import text_of

#: On the paper or in the file, and never on the public page.
HIDDEN = ("Benslimane", "Camille", "1234567A", "17/05/1990", "1990-05-17", "0611223344", "Alix")


@pytest.fixture
def document(world, trainee):
    return issue(DocumentKind.AES, [trainee.prescription.pk], world.provider).made[0]


def by_address(document, query=""):
    return Client().get(f"/verifier/{document.fingerprint}/{query}")


def by_hand(number, code):
    return Client().get("/verifier/", {"numero": number, "code": code})


def test_the_address_of_the_qr_code_says_authentic_by_whom_and_when(world, document):
    response = by_address(document)
    text = text_of(response)
    assert response.status_code == 200
    assert "Authentique" in text
    assert world.provider.organisation.name in text
    assert "16/03/2026" in text  # issued on
    assert "C. B. (initiales)" in text
    assert not [word for word in HIDDEN if word in text]


def test_it_is_neither_indexed_nor_kept_nor_told_to_the_next_site(document):
    response = by_address(document)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex, nofollow">' in text_of(response)


@pytest.mark.parametrize("spelling", ["{number} ", "aes – 2026 – 000001"])
def test_number_and_code_are_typed_as_one_reads_them(document, spelling):
    number = spelling.format(number=document.number)
    assert "Authentique" in text_of(by_hand(number, short_code(document.fingerprint).lower()))
    assert "Authentique" in text_of(by_hand(number, document.fingerprint))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("AES-2026-000002", None),
        ("AIS-2026-000001", None),
        ("AES-2026-000001", "0123 4567 89AB CDEF"),
        ("AES-2026-000001", "0"),
        ("AES-2026-000001", "%"),
        ("n'importe quoi", "zzzz"),
        ("AES-2026-99999999999", None),
    ],
)
def test_anything_else_is_unknown(document, number, code):
    response = by_hand(number, short_code(document.fingerprint) if code is None else code)
    assert response.status_code == 404
    assert "Document inconnu" in text_of(response)


def test_the_beginning_of_a_code_finds_nothing(document):
    assert by_hand(document.number, document.fingerprint[:15]).status_code == 404
    assert Client().get(f"/verifier/{document.fingerprint[:32]}/").status_code == 404


def test_a_form_half_filled_says_where(document):
    response = by_hand(document.number, "")
    assert response.status_code == 422
    assert "Recopiez le code qui est en bas du document." in text_of(response)


def test_an_annulled_document_is_told_as_such_without_the_reason(world, trainee, document):
    entry = Event.objects.get(subject_id=trainee.prescription.pk, kind="enter")
    corrections.annul(entry.pk, world.provider, comment="Hospitalisée la veille.")
    text = text_of(by_address(document))
    assert "Authentique, mais annulé" in text
    assert "Hospitalisée" not in text


def test_a_replaced_document_is_told_as_such(world, trainee, document):
    person = trainee.pathway.beneficiary
    person.last_name = "Autre"
    person.save()
    renew(document.pk, world.provider)
    assert "Authentique, mais remplacé" in text_of(by_address(document))


def test_a_row_changed_behind_the_product_is_no_longer_authentic(document):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            """UPDATE prescriptions_issueddocument SET content = content || '{"day": "2026-03-01"}'"""
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert by_address(document).status_code == 404


def test_the_name_is_compared_and_never_told(document):
    right, wrong = by_address(document, "?nom=benslimane+camille"), by_address(document, "?nom=Dupond")
    assert "Le nom correspond" in text_of(right)
    assert "Le nom ne correspond pas" in text_of(wrong)
    assert "Benslimane" not in text_of(wrong)
