"""What corrections and late facts must refuse, as found by random histories (tests/model)."""

from datetime import timedelta

import pytest

from config import clock
from followup import flows
from followup.models import Employment
from pathways import corrections
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.transitions import apply
from prescriptions.models import Prescription, Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


def code_of(call, *args, **kwargs) -> str:
    with clock.at(day(90)), pytest.raises(TransitionRefused) as caught:
        call(*args, **kwargs)
    return caught.value.refusal.code


@pytest.fixture
def story():
    return World.make().story()


def tell(story, *facts):
    for kind, n in facts:
        story.tell(kind, day(n))
    return story


def fact(story, kind: str) -> Event:
    return Event.objects.filter(pathway=story.pathway, kind=kind).latest("pk")


def test_a_date_moved_past_the_facts_that_rest_on_it_is_refused_with_a_reason(story):
    tell(story, ("submit", 2), ("admit", 10), ("register", 40))
    admitted, provider = fact(story, "admit"), story.world.provider
    assert (
        code_of(corrections.correct, admitted.pk, provider, comment="Faute.", occurred_on=day(50))
        == "impossible_history"
    )


def test_a_correction_is_taken_back_never_corrected(story):
    note = story.tell("note", day(2)).event
    with clock.at(day(3)):
        undone = corrections.annul(note.pk, story.world.referent, comment="Erreur.").event
    referent = story.world.referent
    assert code_of(corrections.correct, undone.pk, referent, comment="Non.") == "only_taken_back"
    assert code_of(corrections.correct, undone.pk, referent, comment="Non.", kind="note") == "only_taken_back"


def test_an_annulment_is_no_fact_that_somebody_states(story):
    assert code_of(apply, "annul", story.pathway.pk, story.world.manager) == "unknown_fact"


def test_an_annulment_may_not_bring_back_a_second_request_for_the_same_session(story):
    tell(story, ("submit", 2), ("refuse", 5))
    refused, world = fact(story, "refuse"), story.world
    again = Prescription.objects.create(
        pathway=story.pathway,
        session_id=story.prescription.session_id,
        prescriber=world.referent.user,
        prescriber_organisation=world.referent.organisation,
    )
    with clock.at(day(10)):
        apply("submit", story.pathway.pk, world.referent, subject_id=again.pk)
    assert code_of(corrections.annul, refused.pk, world.provider, comment="Erreur.") == "already_prescribed"


def test_a_late_request_for_a_session_already_asked_for_is_refused(story):
    tell(story, ("submit", 10))
    earlier = Prescription.objects.create(
        pathway=story.pathway,
        session_id=story.prescription.session_id,
        prescriber=story.world.referent.user,
        prescriber_organisation=story.world.referent.organisation,
    )
    late = {"subject_id": earlier.pk, "occurred_on": day(5)}
    assert code_of(apply, "submit", story.pathway.pk, story.world.referent, **late) == "already_prescribed"


def test_the_date_of_an_admission_to_a_full_session_can_be_corrected(story):
    tell(story, ("submit", 2), ("admit", 10))
    Session.objects.filter(pk=story.prescription.session_id).update(capacity=1)
    with clock.at(day(12)):
        corrections.correct(
            fact(story, "admit").pk, story.world.provider, comment="Faute.", occurred_on=day(11)
        )
    assert story.refresh().prescription.decided_on == day(11)


def test_a_job_corrected_into_something_else_leaves_the_record(story):
    hired = story.tell("employ", day(5)).event
    with clock.at(day(6)):
        corrections.correct(
            hired.pk, story.world.advisor, comment="Bénévolat.", kind="record_outcome", reason="other"
        )
    assert story.refresh().pathway.state == "other_outcome"
    assert not Employment.objects.filter(pathway=story.pathway).exists()


def test_a_contact_corrected_into_a_note_leaves_the_person_to_be_contacted(story):
    tell(
        story,
        ("submit", 2),
        ("admit", 10),
        ("register", 40),
        ("enter", 60),
        ("complete", 70),
        ("contact", 72),
    )
    assert not flows.tasks_waiting().exists()
    with clock.at(day(75)):
        corrections.correct(
            fact(story, "contact").pk,
            story.world.advisor,
            comment="Pas jointe.",
            kind="note",
            fact_comment="Appel à un proche.",
        )
    assert flows.tasks_waiting().count() == 1
