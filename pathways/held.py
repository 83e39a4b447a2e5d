"""People locked for the facts about to be stated, with every row that these facts read: one round trip for all.

The locked rows say where each person stands: projections are what replaying the history yields (a test and
`check_consistency` hold them to it), so that a fact which comes last needs no history. The pathway is locked first and
the rest read by later statements of the same message, which therefore see what whoever held the lock has written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import models

from pathways.actor import Actor
from pathways.facts import Fact, Kind
from pathways.lifecycle import PATHWAY, PATHWAY_KEY, REGISTRY, Key, Lifecycle, Standing, below, concerned
from pathways.models import Event, Pathway
from pathways.statements import Statement, all_columns, array, instances, run

#: Stands for the keys in a statement compiled once and kept: no row has it.
KEYS = -8_675_309


class Read(NamedTuple):
    """One statement of the message, and what to do with its rows."""

    statement: Statement
    take: Callable[[list[tuple]], None]


@dataclass
class Held:
    """The people whom the actor sees among those asked for, locked until the end of the transaction.

    raw: pathway id -> its row, as read. below: pathway id -> the states of what hangs below it. rows: (model, key) -> a
    row that facts may move; prescriptions are those that the actor sees. said: (pathway id, idempotency key) -> the
    event stated under it before. delays: days per state. births: pathway id -> date of birth, for whom a first fact is
    stated. histories: pathway id -> history, where it was read beforehand. shared: what packages keep for the sitting.
    """

    actor: Actor
    raw: dict[int, tuple] = field(default_factory=dict)
    below: dict[int, dict[Key, str]] = field(default_factory=dict)
    rows: dict[tuple[type[models.Model], int], models.Model] = field(default_factory=dict)
    said: dict[tuple[int, str], Event] = field(default_factory=dict)
    shared: dict[Any, Any] = field(default_factory=dict)
    delays: dict[str, int] = field(default_factory=dict)
    births: dict[int, date] = field(default_factory=dict)
    histories: dict[int, list[Fact]] = field(default_factory=dict)
    _pathways: dict[int, Pathway] = field(default_factory=dict)

    def pathway(self, pathway_id: int) -> Pathway | None:
        """The locked pathway; None when the actor does not see it."""
        pathway = self._pathways.get(pathway_id)
        if pathway is None and (row := self.raw.get(pathway_id)) is not None:
            (pathway,) = instances(Pathway, all_columns(Pathway), [row])
            self._pathways[pathway_id] = pathway
        return pathway

    def standing(self, pathway_id: int) -> Standing:
        """Where the person stands, as the rows say it: the pathway and every subject below, with their columns."""
        lifecycle = REGISTRY[PATHWAY]
        values = self.pathway(pathway_id).__dict__
        states = {PATHWAY_KEY: values[lifecycle.state_field]}
        columns = {PATHWAY_KEY: {name: values[name] for name in lifecycle.projected}}
        for key, state in self.below.get(pathway_id, _NOTHING).items():
            states[key] = state
            cycle = REGISTRY[key[0]]
            if (row := self.rows.get((cycle.model, key[1]))) is not None:
                columns[key] = {name: row.__dict__[name] for name in cycle.projected}
        return Standing(states, columns)

    def row(self, lifecycle_name: str, subject_id: int | None) -> models.Model | None:
        """The row of a subject that a lifecycle moves; None when there is none (yet), or none that the actor sees."""
        return self.rows.get((REGISTRY[lifecycle_name].model, subject_id))


_NOTHING: dict[Key, str] = {}
_BIRTHS = (
    "SELECT pathway.id, person.birth_date FROM pathways_pathway AS pathway"
    " JOIN pathways_beneficiary AS person ON person.id = pathway.beneficiary_id WHERE pathway.id = ANY(%s)"
)

AlsoRead = Callable[[Held, Collection[str], Collection[int], Collection[int]], Iterable[Read]]
ALSO: list[AlsoRead] = []


def also_read(function: AlsoRead) -> AlsoRead:
    """Register what a package reads and locks besides: (held, kinds, pathway ids, subject ids) -> statements."""
    ALSO.append(function)
    return function


def hold(
    actor: Actor,
    kinds: Collection[str],
    pathway_ids: Collection[int],
    subject_ids: Collection[int] = (),
    keys: Collection[str] = (),
) -> Held:
    """Lock some people in the order of their keys and read what facts of these kinds need to know about them.

    Must run inside a transaction; waits for whoever holds one of them. People whom the actor does not see are absent.
    """
    held = Held(actor)
    scoped = _scoped(Pathway, actor, is_locking=True)
    if scoped is None:
        return held
    reads = [_select(scoped, pathway_ids, lambda rows: held.raw.update({row[0]: row for row in rows}))]
    if keys:
        reads.append(_said(held, pathway_ids, keys))
    reads.append(_states_below(held, pathway_ids))
    if Kind.IDENTIFY in kinds:
        reads.append(Read(about(_BIRTHS, pathway_ids), held.births.update))
    if subject_ids:
        reads += _subjects(held, kinds, subject_ids)
        for also in ALSO:
            reads += also(held, kinds, pathway_ids, subject_ids)
    _send(reads)
    if keys:
        _said_in_joined_files(held, keys)
    return held


def about(sql: str, keys: Collection[int], *more: Any) -> Statement:
    """A statement about some keys (its first value); about one only, it is among those kept prepared."""
    return Statement(sql, (array(keys), *more), len(keys) == 1)


def _send(reads: list[Read]) -> None:
    with run([read.statement for read in reads]) as cursor:
        reads[0].take(cursor.fetchall())
        for read in reads[1:]:
            cursor.nextset()
            read.take(cursor.fetchall())


# ---- statements, compiled once per kind of reader


@dataclass(frozen=True)
class _Compiled:
    """A statement about some keys: `before` and `after` are the parameters around them."""

    one: str
    many: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]


#: (model, scope, is locking) -> statement, for the readers of this process.
_COMPILED: dict[tuple, _Compiled | None] = {}
#: Beyond so many the oldest are compiled anew.
COMPILED_AT_MOST = 2000


def _scoped(model: type[models.Model], actor: Actor | None, *, is_locking: bool = False) -> _Compiled | None:
    """The rows of some keys that the actor sees (all rows without an actor); None when the role sees nothing."""
    key = (model, actor.scope_key if actor else None, is_locking)
    if key not in _COMPILED:
        if len(_COMPILED) >= COMPILED_AT_MOST:
            _COMPILED.clear()
        _COMPILED[key] = _compile(model, actor, is_locking)
    return _COMPILED[key]


def _compile(model: type[models.Model], actor: Actor | None, is_locking: bool) -> _Compiled | None:
    rows = model.objects.visible_to(actor) if actor else model._base_manager.all()
    rows = rows.filter(pk=KEYS).order_by("pk")
    if is_locking:
        rows = rows.select_for_update(of=("self",), no_key=True)
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    column = f'"{model._meta.db_table}"."{model._meta.pk.column}"'
    many = sql.replace(f"{column} = %s", f"{column} = ANY(%s)", 1)
    if many == sql:
        raise AssertionError(f"no condition on {column} in {sql}")
    place = params.index(KEYS)
    return _Compiled(sql, many, params[:place], params[place + 1 :])


def _select(compiled: _Compiled, keys: Collection[int], take) -> Read:
    if len(keys) == 1:
        return Read(Statement(compiled.one, (*compiled.before, *keys, *compiled.after), is_kept=True), take)
    return Read(Statement(compiled.many, (*compiled.before, array(keys), *compiled.after)), take)


# ---- what each statement brings


def _said(held: Held, pathway_ids: Collection[int], keys: Collection[str]) -> Read:
    columns = ", ".join(f'"{event_field.column}"' for event_field in Event._meta.concrete_fields)

    def take(rows):
        for event in instances(Event, all_columns(Event), rows):
            held.said[event.pathway_id, event.idempotency_key] = event

    sql = f"SELECT {columns} FROM pathways_event WHERE pathway_id = ANY(%s) AND idempotency_key = ANY(%s)"  # noqa: S608
    return Read(about(sql, pathway_ids, list(keys)), take)


def _said_in_joined_files(held: Held, keys: Collection[str]) -> None:
    """What was stated under these keys about a prescription that came from a file joined to one of these."""
    place = all_columns(Pathway).index("has_absorbed")
    holders = [pathway_id for pathway_id, row in held.raw.items() if row[place]]
    if holders:
        events = Event.objects.filter(pathway__merged_into__in=holders, idempotency_key__in=keys)
        for event in events.select_related("pathway").order_by("pk"):
            held.said[event.pathway.merged_into_id, event.idempotency_key] = event


def _states_below(held: Held, pathway_ids: Collection[int]) -> Read:
    """The state of every prescription and course of these people, and the delays: a fact may depend on any of them."""
    sql, lifecycles = _states_sql()
    keys = array(pathway_ids)

    def take(rows):
        for group, pathway_id, subject_id, *states in rows:
            if group < 0:
                held.delays[states[0]] = subject_id
                continue
            below = held.below.setdefault(pathway_id, {})
            for lifecycle, state in zip(lifecycles[group], states, strict=False):
                below[lifecycle.name, subject_id] = state

    return Read(Statement(sql, (keys,) * len(lifecycles), len(pathway_ids) == 1), take)


@cache
def _states_sql() -> tuple[str, list[list[Lifecycle]]]:
    by_model: dict[type[models.Model], list[Lifecycle]] = {}
    for lifecycle in below():
        by_model.setdefault(lifecycle.model, []).append(lifecycle)
    width = max(len(group) for group in by_model.values())
    selects = []
    for number, (model, group) in enumerate(by_model.items()):
        states = [f'"{lifecycle.state_field}"' for lifecycle in group] + ["''"] * (width - len(group))
        selects.append(
            f'SELECT {number}, pathway_id, "{model._meta.pk.column}", {", ".join(states)}'  # noqa: S608
            f' FROM "{model._meta.db_table}" WHERE pathway_id = ANY(%s)'
        )
    # The delays of the states come along, read anew each time: another process may have changed one.
    empty = ", ".join(["''"] * (width - 1))
    selects.append(f"SELECT -1, NULL, days, state{', ' if empty else ''}{empty} FROM pathways_statedelay")  # noqa: S608
    return " UNION ALL ".join(selects), list(by_model.values())


def _subjects(held: Held, kinds: Collection[str], subject_ids: Collection[int]) -> Iterable[Read]:
    """The rows that the facts move; a prescription only if the actor sees it."""
    prescription = REGISTRY["prescription"].model

    def take(model):
        def taken(rows):
            held.rows.update(((model, row.pk), row) for row in instances(model, all_columns(model), rows))

        return taken

    scoped = _scoped(prescription, held.actor)
    if scoped is not None:
        yield _select(scoped, subject_ids, take(prescription))
    moved = {cycle.model for kind in kinds for cycle in concerned(kind)}
    for model in moved - {Pathway, prescription}:
        yield _select(_scoped(model, None), subject_ids, take(model))
