"""What the page says of a correction: steps, what is awaited, alerts about being stuck."""

from datetime import timedelta

import pytest

from config import clock
from notifications.models import Alert
from notifications.services import detect
from pathways.models import StateDelay
from tests.factories import FIRST_DAY, World
from tests.pathways.forecasts import said_of_taking_back, take_back

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def world():
    StateDelay.objects.all().delete()
    StateDelay.objects.create(state="identified", days=21, explanation="une prescription")
    StateDelay.objects.create(state="prescribed", days=14, explanation="une réponse de l'organisme")
    return World.make()


@pytest.fixture
def prescribed(world):
    story = world.story()
    story.tell("submit", day(2))
    return story


def test_the_step_and_what_is_awaited_next(world, prescribed):
    with clock.at(day(5)):
        said = said_of_taking_back(prescribed, "submit", world.referent)
    assert said["Parcours"] == ("Prescrit depuis le 07/01/2026", "Identifié depuis le 05/01/2026")
    assert said["Prochaine étape du parcours"] == (
        "une réponse de l'organisme, avant le 21/01/2026",
        "une prescription, avant le 26/01/2026",
    )


def test_a_contact_taken_back_tells_the_attempts_that_count_again(world, prescribed):
    prescribed.tell("contact", day(3), reason="no_answer")
    with clock.at(day(5)):
        said = said_of_taking_back(prescribed, "contact", world.advisor)
    assert said == {"Appels sans réponse": ("1", "0")}


def test_a_note_taken_back_changes_nothing_but_the_history(world, prescribed):
    prescribed.tell("note", day(3))
    with clock.at(day(5)):
        assert said_of_taking_back(prescribed, "note", world.referent) == {}


def test_an_alert_that_will_open_is_said_and_then_opens(world, prescribed):
    label = "«\u00a0Parcours bloqué\u00a0»"
    with clock.at(day(10)):
        assert label not in said_of_taking_back(prescribed, "submit", world.referent)
    prescribed.tell("withdraw", day(12))
    prescribed.tell("employ", day(30), by=world.referent)
    with clock.at(day(40)):
        before, after = said_of_taking_back(prescribed, "employ", world.referent)[label]
        assert before == "aucune"
        take_back(prescribed, "employ", world.referent)
        detect(["pathway_stuck"])
        alert = Alert.objects.open().get(kind="pathway_stuck")
    assert after == f"s'ouvrira à la prochaine détection : {alert.detail}"


def test_an_alert_whose_cause_goes_is_said_to_close(world):
    story = world.story()
    story.tell("submit", day(2))
    story.tell("admit", day(30))
    story.tell("withdraw", day(31))
    with clock.at(day(60)):
        detect(["pathway_stuck"])
        assert Alert.objects.open().filter(kind="pathway_stuck").exists()
        said = said_of_taking_back(story, "withdraw", world.referent)
        assert said["«\u00a0Parcours bloqué\u00a0»"] == ("ouverte", "se ferme")
        take_back(story, "withdraw", world.provider)
        detect(["pathway_stuck"])
        assert not Alert.objects.open().filter(kind="pathway_stuck").exists()


def test_a_provider_is_told_nothing_of_what_others_follow(world, prescribed):
    prescribed.tell("refuse", day(5))
    with clock.at(day(60)):
        detect(["pathway_stuck"])
        label = "«\u00a0Parcours bloqué\u00a0»"
        assert label in said_of_taking_back(prescribed, "refuse", world.referent)
        said = said_of_taking_back(prescribed, "refuse", world.provider)
    assert said["Parcours"] == ("Identifié depuis le 10/01/2026", "Prescrit depuis le 07/01/2026")
    assert label not in said
