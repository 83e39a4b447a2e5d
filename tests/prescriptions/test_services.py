"""Prescribing, drafts, the same fact about several people, offers that lapse."""

from datetime import timedelta

import pytest

from config import clock
from pathways import bulk
from pathways.actor import Actor
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.refusals import NotVisible
from prescriptions import services
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.tasks import pass_seats_on
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
P = PrescriptionState
TODAY = FIRST_DAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def person(world):
    """Somebody identified, without any prescription."""
    story = world.story("Amrani")
    story.prescription.delete()
    return story.pathway


def state_of(prescription):
    return Prescription.objects.values_list("state", flat=True).get(pk=prescription.pk)


# ---- prescribing


def test_prescribing_sends_the_request_with_its_date_and_comment(world, person):
    made = services.prescribe(person, world.session(), world.referent, TODAY, "Motivée.", "k1")
    assert (made.state, made.submitted_on) == (P.SUBMITTED, TODAY)
    assert made.prescriber == world.referent.user
    assert Event.objects.get(kind="submit").comment == "Motivée."


def test_two_clicks_make_one_prescription(world, person):
    session = world.session()
    first = services.prescribe(person, session, world.referent, TODAY, "", "same")
    second = services.prescribe(person, session, world.referent, TODAY, "", "same")
    assert first == second
    assert Prescription.objects.count() == 1
    assert Event.objects.filter(kind="submit").count() == 1


def test_a_refused_prescription_leaves_nothing_behind(world, person):
    closed = world.session(registration_ends_on=TODAY - timedelta(days=1))
    with pytest.raises(TransitionRefused) as refused:
        services.prescribe(person, closed, world.referent, TODAY, "", "k1")
    assert refused.value.refusal.code == "session_closed"
    assert not Prescription.objects.exists()


def test_asking_twice_for_the_same_session_is_refused(world, person):
    session = world.session()
    services.prescribe(person, session, world.referent, TODAY, "", "k1")
    with pytest.raises(TransitionRefused) as refused:
        services.prescribe(person, session, world.referent, TODAY, "", "k2")
    assert refused.value.refusal.code == "already_prescribed"
    assert Prescription.objects.count() == 1


def test_a_stranger_cannot_prescribe(world, person):
    other = World.make()
    with pytest.raises(NotVisible):
        services.prescribe(person, world.session(), other.referent, TODAY, "", "k1")


# ---- drafts


def test_a_draft_is_kept_once_with_its_comment_then_sent(world, person):
    session = world.session()
    services.save_draft(person, session, world.referent, "Premier jet.")
    draft = services.save_draft(person, session, world.referent, "À relire.")
    assert (Prescription.objects.count(), Prescription.objects.get().draft_comment) == (1, "À relire.")
    sent = services.prescribe(person, session, world.referent, TODAY, "Relu.", "k1")
    assert (sent.pk, sent.state, sent.draft_comment) == (draft.pk, P.SUBMITTED, "")


def test_a_draft_can_be_deleted_but_not_what_was_sent(world, person):
    draft = services.save_draft(person, world.session(), world.referent)
    services.discard_draft(draft, world.referent)
    assert not Prescription.objects.exists()
    sent = services.prescribe(person, world.session(), world.referent, TODAY, "", "k1")
    with pytest.raises(TransitionRefused) as refused:
        services.discard_draft(sent, world.referent)
    assert refused.value.refusal.code == "draft_already_sent"


def test_a_draft_with_a_history_stays(world):
    """Its sending was annulled: the events still speak of it."""
    from pathways.corrections import annul

    story = world.story("Amrani")
    event = story.tell("submit").event
    annul(event.pk, world.referent, comment="Mauvaise personne.")
    assert state_of(story.prescription) == P.DRAFT
    with pytest.raises(TransitionRefused):
        services.discard_draft(story.prescription, world.referent)


# ---- several people


def test_each_person_is_recorded_alone_and_who_is_refused_is_told_why(world):
    session = world.session(capacity=2)
    stories = [world.story(name, session) for name in ("Amrani", "Bellil", "Cohen")]
    for story in stories:
        story.tell("submit")
    people = [story.prescription for story in stories]
    report = services.record_many("admit", people, world.provider, "k1", occurred_on=TODAY)
    assert report.done == people[:2]
    assert [(p, refusal.code) for p, refusal in report.refused] == [(people[2], "session_full")]
    again = services.record_many("admit", people[:2], world.provider, "k1", occurred_on=TODAY)
    assert (len(again.done), Event.objects.filter(kind="admit").count()) == (2, 2)


# ---- offers


def offered(world, name, session, until):
    story = world.story(name, session)
    story.tell("submit")
    story.tell("waitlist")
    story.tell("offer", payload={"expires_on": str(until)})
    return story


def test_an_overdue_offer_lapses_once_and_gives_its_seat_back(world):
    session = world.session(capacity=3)
    late = offered(world, "Amrani", session, TODAY - timedelta(days=2))
    open_ = offered(world, "Bellil", session, TODAY)
    assert (pass_seats_on(), pass_seats_on()) == (1, 0)
    assert [state_of(s.prescription) for s in (late, open_)] == [P.EXPIRED, P.OFFERED]
    said = Event.objects.get(kind="expire")
    assert (said.role, said.occurred_on) == (Role.SYSTEM, TODAY - timedelta(days=1))
    assert Session.objects.get(pk=session.pk).seats_held == 1


def test_an_expiry_killed_in_the_middle_is_finished_by_the_next(world, monkeypatch):
    session = world.session(capacity=3)
    stories = [offered(world, name, session, TODAY - timedelta(days=2)) for name in ("Amrani", "Bellil")]
    real = bulk.record

    def killed_once_written(*args, **kwargs):
        real(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "record", killed_once_written)
    with pytest.raises(KeyboardInterrupt):
        pass_seats_on()
    monkeypatch.undo()
    assert {state_of(s.prescription) for s in stories} == {P.OFFERED}
    assert pass_seats_on() == 2
    assert {state_of(s.prescription) for s in stories} == {P.EXPIRED}
    assert Event.objects.filter(kind="expire").count() == 2


def test_an_annulled_expiry_is_not_stated_again(world):
    from pathways.corrections import annul

    story = offered(world, "Amrani", world.session(), TODAY - timedelta(days=2))
    pass_seats_on()
    annul(Event.objects.get(kind="expire").pk, Actor.system(), comment="Accepté par téléphone à temps.")
    assert pass_seats_on() == 0
    assert state_of(story.prescription) == P.OFFERED
