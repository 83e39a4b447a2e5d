"""What the follow-up puts in each pile, when, and with which total."""

from datetime import timedelta

import pytest

from config import clock
from followup.attendance import Noted, Place, record_marks
from pathways.corrections import annul
from pathways.models import Pathway
from pathways.pile import pile
from tests.factories import World
from tests.followup.courses import FRIDAY, MONDAY, course, trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def session(world):
    return course(world)


def lines(actor, day, category="formation"):
    with clock.at(day):
        found = pile(actor, category)
        assert len(found.items) == found.total
        return [(item.why, item.due_on, item.is_late) for item in found.items]


def note_all(world, session, pk, days):
    with clock.at(FRIDAY + timedelta(days=30)):
        record_marks(
            session,
            [Noted(Place(pk, MONDAY + timedelta(days=n), half), "P") for n in days for half in ("am", "pm")],
            world.provider,
        )


def test_missing_presences_are_due_three_working_days_after_the_first(world, session):
    pk = trainee(world, session).prescription.pk
    assert lines(world.provider, MONDAY) == []
    expected = "Présences à noter : 1\u00a0journée depuis le 02/03/2026"
    assert lines(world.provider, MONDAY + timedelta(days=1)) == [
        (expected, MONDAY + timedelta(days=3), False)
    ]
    ((why, due, is_late),) = lines(world.provider, FRIDAY)
    assert ("4\u00a0journées" in why, due, is_late) == (True, MONDAY + timedelta(days=3), True)
    note_all(world, session, pk, range(4))
    assert lines(world.provider, FRIDAY) == []
    # Over the weekend Friday is missing, Saturday and Sunday are not; due on Wednesday.
    ((why, due, _),) = lines(world.provider, FRIDAY + timedelta(days=3))
    assert ("1\u00a0journée" in why, due) == (True, FRIDAY + timedelta(days=5))


def test_late_totals_agree_with_the_lines_on_every_day(world, session):
    trainee(world, session)
    for n in range(1, 15):
        day = MONDAY + timedelta(days=n)
        with clock.at(day):
            found = pile(world.provider, "formation")
            assert found.late == sum(item.is_late for item in found.items), day


def test_suspended_and_gone_people_are_not_missing(world, session):
    trainee(world, session).tell("suspend", MONDAY)
    trainee(world, session).tell("leave_for_job", MONDAY)
    assert lines(world.provider, FRIDAY) == []


def test_a_suspension_taken_back_counts_again(world, session):
    story = trainee(world, session)
    event = story.tell("suspend", MONDAY).event
    assert lines(world.provider, FRIDAY) == []
    with clock.at(FRIDAY):
        annul(event.pk, world.provider, comment="Erreur.")
    assert len(lines(world.provider, FRIDAY)) == 1


def test_an_exam_waits_for_its_result_fifteen_days(world, session):
    story = trainee(world, session)
    note_all(world, session, story.prescription.pk, range(39))
    story.tell("sit_exam", FRIDAY)
    assert (
        "1\u00a0résultat d’examen attendu, le premier depuis le 06/03/2026",
        FRIDAY + timedelta(days=15),
        False,
    ) in (lines(world.provider, FRIDAY))
    ((_, _, is_late),) = [
        line for line in lines(world.provider, FRIDAY + timedelta(days=16)) if "résultat" in line[0]
    ]
    assert is_late
    story.tell("exam_passed", FRIDAY + timedelta(days=16))
    assert not [line for line in lines(world.provider, FRIDAY + timedelta(days=16)) if "résultat" in line[0]]


def test_people_still_in_a_session_that_is_over(world):
    session = course(world, ends_on=FRIDAY)
    story = trainee(world, session)
    note_all(world, session, story.prescription.pk, range(5))
    assert not [line for line in lines(world.provider, FRIDAY) if "Session finie" in line[0]]
    ((why, due, is_late),) = lines(world.provider, FRIDAY + timedelta(days=6))
    assert "1\u00a0personne encore en formation" in why
    assert (due, is_late) == (FRIDAY + timedelta(days=5), True)


def test_a_partial_pass_is_told_to_the_referent_in_its_last_three_months(world, session):
    story = trainee(world, session)
    story.tell("sit_exam", FRIDAY)
    story.tell("exam_partial", FRIDAY)
    limit = FRIDAY.replace(year=2027)
    assert lines(world.referent, limit - timedelta(days=95)) == []
    ((why, due, _),) = lines(world.referent, limit - timedelta(days=80))
    assert "Monter un mur" in why
    assert due == limit
    assert lines(world.referent, limit + timedelta(days=40)) == []


def test_interrupted_courses_await_a_new_step_then_become_blocked(world, session):
    story = trainee(world, session)
    story.tell("drop_out", FRIDAY)
    ((why, due, _),) = lines(world.referent, FRIDAY + timedelta(days=2), "sorties")
    assert "Formation interrompue le 06/03/2026" in why
    assert due == story.pathway.due_on
    assert lines(world.referent, due + timedelta(days=1), "sorties") == []
    # From then on the alert « bloqué » speaks of them (pathways.blockages).
    assert list(Pathway.objects.stuck(due + timedelta(days=1))) == [story.pathway]


def test_people_reached_without_outcome_are_called_again_after_a_month(world, session):
    story = trainee(world, session)
    story.tell("complete", FRIDAY)
    reached = FRIDAY + timedelta(days=3)
    story.tell("contact", reached)
    assert lines(world.advisor, reached + timedelta(days=20), "sorties") == []
    ((why, due, _),) = lines(world.advisor, reached + timedelta(days=24), "sorties")
    assert "aucune suite enregistrée" in why
    assert due == reached + timedelta(days=30)
    story.tell("employ", reached + timedelta(days=24))
    assert lines(world.advisor, reached + timedelta(days=24), "sorties") == []
