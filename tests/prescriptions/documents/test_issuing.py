"""One document per fact, numbered without gap, frozen for ever; a fact taken back takes its document with it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from config import clock
from pathways import corrections
from pathways.enums import OrganisationKind, Role
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.refusals import NotVisible
from prescriptions.documents.content import fingerprint
from prescriptions.documents.issuing import issue, renew
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.standing import Validity, standings
from prescriptions.models import IssuedDocument
from tests.factories import World, actor, organisation
from tests.pathways.test_two_at_once import at_once
from tests.prescriptions.documents.conftest import OPENING, TODAY, lead

AIS, AES = DocumentKind.AIS, DocumentKind.AES


def standing_of(document):
    return standings([IssuedDocument.objects.select_related("prescription").get(pk=document.pk)])[document.pk]


def entry_of(story):
    return Event.objects.filter(subject_id=story.prescription.pk, kind="enter").latest("pk")


def test_a_document_says_who_which_session_when_and_who_issued_it(world, trainee):
    (made,) = issue(AES, [trainee.prescription.pk], world.provider).made
    assert made.number == "AES-2026-000001"
    told = made.content
    assert told["person"] == {
        "last_name": "Benslimane",
        "birth_name": "",
        "first_name": "Camille",
        "birth_date": "1990-05-17",
        "pe_identifier": "1234567A",
    }
    assert told["day"] == str(OPENING)
    assert told["session"]["carif_number"] == trainee.prescription.session.carif_number
    assert told["issued"]["by"] == str(world.provider.user)
    assert told["partners"]["department"] == str(world.cohort.department)
    assert made.fingerprint == fingerprint(IssuedDocument.objects.get().content)


def test_asking_again_answers_the_same_document(world, trainee):
    first = issue(AIS, [trainee.prescription.pk], world.provider)
    again = issue(AIS, [trainee.prescription.pk], world.provider)
    assert (again.made, [d.pk for d in again.there]) == ([], [first.made[0].pk])


def test_numbers_follow_each_other_by_kind_provider_and_year(world):
    session = world.session()
    stories = [lead(world.story(session=session)) for _ in range(3)]
    ids = [story.prescription.pk for story in stories]
    numbers = [d.number for d in issue(AIS, ids[:2], world.provider).made]
    numbers += [d.number for d in issue(AES, ids, world.provider).made]
    with clock.at(TODAY.replace(year=2027)):
        numbers += [d.number for d in issue(AIS, ids, world.provider).made]
    assert numbers == [
        *("AIS-2026-000001", "AIS-2026-000002"),
        *("AES-2026-000001", "AES-2026-000002", "AES-2026-000003"),
        "AIS-2027-000001",
    ]


def test_nothing_is_issued_before_the_fact(world):
    story = lead(world.story(), "register")
    issued = issue(AES, [story.prescription.pk], world.provider)
    assert (issued.made, issued.there, issued.without_fact) == ([], [], [story.prescription])


@pytest.mark.parametrize("role", [Role.REFERENT, Role.ADVISOR, Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER])
def test_only_the_provider_issues(world, trainee, role):
    with pytest.raises(NotVisible):
        issue(AES, [trainee.prescription.pk], world.actors[role])
    assert not IssuedDocument.objects.exists()


def test_another_provider_s_people_do_not_exist(world, trainee):
    stranger = actor(Role.PROVIDER, organisation(OrganisationKind.PROVIDER))
    with pytest.raises(NotVisible):
        issue(AES, [trainee.prescription.pk], stranger)


def test_a_fact_taken_back_annuls_its_document_and_a_new_one_gets_a_new_number(world, trainee):
    old = issue(AES, [trainee.prescription.pk], world.provider).made[0]
    corrections.correct(
        entry_of(trainee).pk,
        world.provider,
        comment="Entrée deux jours plus tard.",
        occurred_on=OPENING + timedelta(days=2),
    )
    assert standing_of(old).validity == Validity.ANNULLED
    new = issue(AES, [trainee.prescription.pk], world.provider).made[0]
    assert (new.number, new.content["day"]) == ("AES-2026-000002", str(OPENING + timedelta(days=2)))
    assert standing_of(new).holds
    assert old.content == IssuedDocument.objects.get(pk=old.pk).content


def test_restoring_a_fact_restores_its_document(world, trainee):
    document = issue(AES, [trainee.prescription.pk], world.provider).made[0]
    annulment = corrections.annul(entry_of(trainee).pk, world.provider, comment="Erreur de personne.").event
    assert not standing_of(document).holds
    assert issue(AES, [trainee.prescription.pk], world.provider).without_fact
    corrections.annul(annulment.pk, world.provider, comment="C'était bien elle.")
    assert standing_of(document).holds
    assert [d.pk for d in issue(AES, [trainee.prescription.pk], world.provider).there] == [document.pk]


def test_a_name_put_right_is_a_new_document_that_replaces_the_old_one(world, trainee):
    old = issue(AES, [trainee.prescription.pk], world.provider).made[0]
    with pytest.raises(TransitionRefused) as refused:
        renew(old.pk, world.provider)
    assert refused.value.refusal.code == "document_up_to_date"
    person = trainee.pathway.beneficiary
    person.last_name = "Benslimane-Dupont"
    person.save()
    new = renew(old.pk, world.provider)
    assert (new.number, new.content["person"]["last_name"]) == ("AES-2026-000002", "Benslimane-Dupont")
    assert (standing_of(old).validity, standing_of(old).by, standing_of(new).holds) == (
        Validity.REPLACED,
        new,
        True,
    )
    with pytest.raises(TransitionRefused) as refused:
        renew(old.pk, world.provider)
    assert refused.value.refusal.code == "document_over"
    assert [d.pk for d in issue(AES, [trainee.prescription.pk], world.provider).there] == [new.pk]


@pytest.mark.parametrize("statement", ["UPDATE {} SET rank = 9", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_rewrite_what_was_issued(world, trainee, statement):
    issue(AES, [trainee.prescription.pk], world.provider)
    with connection.cursor() as cursor:
        # Deferred checks of the rows just written would stand in the way of TRUNCATE before the trigger does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format("prescriptions_issueddocument"))


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_make_one_document_each_and_no_gap():
    with clock.at(TODAY):
        world = World.make()
        session = world.session()
        ids = [lead(world.story(session=session)).prescription.pk for _ in range(2)]

    def click(which):
        with clock.at(TODAY):
            issued = issue(AES, which, world.provider)
        return len(issued.made)

    answers = at_once([lambda which=which: click(which) for which in [ids, ids[:1], ids[1:]] * 3])
    assert sum(answers) == 2
    assert sorted(IssuedDocument.objects.values_list("rank", flat=True)) == [1, 2]
