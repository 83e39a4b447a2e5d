"""What one reader may know of a person's history.

A provider knows what happened in its own sessions and nothing else (architecture, section 6): where the person
stands is then read from those facts alone, so that no other organisation's step shows through a state or a date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pathways.actor import Actor
from pathways.enums import WHOLE_HISTORY, PathwayState
from pathways.explanation import visible_subjects
from pathways.facts import Fact
from pathways.lifecycle import PATHWAY, Standing
from pathways.models import Pathway
from pathways.replay import ImpossibleHistory, history, step, valid


@dataclass(frozen=True)
class Stage:
    """A state of the pathway and the day it began; `fact` is what led there (None: before the reader's first fact)."""

    state: str
    since: date | None
    fact: Fact | None = None


@dataclass(frozen=True)
class View:
    """facts: every fact known to the reader, annulled ones included. valid: those that hold, in order.

    stages: the states gone through, the current one last. standing: where the person stands now.
    """

    facts: tuple[Fact, ...]
    valid: tuple[Fact, ...]
    stages: tuple[Stage, ...]
    standing: Standing

    @property
    def current(self) -> Stage:
        return self.stages[-1] if self.stages else Stage("", None)


def view(pathway: Pathway, actor: Actor) -> View:
    """The person's history as the actor may know it."""
    return view_of(history(pathway.pk), pathway, actor)


def view_of(facts: list[Fact], pathway: Pathway, actor: Actor) -> View:
    """What the actor may know of a history of this person, be it recorded or only imagined."""
    if actor.role in WHOLE_HISTORY:
        return _read(facts, Standing(), ())
    own = set(visible_subjects(pathway, actor))
    known = [fact for fact in facts if fact.subject_id in own]
    # The reader starts at the person's first step with them: everybody was identified before.
    start = Standing({(PATHWAY, None): PathwayState.IDENTIFIED})
    return _read(known, start, (Stage(PathwayState.IDENTIFIED, None),))


def _read(facts: list[Fact], standing: Standing, stages: tuple[Stage, ...]) -> View:
    holding = valid(facts)
    reached = list(stages)
    for fact in holding:
        before = standing.state(PATHWAY)
        # Seen from one organisation, a fact may follow steps that are not shown: it then moves nothing.
        trial = standing.copy()
        try:
            step(trial, fact)
        except ImpossibleHistory:
            continue
        standing = trial
        if standing.state(PATHWAY) != before:
            reached.append(Stage(standing.state(PATHWAY), fact.occurred_on, fact))
    return View(tuple(facts), tuple(holding), tuple(reached), standing)
