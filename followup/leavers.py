"""Who, of those whose training is over, is still to be contacted (PE, art. 9: every one). Pure: facts in, ids out."""

from __future__ import annotations

from collections.abc import Iterable

from pathways.facts import Fact
from pathways.outcomes import NOT_REACHED

#: Facts that end a course without a job: whoever left is to be contacted.
EXITS = frozenset({"complete", "drop_out"})
#: Facts after which there is nobody left to contact: an outcome is known, or a new course has begun.
SETTLING = frozenset({"employ", "record_outcome", "lose_contact", "close", "leave_for_job", "enter"})


def settles(fact: Fact) -> bool:
    """Whether this fact ends the search for a leaver: somebody spoke to them, or what became of them is known."""
    if fact.kind == "contact":
        return fact.reason not in NOT_REACHED
    return fact.kind in SETTLING


def to_contact(valid: Iterable[Fact]) -> set[int]:
    """Ids of the enrolments that ended and whose leaver nobody has reached since; `valid` in the order of the facts."""
    waiting: set[int] = set()
    for fact in valid:
        if fact.kind in EXITS:
            waiting.add(fact.subject_id)
        elif waiting and settles(fact):
            waiting.clear()
    return waiting


def concerns(kind: str) -> bool:
    """Whether a fact of this kind can change the answer of `to_contact()`."""
    return kind in EXITS or kind in SETTLING or kind == "contact"
