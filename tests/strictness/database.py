"""Rules about the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler


@contextmanager
def shuffled_when_unordered() -> Iterator[None]:
    """A query that names no order gets a random one, so that code which counts on luck fails."""
    original = SQLCompiler._order_by_pairs

    def order_by_pairs(compiler):
        query = compiler.query
        meta = query.get_meta()
        has_order = query.extra_order_by or query.order_by or (meta and meta.ordering)
        # DISTINCT and set operations accept only selected columns in ORDER BY.
        if has_order or not query.default_ordering or query.distinct or query.combinator:
            yield from original(compiler)
        else:
            yield OrderBy(Random()), False

    def fix_seed(connection, **kwargs):
        # The same test alone sees the same shuffle each time.
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.5)")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "_order_by_pairs", order_by_pairs)
        connection_created.connect(fix_seed)
        yield
        connection_created.disconnect(fix_seed)


@contextmanager
def flush_past_triggers() -> Iterator[None]:
    """Let the flush between transactional tests empty append-only tables, whose triggers refuse TRUNCATE.

    SET LOCAL ends with the flush's own transaction; it needs a superuser, which the tests' server gives.
    """
    original = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(operations, sql_list):
        return original(
            operations, ["SET LOCAL session_replication_role = replica", *sql_list] if sql_list else []
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield
