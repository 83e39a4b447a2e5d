"""The engine's own SQL: the few statements that every fact costs, written once and kept.

Building a statement through the ORM costs several times what PostgreSQL takes to run it. Whatever one sitting writes
goes out in one message, for one fact as for thousands: the same rows, one by one or set by set.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState
from psycopg.types.json import Jsonb

from config.short_transaction import execute_last
from pathways.facts import Fact

FACT_COLUMNS = Fact._fields
_PAYLOAD = FACT_COLUMNS.index("payload")
_FACTS = "SELECT " + ", ".join(f'"{name}"' for name in FACT_COLUMNS) + " FROM pathways_event"  # noqa: S608
#: The columns of an event in the order in which `Writes.event()` takes them, with the types of their arrays.
EVENT_COLUMNS = {
    "pathway_id": "bigint",
    "kind": "text",
    "subject_id": "bigint",
    "occurred_on": "date",
    "recorded_at": "timestamptz",
    "position": "bigint",
    "actor_id": "bigint",
    "organisation_id": "bigint",
    "role": "text",
    "origin": "text",
    "from_state": "text",
    "to_state": "text",
    "reason": "text",
    "comment": "text",
    "payload": "jsonb",
    "idempotency_key": "text",
    "annuls_id": "bigint",
}


# ---- reading


def read_facts(pathway_id: int, known_at: datetime | None = None) -> list[Fact]:
    """Every fact of a pathway, in the order of recording; those recorded by the instant `known_at`, if given."""
    sql, values = f"{_FACTS} WHERE pathway_id = %s", [pathway_id]
    if known_at is not None:
        sql, values = f"{sql} AND recorded_at <= %s", [pathway_id, known_at]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY id", values)
        return [as_fact(row) for row in cursor.fetchall()]


def read_many(pathway_ids: Collection[int], seen: set[int], kind_to_see: str) -> dict[int, list[Fact]]:
    """Pathway id -> every fact recorded for it, in the order of recording, without the instant of recording.

    Nothing that is folded reads that instant, and parsing it costs as much as all the rest of the row. `seen` takes the
    pathways that have a fact of the kind to see.
    """
    found: dict[int, list[Fact]] = {pathway_id: [] for pathway_id in pathway_ids}
    with connection.cursor() as cursor:
        cursor.execute(f"{_MANY_FACTS} WHERE pathway_id = ANY(%s) ORDER BY id", [array(found)])
        for pathway_id, fact in _numbered_facts(cursor.fetchall()):
            found[pathway_id].append(fact)
            if fact.kind == kind_to_see:
                seen.add(pathway_id)
    return found


def every_fact() -> Iterator[tuple[int, Fact]]:
    """(pathway id, fact) for every fact recorded, pathway by pathway, in the order of recording.

    One pass over the table, which the server sorts: looking each person up would read the same pages again and again.
    Must run inside a transaction.
    """
    with connection.cursor() as cursor:
        # Else the plan is the one that brings the first rows soonest: the index, page after page at random.
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1.0")
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{_MANY_FACTS} ORDER BY pathway_id, id")
        while rows := cursor.fetchmany(READ_AT_ONCE):
            yield from _numbered_facts(rows)


def _numbered_facts(rows: Iterable[tuple]) -> Iterator[tuple[int, Fact]]:
    for pathway_id, payload, kind, day, subject, reason, comment, origin, key, position, annuls in rows:
        details = _EMPTY if payload is None else json.loads(payload)
        yield (
            pathway_id,
            Fact(kind, day, subject, reason, comment, details, origin, key, position, None, annuls),
        )


#: Facts brought from the server at a time.
READ_AT_ONCE = 5000
_EMPTY: Mapping[str, Any] = MappingProxyType({})
_MANY_FACTS = (
    "SELECT pathway_id, NULLIF(payload, '{}')::text, kind, occurred_on, subject_id, reason, comment, origin,"
    " id, position, annuls_id FROM pathways_event"
)


def read(
    model: type[models.Model], names: Sequence[str], where: str, params: list, limit: int | None = None
) -> Iterator[models.Model]:
    """Rows of a model in the order of their keys, with the columns `names` (attribute names) and their key alone."""
    names = dict.fromkeys((model._meta.pk.attname, *names))
    columns = ", ".join([_columns(model)[name] for name in names])
    sql = f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {where} ORDER BY "{model._meta.pk.column}"'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {limit}" if limit else sql, params)
        return instances(model, tuple(names), cursor.fetchall())


def instances(
    model: type[models.Model], names: Sequence[str], rows: Iterable[tuple]
) -> Iterator[models.Model]:
    """Rows that hold the columns `names` as instances; the other columns are read when asked for.

    `from_db()` sets each attribute through its descriptors, which costs more than the statement that read the row.
    """
    for row in rows:
        instance = model.__new__(model)
        instance.__dict__.update(zip(names, row, strict=True))
        instance._state = state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        yield instance


@cache
def all_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Every column of a model, in its order, by attribute names."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def as_fact(row: tuple) -> Fact:
    """A row of FACT_COLUMNS as a fact; the payload may still be text."""
    payload = row[_PAYLOAD]
    if isinstance(payload, str):
        row = (*row[:_PAYLOAD], json.loads(payload) if payload != "{}" else {}, *row[_PAYLOAD + 1 :])
    return Fact._make(row)


def literal(value: Any, params: list) -> str:
    """A value in the text of a statement: numbers, days and code words as they stand, the rest as a parameter.

    Adapting a parameter costs more than PostgreSQL takes to read it, and most of what the engine writes is plain.
    """
    kind = type(value)
    if value is None:
        return "NULL"
    if kind is int:
        return str(value)
    if kind is date or kind is datetime or kind is Array:
        return f"'{value}'"
    if isinstance(value, str) and (not value or (value.isascii() and value.isidentifier())):
        return f"'{value!s}'"
    if kind is dict:
        if not value:
            return "'{}'"
        value = Jsonb(value)
    params.append(value)
    return "%s"


class Statement(NamedTuple):
    """One statement of a message: its text with a %s for each value. is_kept: it runs all day, and stays prepared."""

    text: str
    values: Sequence[Any] = ()
    is_kept: bool = False


def run(statements: Iterable[Statement], *, is_last: bool = False) -> CursorWrapper:
    """Send statements in one message; their answers are read one after the other (`nextset()`)."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    params: list[Any] = []
    sql = ";".join([_as_sent(wrapper, statement, params) for statement in statements])
    cursor = wrapper.cursor()
    if is_last:
        execute_last(cursor, sql, params or None)
    else:
        cursor.execute(sql, params or None)
    return cursor


