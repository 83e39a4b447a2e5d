"""What the page says of a correction about a request: who owes what, seats, entries, empty places."""

from datetime import timedelta

import pytest

from config import clock
from notifications.models import Alert
from notifications.services import detect
from pathways import trials
from pathways.effects import Comparison, effects
from pathways.guards import TransitionRefused
from pathways.replay import history
from pathways.viewpoint import view_of
from prescriptions.models import Session
from prescriptions.services import prescribe
from tests.factories import FIRST_DAY, World
from tests.pathways.forecasts import said_of_taking_back, take_back

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def world():
    return World.make()


def test_a_seat_given_back(world):
    session = world.session(capacity=2)
    story = world.story(session=session)
    story.tell("submit", day(2))
    story.tell("admit", day(10))
    with clock.at(day(11)):
        said = said_of_taking_back(story, "admit", world.provider)
        assert said[f"Places tenues, {session}"] == ("1 sur 2", "0 sur 2")
        assert said["Organisme"] == (
            "enregistrer l'inscription (AIS), avant le 01/03/2026",
            "répondre à la prescription, avant le 14/01/2026",
        )
        take_back(story, "admit", world.provider)
    assert Session.objects.get(pk=session.pk).seats_held == 0


def test_a_seat_that_is_taken_meanwhile_cannot_be_restored(world):
    session = world.session(capacity=1)
    story, other = world.story(session=session), world.story(session=session)
    for each in (story, other):
        each.tell("submit", day(2))
    story.tell("admit", day(10))
    with clock.at(day(11)):
        take_back(story, "admit", world.provider)
    other.tell("admit", day(12))
    with clock.at(day(13)):
        event, known = story.pathway.events.get(kind="annul"), history(story.pathway.pk)
        trial = trials.without(event, known, world.provider)
        sides = [view_of(list(side), story.pathway, world.provider) for side in (known, trial.facts)]
        with pytest.raises(TransitionRefused) as caught:
            effects(Comparison(story.pathway, world.provider, *sides))
    assert caught.value.refusal.code == "session_full"


def test_a_second_live_request_for_the_session_cannot_be_restored(world):
    session = world.session()
    story = world.story(session=session)
    story.tell("submit", day(2))
    story.tell("withdraw", day(5))
    with clock.at(day(6)):
        prescribe(story.pathway, session, world.referent)
        event, known = story.pathway.events.get(kind="withdraw"), history(story.pathway.pk)
        trial = trials.without(event, known, world.manager)
        sides = [view_of(list(side), story.pathway, world.manager) for side in (known, trial.facts)]
        with pytest.raises(TransitionRefused) as said:
            effects(Comparison(story.pathway, world.manager, *sides))
        with pytest.raises(TransitionRefused) as done:
            take_back(story, "withdraw", world.manager)
    assert said.value.refusal == done.value.refusal
    assert said.value.refusal.code == "already_prescribed"


def test_an_entry_counts_in_its_session(world):
    session = world.session()
    story = world.story(session=session)
    for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, day(n))
    with clock.at(day(61)):
        said = said_of_taking_back(story, "enter", world.referent)
    assert said[f"Entrées (AES), {session}"] == ("1", "0")
    assert f"Places tenues, {session}" not in said
    assert said["Organisme"] == ("rien", "enregistrer l'entrée (AES) ou l'absence, avant le 08/03/2026")


def test_a_place_on_the_waiting_list(world):
    session = world.session()
    story = world.story(session=session)
    story.tell("submit", day(2))
    story.tell("waitlist", day(10))
    with clock.at(day(11)):
        assert said_of_taking_back(story, "waitlist", world.provider)[f"Liste d'attente, {session}"] == (
            "1",
            "0",
        )


def test_a_refusal_taken_back_leaves_the_referents_pile_for_the_providers(world):
    story = world.story()
    story.tell("submit", day(2))
    story.tell("refuse", day(10))
    with clock.at(day(11)):
        said = said_of_taking_back(story, "refuse", world.referent)
    assert said["Référent"] == ("trouver une autre session, avant le 22/01/2026", "rien")
    assert said["Organisme"] == ("rien", "répondre à la prescription, avant le 14/01/2026")


def test_several_requests_are_told_apart(world):
    story = world.story()
    story.tell("submit", day(2))
    second = world.story()
    second.prescription.pathway = story.pathway
    second.prescription.save(update_fields=["pathway"])
    with clock.at(day(3)):
        said = said_of_taking_back(story, "submit", world.referent)
    (label,) = [label for label in said if label.startswith("Organisme, ")]
    assert str(story.prescription.session.carif_number) in label


def test_empty_places_that_an_alert_will_speak_of(world):
    session = world.session(capacity=1)
    story = world.story(session=session)
    story.tell("submit", day(2))
    story.tell("admit", day(10))
    label = f"«\u00a0Places vides\u00a0», {session}"
    with clock.at(day(50)):
        said = said_of_taking_back(story, "admit", world.provider)[label]
        take_back(story, "admit", world.provider)
        detect(["session_empty"])
        alert = Alert.objects.open().get(kind="session_empty", subject_key=f"session:{session.pk}")
        assert said == ("aucune", f"s'ouvrira à la prochaine détection : {alert.detail}")
        story.tell("admit", day(50))
        told = said_of_taking_back(story, "admit", world.provider)
        assert label not in told  # open already, and saying the same


def test_a_request_that_will_wait_too_long(world):
    story = world.story()
    story.tell("submit", day(2))
    story.tell("convene", day(8))
    story.tell("attend", day(25))
    label = "«\u00a0Candidature en attente\u00a0»"
    with clock.at(day(29)):
        detect(["request_waiting"])
        assert not Alert.objects.open().filter(kind="request_waiting").exists()
        before, after = said_of_taking_back(story, "attend", world.provider)[label]
        take_back(story, "attend", world.provider)
        detect(["request_waiting"])
        alert = Alert.objects.open().get(kind="request_waiting")
    assert (before, after) == ("aucune", f"s'ouvrira à la prochaine détection : {alert.detail}")
