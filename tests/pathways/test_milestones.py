"""The line of milestones, from the states gone through."""

from datetime import date

import pytest

from pathways.enums import PathwayState
from pathways.milestones import LABELS, PLACE, milestones, past_courses
from pathways.viewpoint import Stage


def line(*states: str) -> list[Stage]:
    """Stages on the 1st, 2nd, 3rd… of January."""
    return [Stage(state, date(2026, 1, n)) for n, state in enumerate(states, start=1)]


def drawn(*states: str) -> str:
    """« Identifié 1 > [Prescrit 2] > (Retenu) »: done, current and to come, with the day of January."""
    marks = {"done": "{} {}", "current": "[{} {}]", "todo": "({})"}
    return " > ".join(
        marks[m.status].format(m.label, m.date.day if m.date else "") for m in milestones(line(*states))
    )


def test_every_state_has_its_place():
    assert set(PLACE) == set(PathwayState)


def test_somebody_under_way():
    assert drawn("identified", "prescribed") == (
        "Identifié 1 > [Prescrit 2] > (Retenu) > (En formation) > (Examen) > (Sorti) > (En emploi)"
    )


def test_a_refusal_takes_the_line_back():
    assert drawn("identified", "prescribed", "identified").startswith("[Identifié 3] > (Prescrit)")


def test_the_whole_way():
    states = ("identified", "prescribed", "admitted", "in_training", "in_exam", "completed", "employed")
    assert drawn(*states) == (
        "Identifié 1 > Prescrit 2 > Retenu 3 > En formation 4 > Examen 5 > Sorti 6 > [En emploi 7]"
    )


def test_a_suspension_does_not_move_the_entry():
    states = ("identified", "prescribed", "admitted", "in_training", "suspended")
    suspended = milestones(line(*states))[3]
    assert (suspended.label, suspended.date, suspended.note) == (
        "En formation",
        date(2026, 1, 4),
        "suspendue",
    )


def test_a_drop_out_left_without_an_exam():
    states = ("identified", "prescribed", "admitted", "in_training", "dropped_out")
    assert drawn(*states) == "Identifié 1 > Prescrit 2 > Retenu 3 > En formation 4 > [Sorti 5] > (En emploi)"
    assert milestones(line(*states))[4].note == "interrompue"


def test_leaving_for_a_job_is_an_exit_of_the_same_day():
    states = ("identified", "prescribed", "admitted", "in_training", "employed")
    assert drawn(*states).endswith("En formation 4 > Sorti 5 > [En emploi 5]")


def test_a_job_found_before_any_course_skips_what_did_not_happen():
    assert drawn("identified", "employed") == "Identifié 1 > [En emploi 2]"


@pytest.mark.parametrize(
    ("state", "label"), [("other_outcome", "Autre suite"), ("lost_contact", "Perdu de vue")]
)
def test_other_ends_bear_their_own_name_and_nothing_is_to_come(state, label):
    assert drawn("identified", "prescribed", "identified", state) == f"Identifié 3 > [{label} 4]"


def test_closing_follows_the_outcome():
    assert drawn("identified", "employed", "closed") == "Identifié 1 > En emploi 2 > [Dossier clos 3]"


def test_a_second_course_starts_the_line_again_and_remembers_the_first():
    states = ("identified", "prescribed", "admitted", "in_training", "dropped_out", "prescribed")
    assert drawn(*states).startswith("Identifié 1 > [Prescrit 6] > (Retenu)")
    (past,) = past_courses(line(*states))
    assert (past.label, past.date) == ("Formation interrompue", date(2026, 1, 5))


def test_nothing_recorded_draws_nothing():
    assert milestones([]) == []
    assert past_courses([]) == []


def test_labels_are_those_of_the_sketch():
    assert LABELS == ("Identifié", "Prescrit", "Retenu", "En formation", "Examen", "Sorti", "En emploi")