def _as_sent(wrapper, statement: Statement, params: list) -> str:
    text, values, is_kept = statement
    literals = [literal(value, params) for value in values]
    name = wrapper.keep(_numbered(text)) if is_kept else None
    if name is None:
        return text % tuple(literals) if literals else text
    return f"EXECUTE {name}({', '.join(literals)})" if literals else f"EXECUTE {name}"


@cache
def _numbered(text: str) -> str:
    """« $1 », « $2 »… for the values of a statement to prepare."""
    parts = text.split("%s")
    return "".join([part if not number else f"${number}{part}" for number, part in enumerate(parts)])


class Array(str):
    """The text of an array of numbers or days."""

    __slots__ = ()


def array(values: Iterable[int | date | None]) -> Array:
    """Numbers or days as the text of an array: many times quicker than adapting them one by one."""
    return Array("{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}")


# ---- writing

#: From so many rows with the same values on, they get a statement of their own.
FEW = 50


class Writes:
    """What some facts write, gathered while they are found possible, then sent in one message."""

    def __init__(self) -> None:
        self.events: list[tuple] = []
        self.ids: list[int] = []
        self.births: list[models.Model] = []
        self.updates: dict[tuple[type[models.Model], Any], dict[str, Any]] = {}
        self.groups: list[tuple[type[models.Model], list[int], dict[str, Any]]] = []
        self.companions: list[Statement] = []

    def event(self, *values: Any) -> None:
        """A row of the history: one value for each of EVENT_COLUMNS, the payload as a mapping."""
        self.events.append(values)

    def row(self, instance: models.Model, columns: Mapping[str, Any]) -> None:
        """Projected values (attribute name -> value) for a row, new or existing; the instance takes them at once."""
        # The protected descriptor refuses assignment to anyone but django_fsm; a projection is what the facts say.
        instance.__dict__.update(columns)
        if instance._state.adding:
            if instance not in self.births:
                self.births.append(instance)
        elif columns:
            self.updates.setdefault((type(instance), instance.pk), {}).update(columns)

    def alike(self, model: type[models.Model], keys: list[int], columns: dict[str, Any]) -> None:
        """The same projected values for the rows of some keys; their instances, if any, are left as they were."""
        if keys and columns:
            self.groups.append((model, keys, columns))

    def send(self, *, is_last: bool = False) -> list[int]:
        """Write everything, in one round trip; returns the ids of the events in their order.

        is_last: nothing more will be written by this transaction, which may be committed by the same message.
        """
        rows = [*map(_insert_row, self.births), *self._updates()]
        statements = [_insert_events(self.events), *rows, *self.companions]
        cursor = run(statements, is_last=is_last)
        self.ids = [row[0] for row in cursor.fetchall()]
        for instance in self.births:
            instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
        return self.ids

    def _updates(self) -> Iterator[Statement]:
        alike: dict[tuple[type[models.Model], tuple[str, ...]], list[tuple]] = {}
        for (model, key), columns in self.updates.items():
            names = tuple(columns)
            if len(self.updates) == 1 or any(_is_list(model, name) for name in names):
                yield _update_one(model, key, columns)  # unnest() would flatten lists of lists
            else:
                alike.setdefault((model, names), []).append((key, *columns.values()))
        for model, keys, columns in self.groups:
            rows = alike.setdefault((model, tuple(columns)), [])
            rows += [(key, *columns.values()) for key in keys] if len(keys) < FEW else ()
            if len(keys) >= FEW:
                yield _update_alike(model, keys, columns)
        for (model, names), rows in alike.items():
            if not rows:
                continue
            if len(rows) == 1:
                key, *values = rows[0]
                yield _update_one(model, key, dict(zip(names, values, strict=True)))
            else:
                yield Statement(_update_many(model, names), _arrays(_types(model, names), rows))


