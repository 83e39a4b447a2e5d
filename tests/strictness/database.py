"""Rules about the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler

#: Migrations that create rows: the dated parameters of blockages.
DEFAULT_PARAMETERS = (
    "pathways.migrations.0003_default_delays",
    "prescriptions.migrations.0010_default_schemes",
)


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

    SET LOCAL ends with the flush's own transaction; it needs a superuser, which the tests' server gives. The parameters
    that migrations create are put back, or the tests that come after would live in a world without delays.
    """
    original = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(operations, sql_list):
        original(operations, ["SET LOCAL session_replication_role = replica", *sql_list] if sql_list else [])
        if any("pathways_statedelay" in sql for sql in sql_list):
            for migration in DEFAULT_PARAMETERS:
                import_module(migration).create(apps, None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield
