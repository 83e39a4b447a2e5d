"""The tables of the past: temporary ones that stand before the real ones for the length of one reading.

PostgreSQL looks for a table among the temporary ones first, and the ORM never names a schema: inside a reading, every
list, page and export reads these without knowing it. What they hold comes from the facts. Only people who have a fact
outside the reading (`has_moved`) are folded anew; the rows of all others are today's.

Packages above register their tables (`rebuilt`) and their views over real ones (`recast`) in their `past.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

from pathways.actor import Actor
from pathways.consistency import GROUP, Person, with_facts
from pathways.facts import Fact
from pathways.lifecycle import REGISTRY, Standing
from pathways.models import Pathway
from pathways.reading.moment import Reading
from pathways.replay import ImpossibleHistory, step, valid

#: People of the reading: id, has_moved.
PEOPLE = "reading_people"


@dataclass(frozen=True)
class Table:
    """A table whose rows of the past are told by facts.

    columns: those that `rows` tells, the key first. like: SELECT that gives the columns their types.
    rows: (people who have moved) -> rows. moved: SELECT of the final rows out of `{told}`, the table that holds them.
    unmoved: SELECT of the final rows of everybody else, who are `p` in `reading_people p`.
    """

    name: str
    columns: tuple[str, ...]
    like: str
    rows: Callable[[Sequence[Person]], Iterable[tuple]]
    moved: str
    unmoved: str

    @property
    def told(self) -> str:
        return f"told_{self.name}"


@dataclass
class Past:
    """A reading being prepared: what it is of, for whom, and a way to run statements on temporary tables."""

    reading: Reading
    actor: Actor
    cursor: Any

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        self.cursor.execute(sql, list(values) or None)

    def put_before(self, name: str, key: str) -> None:
        """Let the temporary table `past_<name>` stand before the real table `name`. GROUP BY relies on its key."""
        self.run(f'ALTER TABLE pg_temp.past_{name} ADD PRIMARY KEY ("{key}")')
        self.run(f"ALTER TABLE pg_temp.past_{name} RENAME TO {name}")
        self.run(f"ANALYZE pg_temp.{name}")

    def view(self, name: str, select: str, values: Sequence[Any] = ()) -> None:
        """Let a SELECT over the real table `name` stand before it."""
        self.run(f"CREATE TEMPORARY VIEW {name} AS {select}", values)


TABLES: list[Callable[[], Iterable[Table]]] = []
RECASTS: list[Callable[[Past], None]] = []


def rebuilt(function: Callable[[], Iterable[Table]]) -> Callable[[], Iterable[Table]]:
    """Register a function () -> tables; it is called when a reading begins."""
    TABLES.append(function)
    return function


def recast(function: Callable[[Past], None]) -> Callable[[Past], None]:
    """Register a function (past) that makes views; it may read the tables of the past."""
    RECASTS.append(function)
    return function


def prepare(reading: Reading, actor: Actor, people: models.QuerySet) -> None:
    """Make the tables of the past of some people, inside an open transaction that will be taken back.

    people: pathways, by the rights of today. What the reader may not see today is not seen in the past either.
    """
    with connection.cursor() as cursor:
        past = Past(reading, actor, cursor)
        _gather(past, people)
        allowed = _seen_today(past)
        _hide_facts(past)
        tables = [table for make in TABLES for table in make()]
        for table in tables:
            past.run(f"CREATE TEMPORARY TABLE {table.told} ON COMMIT DROP AS {table.like} WITH NO DATA")
        _tell(past, tables)
        for table in tables:
            moved = table.moved.format(told=table.told)
            past.run(
                f"CREATE TEMPORARY TABLE past_{table.name} ON COMMIT DROP AS {moved} UNION ALL {table.unmoved}"
            )
        for table in tables:
            past.put_before(table.name, table.columns[0])
        for make_views in RECASTS:
            make_views(past)
        _forget_what_is_not_seen_today(past, allowed)


def _gather(past: Past, people: models.QuerySet) -> None:
    """Who is read about, and whether a fact of theirs lies outside the reading."""
    keys, values = _keys(people)
    outside = "e.kind <> 'annul' AND e.occurred_on > %s"
    days: list[Any] = [past.reading.day]
    if past.reading.known_at is not None:
        outside = f"({outside}) OR e.recorded_at > %s"
        days.append(past.reading.known_at)
    past.run(
        f"CREATE TEMPORARY TABLE {PEOPLE} ON COMMIT DROP AS SELECT k.id, EXISTS (SELECT 1 FROM pathways_event e "  # noqa: S608
        f"WHERE e.pathway_id = k.id AND ({outside})) AS has_moved FROM ({keys}) AS k (id)",
        [*days, *values],
    )
    _with_files_joined(past)
    past.run(f"ANALYZE pg_temp.{PEOPLE}")


def _with_files_joined(past: Past) -> None:
    """Files that a merge has joined to somebody's are read with theirs: their rows stay today's, hidden as today."""
    known, values = "", []
    if past.reading.known_at is not None:
        known, values = "AND m.recorded_at <= %s", [past.reading.known_at]
    past.run(
        f"INSERT INTO pg_temp.{PEOPLE} SELECT f.id, false FROM pathways_pathway f "  # noqa: S608
        f"JOIN {PEOPLE} p ON p.id = f.merged_into_id WHERE EXISTS (SELECT 1 FROM pathways_event m "
        f"WHERE m.kind = 'merge' AND (m.payload ->> 'pathway')::bigint = f.id {known}) "
        f"AND NOT EXISTS (SELECT 1 FROM {PEOPLE} k WHERE k.id = f.id)",
        values,
    )
    # Whoever has joined files is folded anew: whether the merge was known, and what was, their facts say.
    past.run(
        f"UPDATE pg_temp.{PEOPLE} p SET has_moved = true FROM pathways_pathway f "  # noqa: S608
        "WHERE f.id = p.id AND f.has_absorbed"
    )


def _keys(rows: models.QuerySet) -> tuple[str, tuple]:
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", ()


def _hide_facts(past: Past) -> None:
    """Facts of after the day, or learnt later, are not there.

    An annulment or a merge is no event of the person's life: it counts from when it was recorded.
    """
    held, values = "(kind IN ('annul', 'merge') OR occurred_on <= %s)", [past.reading.day]
    if past.reading.known_at is not None:
        held, values = f"{held} AND recorded_at <= %s", [*values, past.reading.known_at]
    past.view("pathways_event", f"SELECT * FROM pathways_event WHERE {held}", values)  # noqa: S608


def _tell(past: Past, tables: list[Table]) -> None:
    """Fold the people who have moved, a group at a time, and write down what each table says of them."""
    past.cursor.execute(f"SELECT id FROM pg_temp.{PEOPLE} WHERE has_moved ORDER BY id")  # noqa: S608
    moved = [pk for (pk,) in past.cursor.fetchall()]
    for start in range(0, len(moved), GROUP):
        pathways = [Pathway(pk=pk) for pk in moved[start : start + GROUP]]
        persons = [_person(pathway, recorded) for pathway, recorded in with_facts(pathways) if recorded]
        for table in tables:
            rows = list(table.rows(persons))  # before the COPY: no other statement runs during one
            columns = ", ".join(f'"{column}"' for column in table.columns)
            with past.cursor.copy(f"COPY pg_temp.{table.told} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _person(pathway: Pathway, recorded: list[Fact]) -> Person:
    facts, standing = valid(recorded), Standing()
    for fact in facts:
        try:
            step(standing, fact)
        except ImpossibleHistory:
            break  # told by check_consistency; what comes before it still reads
    return Person(pathway, recorded, facts, standing)


def is_about_somebody() -> bool:
    """Whether the reading was asked about any people who are there today."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM pg_temp.{PEOPLE})")  # noqa: S608
        return cursor.fetchone()[0]