def update(instance: models.Model, columns: Mapping[str, Any]) -> None:
    """Write `columns` (attribute name -> value, already set on the instance) into its existing row."""
    run([_update_one(type(instance), instance.pk, columns)]).close()


_EVENT_NAMES = ", ".join(f'"{name}"' for name in EVENT_COLUMNS)


_INSERT_EVENT = (
    f"INSERT INTO pathways_event ({_EVENT_NAMES})"  # noqa: S608
    f" VALUES ({', '.join(['%s'] * len(EVENT_COLUMNS))}) RETURNING id"
)


def _insert_events(events: Sequence[tuple]) -> Statement:
    if len(events) == 1:
        return Statement(_INSERT_EVENT, events[0], is_kept=True)
    chosen, same, arrays = [], [], []
    for (name, kind), values in zip(EVENT_COLUMNS.items(), zip(*events, strict=True), strict=True):
        first = values[0]
        if name != "pathway_id" and all(value is first or value == first for value in values):
            chosen.append(f"%s::{kind}")
            same.append(first)
        else:
            chosen.append(f'"{name}"')
            arrays.append((name, kind, values))
    unnested = ", ".join(f"%s::{kind}[]" for _, kind, _ in arrays)
    sources = ", ".join(f'"{name}"' for name, _, _ in arrays)
    return Statement(
        f"INSERT INTO pathways_event ({_EVENT_NAMES}) SELECT {', '.join(chosen)}"  # noqa: S608
        f" FROM unnest({unnested}) WITH ORDINALITY AS told ({sources}, rank) ORDER BY rank RETURNING id",
        [*same, *(_array(kind, values) for _, kind, values in arrays)],
    )


def _array(kind: str, values: Sequence[Any]) -> Any:
    if kind in ("bigint", "integer", "smallint", "date"):
        return array(values)
    if kind == "jsonb":
        return [json.dumps(value, ensure_ascii=False) for value in values]
    return list(values)


def _arrays(types: Sequence[str], rows: Sequence[tuple]) -> list:
    return [_array(kind, values) for kind, values in zip(types, zip(*rows, strict=True), strict=True)]


def _insert_row(instance: models.Model) -> Statement:
    columns = _columns(type(instance))
    marks = ", ".join(["%s"] * len(columns))
    names = ", ".join(columns.values())
    return Statement(
        f'INSERT INTO "{instance._meta.db_table}" ({names}) VALUES ({marks})',  # noqa: S608
        [getattr(instance, name) for name in columns],
        is_kept=True,
    )


def _update_one(model: type[models.Model], key: int, columns: Mapping[str, Any]) -> Statement:
    return Statement(_update_text(model, tuple(columns), "= %s"), [*columns.values(), key], is_kept=True)


def _update_alike(model: type[models.Model], keys: list[int], columns: Mapping[str, Any]) -> Statement:
    return Statement(_update_text(model, tuple(columns), "= ANY(%s)"), [*columns.values(), array(keys)])


@cache
def _update_text(model: type[models.Model], names: tuple[str, ...], which: str) -> str:
    settings = ", ".join([f"{_columns(model)[name]} = %s" for name in names])
    return f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" {which}'  # noqa: S608


@cache
def _columns(model: type[models.Model]) -> dict[str, str]:
    return {field.attname: f'"{field.column}"' for field in model._meta.concrete_fields}


@cache
def _is_list(model: type[models.Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), ArrayField)


@cache
def _update_many(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = [model._meta.get_field(name).column for name in names]
    settings = ", ".join(f'"{column}" = told."{column}"' for column in columns)
    unnested = ", ".join(f"%s::{kind}[]" for kind in _types(model, names))
    told = ", ".join(f'"{column}"' for column in columns)
    return (
        f'UPDATE "{model._meta.db_table}" AS kept SET {settings} FROM unnest({unnested}) AS told (told_key, {told})'  # noqa: S608
        f' WHERE kept."{model._meta.pk.column}" = told.told_key'
    )


@cache
def _types(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, ...]:
    """The types of the key and of some columns: texts without their length, so that none is cut in silence."""
    return ("bigint", *(_type(model._meta.get_field(name)) for name in names))


def _type(column: models.Field) -> str:
    kind = column.db_type(connection)
    return "text" if kind.startswith(("varchar", "text")) else kind.split()[0]
