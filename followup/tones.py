"""The colour, icon and word of a course and of its exam."""

from __future__ import annotations

from typing import NamedTuple

from followup.enums import EnrolmentState, ExamState
from followup.models import Enrolment
from pathways.outcomes import BACK_TO_WORK

E, X = EnrolmentState, ExamState


class Tone(NamedTuple):
    label: str
    tone: str
    icon: str


_STATES = {
    E.ACTIVE: Tone("En formation", "progress", "school"),
    E.SUSPENDED: Tone("Suspendue", "warning", "player-pause"),
    E.COMPLETED: Tone("Terminée", "success", "flag"),
    E.INTERRUPTED: Tone("Sortie anticipée", "warning", "flag-off"),
}
_EXAMS = {
    X.NONE: Tone("Pas présenté", "neutral", "circle-dashed"),
    X.AWAITED: Tone("Résultat attendu", "info", "hourglass"),
    X.PASSED: Tone("Réussi", "success", "certificate"),
    X.PARTIAL: Tone("Partiel (CCP)", "warning", "certificate"),
    X.FAILED: Tone("Échec", "danger", "certificate-off"),
    X.ABSENT: Tone("Absent", "danger", "certificate-off"),
}
#: Leaving for a job is a success, told apart from other early exits (domain.md B4).
_FOR_JOB = Tone("Parti en emploi", "success", "briefcase")


def enrolment_tone(enrolment: Enrolment) -> Tone:
    if enrolment.exit_cause == BACK_TO_WORK[0]:
        return _FOR_JOB
    return _STATES[E(enrolment.state)]


def exam_tone(enrolment: Enrolment) -> Tone:
    return _EXAMS[X(enrolment.exam_state)]
