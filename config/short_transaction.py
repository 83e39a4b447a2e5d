"""`short_transaction()`: an `atomic()` whose BEGIN and COMMIT cost no round trip of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def short_transaction() -> Iterator[None]:
    """As `transaction.atomic()`; when it is the outermost, BEGIN goes out with the first statement.

    Inside another transaction it is a plain savepoint. What ran in the block is kept when it ends, or by
    `execute_last()` before that.
    """
    atomic = transaction.atomic()
    connection.opens_short = not connection.in_atomic_block
    try:
        atomic.__enter__()
    finally:
        connection.opens_short = False
    try:
        yield
    except BaseException as error:
        if not atomic.__exit__(type(error), error, error.__traceback__):
            raise
    else:
        atomic.__exit__(None, None, None)


def execute_last(cursor, sql: str, params: Sequence[Any]) -> None:
    """Run the last statements of the block, and COMMIT with them where the block is an outermost short transaction.

    Nothing may be sent to the database after it within the block. The answers are read as after any `execute()`.
    """
    cursor.execute(f"{sql};COMMIT" if connection.may_commit_along() else sql, params)
