"""The results of an exam, of several people at once: one door, one answer per person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from followup.enums import ExamState
from followup.models import Enrolment
from followup.workflow import EXAM
from pathways.actor import Actor
from pathways.bulk import Target, apply_many
from pathways.guards import Refusal

#: The results of an exam (domain.md B6), in the order of the list.
RESULTS = ("exam_passed", "exam_partial", "exam_failed", "exam_absent")


@dataclass(frozen=True)
class Answer:
    """What became of one statement; refusal None: recorded (now, or by the same form before)."""

    enrolment: Enrolment
    kind: str
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Statement:
    """One fact about one trainee, ready for the door."""

    enrolment: Enrolment
    kind: str
    occurred_on: date
    payload: dict[str, Any] = field(default_factory=dict)


def state_all(statements: Sequence[Statement], actor: Actor, key: str) -> list[Answer]:
    """State each fact by itself: a refused one stops none of the others. `key` makes a second send harmless."""
    refusals: dict[tuple[str, int], Refusal] = {}
    for kind in sorted({said.kind for said in statements}):
        targets = [_target(said, key) for said in statements if said.kind == kind]
        report = apply_many(kind, targets, actor)
        refusals |= {(kind, target.subject_id): refusal for target, refusal in report.refused}
    return [
        Answer(said.enrolment, said.kind, refusals.get((said.kind, said.enrolment.pk))) for said in statements
    ]


def _target(said: Statement, key: str) -> Target:
    return Target(
        said.enrolment.pathway_id,
        said.enrolment.pk,
        occurred_on=said.occurred_on,
        payload=said.payload,
        idempotency_key=f"{key}:{said.kind}:{said.enrolment.pk}" if key else None,
    )


def results_open_to(enrolment: Enrolment) -> list[tuple[str, str]]:
    """(kind, label) of the results that the exam's table allows from where this trainee stands."""
    allowed: Callable[[str], bool] = lambda kind: EXAM.row(kind, enrolment.exam_state) is not None  # noqa: E731
    return [(kind, SHORT_RESULTS[kind]) for kind in RESULTS if allowed(kind)]


SHORT_RESULTS = {
    "exam_passed": "Réussi",
    "exam_partial": "Partiel (CCP)",
    "exam_failed": "Échec",
    "exam_absent": "Absent",
}
#: Presented, and either waiting for a result or free to sit again.
WITH_RESULT_TO_COME = (ExamState.AWAITED, ExamState.PARTIAL, ExamState.FAILED, ExamState.ABSENT)
