"""Reading a history: which facts hold, and where they lead. Only `history()` and `replay()` read rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pathways.facts import Fact, Kind
from pathways.lifecycle import Standing, concerned, next_state
from pathways.models import Pathway
from pathways.statements import read_facts


class ImpossibleHistory(Exception):
    """A fact that cannot follow those before it: `fact`, the `lifecycle` that refuses it, the `state` found there."""

    def __init__(self, fact: Fact, lifecycle, state: str):
        super().__init__(f"{fact.kind} on {fact.occurred_on} is impossible from {lifecycle.name} {state!r}")
        self.fact = fact
        self.lifecycle = lifecycle
        self.state = state


def history(pathway_id: int, known_at: datetime | None = None) -> list[Fact]:
    """Every fact recorded for the pathway, annulled ones and annulments included, as they were recorded."""
    return read_facts(pathway_id, known_at)


def annulled_ids(facts: Iterable[Fact]) -> set[int]:
    """The ids of the facts taken back. An annulment that was itself taken back takes nothing back."""
    annulments = sorted(
        (fact for fact in facts if fact.annuls_id is not None), key=lambda fact: fact.id, reverse=True
    )
    taken_back: set[int] = set()
    for annulment in annulments:
        if annulment.id not in taken_back:
            taken_back.add(annulment.annuls_id)
    return taken_back


def valid(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that hold, in the order in which they were true."""
    facts = list(facts)
    taken_back = annulled_ids(facts)
    return sorted(
        (fact for fact in facts if fact.kind != Kind.ANNUL and fact.id not in taken_back),
        key=lambda fact: fact.order,
    )


def step(standing: Standing, fact: Fact) -> None:
    """Let one fact move `standing`, in place.

    Raises ImpossibleHistory when a lifecycle concerned has no row for it from its state.
    """
    for lifecycle in concerned(fact.kind):
        key = (lifecycle.name, None if lifecycle.name == "pathway" else fact.subject_id)
        source = standing.state(*key)
        row = lifecycle.row(fact.kind, source)
        if row is None:
            raise ImpossibleHistory(fact, lifecycle, source)
        target = next_state(row, source, fact, standing)
        columns = standing.columns.setdefault(key, {})
        if lifecycle.since_field and target != source:
            columns[lifecycle.since_field] = fact.occurred_on
        for column, rule in row.sets.items():
            columns[column] = rule(fact, columns.get(column)) if callable(rule) else fact.value(rule)
        standing.states[key] = target


def fold(facts: Iterable[Fact], standing: Standing | None = None) -> Standing:
    """Where valid facts, in their order, lead from `standing` (changed in place). Raises ImpossibleHistory."""
    standing = Standing() if standing is None else standing
    for fact in facts:
        step(standing, fact)
    return standing


def replay(pathway: Pathway, as_of: date | None = None, known_at: datetime | None = None) -> Standing:
    """Where the person stood on the day `as_of`, as it was known at the instant `known_at` (None: with all we know).

    What was known in the past never changes: the answer for a given past `known_at` is the same for ever.
    """
    facts = valid(history(pathway.pk, known_at))
    if as_of is not None:
        facts = [fact for fact in facts if fact.occurred_on <= as_of]
    return fold(facts)