# ---- rights: of today, then of the page


def _scoped_models() -> list[type[models.Model]]:
    return sorted({cycle.model for cycle in REGISTRY.values()}, key=lambda model: model._meta.db_table)


def _seen_today(past: Past) -> list[type[models.Model]]:
    """Keep the keys of the rows that the reader may see today; which models were kept."""
    kept = []
    for model in _scoped_models():
        seen = model.objects.visible_to(past.actor)
        name, key = model._meta.db_table, model._meta.pk.column
        owner = key if model is Pathway else "pathway_id"
        try:
            keys, values = seen.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue  # the role reads no person: only counts
        past.run(
            f'CREATE TEMPORARY TABLE seen_{name} ON COMMIT DROP AS SELECT t."{key}" AS id FROM {name} t '  # noqa: S608
            f'JOIN {PEOPLE} p ON p.id = t."{owner}" WHERE t."{key}" IN ({keys})',
            values,
        )
        kept.append(model)
    return kept


def _forget_what_is_not_seen_today(past: Past, kept: list[type[models.Model]]) -> None:
    """A request taken back since is no longer the provider's to read; in the past neither."""
    for model in kept:
        name, key = model._meta.db_table, model._meta.pk.column
        keys, values = _keys(model.objects.visible_to(past.actor))
        past.run(
            f'DELETE FROM pg_temp.{name} WHERE "{key}" IN ({keys}) '  # noqa: S608
            f'AND "{key}" NOT IN (SELECT id FROM pg_temp.seen_{name})',
            values,
        )
