"""Many rows from one: what a single object went through the product's doors to become, copied by one statement."""

from collections.abc import Mapping

from django.db import connection, models


def copy(model: type[models.Model], pk: int, count: int, **columns: str) -> None:
    """Insert `count` copies of one row.

    `columns` gives the SQL of the columns that differ; in it `n` is the number of the copy, from 1 on, and `t` the row
    copied. The primary key must be among them.
    """
    table = model._meta.db_table
    changed = {model._meta.get_field(name).column: sql for name, sql in columns.items()}
    _insert(table, model._meta.pk.column, pk, count, [f.column for f in model._meta.concrete_fields], changed)


def _insert(table: str, key: str, pk: int, count: int, names: list[str], changed: Mapping[str, str]) -> None:
    values = ", ".join(changed.get(name, f't."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({listed}) SELECT {values} FROM "{table}" t, generate_series(1, %s) n'
            f' WHERE t."{key}" = %s ORDER BY n',
            [count, pk],
        )


def last_key(model: type[models.Model]) -> int:
    """The highest key in use."""
    return model._base_manager.order_by().aggregate(last=models.Max("pk"))["last"] or 0


def advance_key(model: type[models.Model]) -> None:
    """Let the next row made by the product follow the copies."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT max({model._meta.pk.column})"
            f' FROM "{model._meta.db_table}"))',
            [model._meta.db_table, model._meta.pk.column],
        )
