"""On which past days a fact that is impossible today could have happened: a refusal that an earlier date cures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pathways.actor import Actor
from pathways.enums import WHOLE_HISTORY
from pathways.explanation import Possibility, explain
from pathways.facts import Context, Fact
from pathways.models import Pathway
from pathways.replay import ImpossibleHistory, fold, history, valid
from pathways.transitions import first_refusal

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days on which a fact is possible, both included."""

    first: date
    last: date


def possible_days(
    kinds: Sequence[str], subject_id: int | None, pathway: Pathway, actor: Actor, facts: Sequence[Fact]
) -> list[Period]:
    """The periods between the valid `facts` in which one of the kinds could be stated, what followed still holding.

    Conditions that only what is typed can meet are left to the form.
    """
    loaded: dict = {}
    periods: list[Period] = []
    for first, last, earlier, later in _gaps(facts):
        if any(_fits(kind, first, subject_id, pathway, actor, earlier, later, loaded) for kind in kinds):
            if periods and periods[-1].last == first - ONE_DAY:
                first = periods.pop().first
            periods.append(Period(first, last))
    return periods


def may_be_told(
    periods: Sequence[Period], subject_id: int | None, actor: Actor, facts: Sequence[Fact]
) -> bool:
    """Whether naming the periods tells the reader nothing of facts that they do not read.

    A provider reads the facts about its own request: periods that those facts bound are no secret.
    """
    if actor.role in WHOLE_HISTORY:
        return True
    own = {fact.occurred_on for fact in facts if fact.subject_id == subject_id}
    return all({period.first, period.last + ONE_DAY} <= own for period in periods)


def past_possibilities(pathway: Pathway, actor: Actor) -> list[Possibility]:
    """The facts that the actor could state at an earlier date only, as `explain()` tells those of today."""
    facts = valid(history(pathway.pk))
    blocked = [p for p in explain(pathway, actor) if not p.is_possible and p.refusal.code == "wrong_state"]
    return [p for p in blocked if possible_days([p.kind.name], p.subject_id, pathway, actor, facts)]


def _gaps(facts: Sequence[Fact]) -> Iterator[tuple[date, date, Sequence[Fact], Sequence[Fact]]]:
    """(first day, last day, facts before, facts after) of each stretch between two days with facts.

    A fact that is stated now comes after those of its day: the last stretch, up to today, is the usual door's.
    """
    for rank in range(1, len(facts)):
        start, end = facts[rank - 1].occurred_on, facts[rank].occurred_on
        if start < end:
            yield start, end - ONE_DAY, facts[:rank], facts[rank:]


def _fits(kind, day, subject_id, pathway, actor, earlier, later, loaded) -> bool:
    fact = Fact(kind, day, subject_id)
    context = Context(fact, actor, pathway, fold(earlier), asking=True, _loaded=loaded)
    if first_refusal(context) is not None:
        return False
    try:
        fold([fact, *later], context.standing.copy())
    except ImpossibleHistory:
        return False
    return True
