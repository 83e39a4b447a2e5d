"""`short_transaction()`: an `atomic()` whose BEGIN and COMMIT cost no round trip of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction


class short_transaction:
    """As `transaction.atomic()`; when it is the outermost, BEGIN goes out with the first statement.

    Inside another transaction it is a plain savepoint. What ran in the block is kept when it ends, or by
    `execute_last()` before that.
    """

    def __enter__(self) -> None:
        self._atomic = transaction.atomic()
        wrapper = connections[DEFAULT_DB_ALIAS]
        wrapper.opens_short = not wrapper.in_atomic_block
        try:
            self._atomic.__enter__()
        finally:
            wrapper.opens_short = False

    def __exit__(self, *error) -> None:
        self._atomic.__exit__(*error)


def execute_last(cursor, sql: str, params: Sequence[Any] | None) -> None:
    """Run the last statements of the block, and COMMIT with them where the block is an outermost short transaction.

    Nothing may be sent to the database after it within the block (TransactionManagementError). The answers are read as
    after any `execute()`.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.may_commit_along():
        cursor.execute(f"{sql};COMMIT", params)
        wrapper.has_ended = True
    else:
        cursor.execute(sql, params)
