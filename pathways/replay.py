"""Reading a history: which facts hold, and where they lead. Only `history()` and `replay()` read rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from pathways.facts import Fact, Kind
from pathways.lifecycle import Standing, concerned, next_state
from pathways.models import Pathway
from pathways.statements import read_facts, read_many


class ImpossibleHistory(Exception):
    """A fact that cannot follow those before it: `fact`, the `lifecycle` that refuses it, the `state` found there."""

    def __init__(self, fact: Fact, lifecycle, state: str):
        super().__init__(f"{fact.kind} on {fact.occurred_on} is impossible from {lifecycle.name} {state!r}")
        self.fact = fact
        self.lifecycle = lifecycle
        self.state = state


def history(pathway_id: int, known_at: datetime | None = None) -> list[Fact]:
    """Every fact recorded for the pathway, annulled ones and annulments included, as they were recorded.

    With those of the files joined to it by merges that hold, as far as known at `known_at`.
    """
    facts = read_facts(pathway_id, known_at)
    for fact in facts:
        if fact.kind == Kind.MERGE:
            return with_absorbed(facts, known_at)
    return facts


def with_absorbed(facts: list[Fact], known_at: datetime | None = None) -> list[Fact]:
    """The facts of one file and, as recorded, those of the files that its merges join to it.

    Of several entries in the cohort the earliest founds the joined history; the others are not part of it.
    """
    files = [facts]
    for merge in merges_in_force(facts):
        if merge.payload["pathway"] is not None:
            files.append(history(merge.payload["pathway"], known_at))
    joined = sorted((fact for file in files for fact in file), key=lambda fact: fact.id)
    entries = [fact for fact in joined if fact.kind == Kind.IDENTIFY]
    founding = min(entries, key=_ORDER, default=None)
    return [fact for fact in joined if fact.kind != Kind.IDENTIFY or fact is founding]


def merges_in_force(facts: Iterable[Fact]) -> list[Fact]:
    """The merges that hold among the facts recorded in one file."""
    facts = list(facts)
    taken_back = annulled_ids(facts)
    return [fact for fact in facts if fact.kind == Kind.MERGE and fact.id not in taken_back]


def histories(pathway_ids: Collection[int]) -> dict[int, list[Fact]]:
    """Pathway id -> its history, for several people in one query (and one per file joined to theirs)."""
    merged: set[int] = set()
    found = read_many(pathway_ids, merged, Kind.MERGE)
    for pathway_id in merged:
        found[pathway_id] = with_absorbed(found[pathway_id])
    return found


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
    if taken_back:
        facts = [fact for fact in facts if fact.kind != Kind.ANNUL and fact.id not in taken_back]
    return sorted(facts, key=_ORDER)


#: `Fact.order` without the property: a rebuild sorts every history of the country.
_ORDER = Fact.order.fget


def step(standing: Standing, fact: Fact) -> None:
    """Let one fact move `standing`, in place.

    Raises ImpossibleHistory when a lifecycle concerned has no row for it from its state.
    """
    for lifecycle in concerned(fact.kind):
        key = lifecycle.key(fact.subject_id)
        source = standing.states.get(key)
        if source is None:
            source = lifecycle.initial
        row = lifecycle.table.get((fact.kind, source))
        if row is None:
            raise ImpossibleHistory(fact, lifecycle, source)
        target = next_state(row, source, fact, standing)
        columns = standing.columns.get(key)
        if columns is None:
            columns = standing.columns[key] = {}
        if target != source and lifecycle.since_field:
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
