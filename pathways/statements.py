"""The engine's own SQL: the few statements that every fact costs, written once and kept.

Building a statement through the ORM costs several times what PostgreSQL takes to run it; the door runs the same
handful thousands of times. Values pass through the model's fields, so that what is stored is what the ORM would store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from pathways.facts import Fact

FACT_COLUMNS = (
    "kind",
    "occurred_on",
    "subject_id",
    "reason",
    "comment",
    "payload",
    "origin",
    "id",
    "position",
    "recorded_at",
    "annuls_id",
)
_PAYLOAD = FACT_COLUMNS.index("payload")
_HISTORY = (
    "SELECT " + ", ".join(f'"{name}"' for name in FACT_COLUMNS) + " FROM pathways_event WHERE pathway_id = %s"  # noqa: S608
)


def read_facts(pathway_id: int, known_at: datetime | None = None) -> list[Fact]:
    """Every fact of a pathway, in the order of recording; those recorded by the instant `known_at`, if given."""
    sql, values = _HISTORY, [pathway_id]
    if known_at is not None:
        sql, values = f"{sql} AND recorded_at <= %s", [pathway_id, known_at]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY id", values)
        return [Fact(*_decoded(row)) for row in cursor.fetchall()]


def _decoded(row: tuple) -> tuple:
    payload = row[_PAYLOAD]
    return (
        *row[:_PAYLOAD],
        json.loads(payload) if isinstance(payload, str) else payload,
        *row[_PAYLOAD + 1 :],
    )


def insert(instance: models.Model) -> None:
    """Insert a new row whose key the database makes; the key is set on the instance."""
    fields = _insertable(type(instance))
    with connection.cursor() as cursor:
        cursor.execute(
            _insert_sql(type(instance)), [_prepared(instance, field.attname, field) for field in fields]
        )
        instance.pk = cursor.fetchone()[0]
    instance._state.adding, instance._state.db = False, connection.alias


def update(instance: models.Model, columns: Mapping[str, Any]) -> None:
    """Write `columns` (attribute name -> value, already set on the instance) into its existing row."""
    model = type(instance)
    values = [_prepared(instance, name, model._meta.get_field(name)) for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(_update_sql(model, tuple(columns)), [*values, instance.pk])


def _prepared(instance: models.Model, attribute: str, field: models.Field) -> Any:
    return field.get_db_prep_save(getattr(instance, attribute), connection)


@cache
def _insertable(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _insert_sql(model: type[models.Model]) -> str:
    columns = [field.column for field in _insertable(model)]
    names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks}) RETURNING "{model._meta.pk.column}"'  # noqa: S608
    )


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    settings = ", ".join(f'"{model._meta.get_field(name).column}" = %s' for name in names)
    return f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608
