"""Filling tables by SQL: columns that nobody names take the model's own default; indexes are built afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, models

from tests.load.scale.stories import DAY_0


def run(sql: str, params: list | None = None) -> int:
    """Execute a statement; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def rows(sql: str, params: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def insert(model: type[models.Model], columns: dict[str, str], source: str) -> int:
    """INSERT … SELECT into the table of a model. columns: field (attname) -> SQL expression over `source`."""
    values = dict(columns)
    for field in model._meta.concrete_fields:
        if field.attname in values or field.null or field.generated or field.primary_key:
            continue
        values[field.attname] = literal(field)
    names = ", ".join(f'"{model._meta.get_field(name).column}"' for name in values)
    return run(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {', '.join(values.values())} {source}")


def literal(field: models.Field) -> str:
    """The default of a field, as SQL."""
    value = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor:
        return cursor.mogrify("%s", [value])


def make(name: str, model: type[models.Model], keys: tuple[str, ...], columns: list[dict[str, Any]]) -> None:
    """A table of patterns: integer keys, then the columns of `model` in the dictionaries, dates as day numbers."""
    projected = [column for column in columns[0] if column not in keys]
    fields = {column: _field(model, column) for column in projected}
    typed = [f"{key} int" for key in keys]
    for column, field in fields.items():
        kind = (
            "int" if isinstance(field, models.DateField) else field.db_type(connection).split(" COLLATE")[0]
        )
        typed.append(f'"{column}" {kind}')
    run(f"DROP TABLE IF EXISTS {name}")
    run(f"CREATE UNLOGGED TABLE {name} ({', '.join(typed)})")
    names = [*keys, *projected]
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {name} VALUES ({marks})",
            [[_plain(fields.get(column), row[column]) for column in names] for row in columns],
        )
    run(f"ANALYZE {name}")


def _field(model: type[models.Model], column: str) -> models.Field:
    return next(field for field in model._meta.concrete_fields if column in (field.attname, field.name))


def _plain(field: models.Field | None, value: Any) -> Any:
    if isinstance(value, date):
        return (value - DAY_0).days
    return value if field is None or value is None else field.get_db_prep_save(value, connection)


def expressions(model: type[models.Model], columns: list[str], alias: str, start: str) -> dict[str, str]:
    """Column -> its value in a row: a day number becomes the day so many days after `start`."""
    found = {}
    for column in columns:
        field = _field(model, column)
        value = f'{alias}."{column}"'
        found[field.attname] = f"{start} + {value}" if isinstance(field, models.DateField) else value
    return found


@contextmanager
def without_indexes(*models_: type[models.Model]) -> Iterator[None]:
    """Drop what is not a primary key or a constraint for the time of a load, then build it again."""
    tables = [model._meta.db_table for model in models_]
    found = rows(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [tables],
    )
    for name, _ in found:
        run(f'DROP INDEX "{name}"')
    yield
    run("SET maintenance_work_mem = '512MB'")
    for _, definition in found:
        run(definition)


def restart_keys(*models_: type[models.Model]) -> None:
    """Let the next row of each table have a key of its own."""
    for model in models_:
        key = model._meta.pk.column
        table = model._meta.db_table
        last = f"(SELECT coalesce(max({key}), 0) + 1 FROM {table})"
        run(f"SELECT setval(pg_get_serial_sequence(%s, %s), {last})", [table, key])
