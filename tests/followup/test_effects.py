"""What the page says of a correction about a course or an exit: follow-up, exams, jobs, figures about leavers."""

from datetime import timedelta

import pytest

from config import clock
from followup import leaver_list
from followup.flows import tasks_waiting
from followup.models import Employment
from notifications.models import Alert
from notifications.services import detect
from tests.factories import FIRST_DAY, World
from tests.pathways.forecasts import said_of_taking_back, take_back

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def trainee(world):
    story = world.story()
    for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, day(n))
    return story


def test_an_exit_taken_back_ends_the_search_and_brings_the_presences_back(world, trainee):
    trainee.tell("drop_out", day(65))
    with clock.at(day(66)):
        said = said_of_taking_back(trainee, "drop_out", world.advisor)
        assert said["Conseiller Pôle emploi, sortie"][0].startswith("contacter la personne, avant le ")
        assert said["Conseiller Pôle emploi, sortie"][1] == "rien"
        assert said["Organisme, présences"] == ("rien", "les noter, jour après jour")
        assert said[f"Sorties anticipées hors emploi, {trainee.prescription.session}"] == ("1", "0")
        assert said["Sortants contactés depuis un an"] == ("0 sur 1", "0 sur 0")
        assert said["Sortants, «\u00a0À contacter\u00a0»"] == ("1", "0")
        assert tasks_waiting().count() == 1
        take_back(trainee, "drop_out", world.provider)
        assert tasks_waiting().count() == 0
        assert leaver_list.contact_rate(world.advisor) == (0, 0)


def test_a_contact_taken_back_opens_the_search_again(world, trainee):
    trainee.tell("complete", day(70))
    trainee.tell("contact", day(71))
    with clock.at(day(72)):
        said = said_of_taking_back(trainee, "contact", world.advisor)
        assert said["Sortants contactés depuis un an"] == ("1 sur 1", "0 sur 1")
        assert said["Sortants, «\u00a0À contacter\u00a0»"] == ("0", "1")
        assert said["Sortants, «\u00a0Joints, sans suite\u00a0»"] == ("1", "0")
        assert said["Joint le"] == ("17/03/2026", "rien")
        take_back(trainee, "contact", world.advisor)
        assert tasks_waiting().count() == 1
        counts = leaver_list.counts(world.advisor)
    assert (counts["contacter"], counts["joints"]) == (1, 0)


def test_a_job_taken_back_leaves_the_record_and_the_count(world, trainee):
    trainee.tell("complete", day(70))
    trainee.tell("employ", day(72))
    with clock.at(day(73)):
        said = said_of_taking_back(trainee, "employ", world.advisor)
        assert said["Emplois enregistrés de la personne"] == ("1 (CDI depuis le 18/03/2026)", "aucun")
        assert said["Sortants, «\u00a0En emploi\u00a0»"] == ("1", "0")
        take_back(trainee, "employ", world.advisor)
        assert not Employment.objects.exists()
        assert leaver_list.counts(world.advisor)["emploi"] == 0


def test_the_end_of_a_job_taken_back(world, trainee):
    trainee.tell("complete", day(70))
    trainee.tell("employ", day(72))
    trainee.tell("end_job", day(75))
    with clock.at(day(76)):
        said = said_of_taking_back(trainee, "end_job", world.advisor)
    assert said["Emplois enregistrés de la personne"] == (
        "1 (CDI depuis le 18/03/2026, fini le 21/03/2026)",
        "1 (CDI depuis le 18/03/2026)",
    )


def test_a_departure_for_a_job_is_no_early_exit(world, trainee):
    trainee.tell("leave_for_job", day(65))
    with clock.at(day(66)):
        said = said_of_taking_back(trainee, "leave_for_job", world.provider)
    assert not [label for label in said if label.startswith("Sorties anticipées")]
    assert not [label for label in said if "Sortants" in label]  # a provider reads no list of leavers


def test_results_and_their_alert(world, trainee):
    trainee.tell("sit_exam", day(66))
    trainee.tell("exam_passed", day(70))
    with clock.at(day(100)):
        said = said_of_taking_back(trainee, "exam_passed", world.provider)
        assert said["Organisme, examen"] == ("rien", "saisir le résultat, avant le 27/03/2026")
        assert said["Examen"] == ("Réussi", "Présenté, résultat attendu")
        label = f"«\u00a0Suite d'examen attendue\u00a0», {trainee.prescription.session.title}"
        take_back(trainee, "exam_passed", world.provider)
        detect(["exam_unfinished"])
        alert = Alert.objects.open().get(kind="exam_unfinished")
        assert said[label][1] == f"s'ouvrira à la prochaine détection : {alert.detail}"
        again = said_of_taking_back(trainee, "sit_exam", world.provider)
        assert again[label] == ("ouverte", "se ferme")
