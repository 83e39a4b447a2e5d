"""The line of milestones of a file: pure functions from the states gone through to what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pathways.enums import PathwayState
from pathways.viewpoint import Stage

S = PathwayState

LABELS = ("Identifié", "Prescrit", "Retenu", "En formation", "Examen", "Sorti", "En emploi")
TRAINING, EXAM, LEFT, JOB = 3, 4, 5, 6
#: State -> place on the line. What follows the exit shares the last place, under its own name.
PLACE = {
    S.IDENTIFIED: 0,
    S.PRESCRIBED: 1,
    S.ADMITTED: 2,
    S.IN_TRAINING: TRAINING,
    S.SUSPENDED: TRAINING,
    S.IN_EXAM: EXAM,
    S.COMPLETED: LEFT,
    S.DROPPED_OUT: LEFT,
    S.EMPLOYED: JOB,
    S.OTHER_OUTCOME: JOB,
    S.LOST_CONTACT: JOB,
    S.CLOSED: JOB + 1,
}
#: What is said under a milestone when its name does not say everything.
NOTES = {S.SUSPENDED: "suspendue", S.DROPPED_OUT: "interrompue", S.COMPLETED: "terminée"}


@dataclass(frozen=True)
class Milestone:
    """status: done, current, todo."""

    label: str
    status: str
    date: date | None = None
    note: str = ""


def courses(stages: Sequence[Stage]) -> list[list[Stage]]:
    """The stages cut into attempts: a new one begins when somebody who had left comes back to the start."""
    found: list[list[Stage]] = []
    for stage in stages:
        goes_back = found and PLACE[found[-1][-1].state] >= LEFT and PLACE[stage.state] < LEFT
        if not found or goes_back:
            found.append([])
        found[-1].append(stage)
    return found


def milestones(stages: Sequence[Stage]) -> list[Milestone]:
    """The line of the latest attempt: steps gone through with their dates, the current one, then those to come.

    A step that was jumped over (a job found before any course) is left out; after the end nothing is to come.
    """
    if not stages:
        return []
    attempt = courses(stages)[-1]
    if PLACE[attempt[0].state] > 0:
        attempt = [stages[0], *attempt]
    reached = _reached(attempt)
    here = PLACE[attempt[-1].state]
    line = [reached[place] for place in sorted(reached)]
    if here < JOB:
        line += [Milestone(label, "todo") for label in LABELS[here + 1 :]]
    return line


def _reached(attempt: Sequence[Stage]) -> dict[int, Milestone]:
    """Place -> milestone, for the places up to the current one that the attempt went through.

    A step back forgets what lay beyond it. An exit straight into a job is an exit all the same.
    """
    here = attempt[-1]
    found: dict[int, Milestone] = {}
    previous: Stage | None = None
    for stage in attempt:
        place = PLACE[stage.state]
        found = {known: milestone for known, milestone in found.items() if known < place}
        if place >= JOB and previous is not None and PLACE[previous.state] in (TRAINING, EXAM):
            found[LEFT] = Milestone(LABELS[LEFT], "done", stage.since, "départ en emploi")
        status = "current" if stage is here else "done"
        found[place] = Milestone(
            _label(stage.state), status, _since(attempt, stage), NOTES.get(stage.state, "")
        )
        previous = stage
    return found


def _since(attempt: Sequence[Stage], stage: Stage) -> date | None:
    """The day the milestone was first reached without a step back since: a suspension does not move the entry."""
    since = stage.since
    for earlier in reversed(attempt[: attempt.index(stage)]):
        if PLACE[earlier.state] != PLACE[stage.state]:
            break
        since = earlier.since
    return since


def _label(state: str) -> str:
    place = PLACE[state]
    return LABELS[place] if place < JOB or state == S.EMPLOYED else str(S(state).label)


@dataclass(frozen=True)
class PastCourse:
    """How an earlier attempt ended."""

    label: str
    date: date | None


def past_courses(stages: Sequence[Stage]) -> list[PastCourse]:
    """The earlier attempts, latest first: what they ended in and when."""
    ended = [attempt[-1] for attempt in courses(stages)[:-1]]
    return [PastCourse(str(S(stage.state).label), stage.since) for stage in reversed(ended)]
