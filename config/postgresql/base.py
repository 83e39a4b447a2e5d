"""A transaction of two round trips: BEGIN travels with the first statement, COMMIT with the last.

Between the two machines a statement costs about as much time on the wire as in the server. `atomic()` sends BEGIN and
COMMIT by themselves; `short_transaction()` is `atomic()` that sends them along (config.short_transaction).

Planning a short statement takes PostgreSQL twice as long as running it: the few that run all day are kept prepared.
"""

from hashlib import blake2b

from django.db.backends.postgresql import base
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus


class Cursor(base.Cursor):
    """Pays what the wrapper owes: the BEGIN of a short transaction goes out with the first statement."""

    wrapper = None

    def execute(self, query, params=None, **options):
        wrapper = self.wrapper
        if wrapper is None or not wrapper.owes_begin:
            return super().execute(query, params, **options)
        if not isinstance(query, str):
            wrapper.pay_begin()
            return super().execute(query, params, **options)
        wrapper.owes_begin = False
        try:
            super().execute(f"BEGIN;{query}", params, **options)
        except BaseException:
            # A statement that was never sent, or that the parser refused, has begun nothing.
            wrapper.owes_begin = wrapper.is_idle()
            raise
        self.nextset()  # past the answer to BEGIN
        return self

    def executemany(self, *args, **options):
        self._pay()
        return super().executemany(*args, **options)

    def copy(self, *args, **options):
        self._pay()
        return super().copy(*args, **options)

    def _pay(self) -> None:
        if self.wrapper is not None:
            self.wrapper.pay_begin()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, plus short transactions. Ordinary transactions go on as they are."""

    #: Set by `short_transaction()` for the instant in which it opens the outermost `atomic()`.
    opens_short = False
    #: Django believes in a transaction of which the server has not been told yet.
    owes_begin = False
    #: The transaction under way is a short one: its last statement may bring its COMMIT along.
    is_short = False
    #: COMMIT has gone out: whatever the block still sent would be outside of its transaction.
    has_ended = False

    #: Names of the statements that the present connection keeps prepared, and how many at most.
    kept: frozenset[str] | set[str] = frozenset()
    KEPT_AT_MOST = 400

    def get_new_connection(self, conn_params):
        self.kept = set()
        return super().get_new_connection(conn_params)

    def keep(self, text: str) -> str | None:
        """The name to EXECUTE a statement (« $1 », « $2 »… for its values) by, prepared at its first use here.

        None where statements are not kept: behind a pooler that shares connections between transactions, which Django's
        DISABLE_SERVER_SIDE_CURSORS tells, or when there are too many.
        """
        if self.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            return None
        name = f"jalons_{blake2b(text.encode(), digest_size=10).hexdigest()}"
        if name in self.kept:
            return name
        self.ensure_connection()
        if len(self.kept) >= self.KEPT_AT_MOST:
            return None
        with self.wrap_database_errors:
            self.connection.execute(f"PREPARE {name} AS {text}")
        self.kept.add(name)
        return name

    def get_connection_params(self):
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def set_autocommit(self, autocommit, force_begin_transaction_with_broken_autocommit=False):
        if not autocommit and self.opens_short:
            self.validate_no_atomic_block()
            self.close_if_health_check_failed()
            self.ensure_connection()
            self.owes_begin = self.is_short = True
            self.autocommit = False
            return
        self.owes_begin = self.is_short = self.has_ended = False
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)

    def _set_autocommit(self, autocommit):
        # psycopg never left autocommit for a short transaction: nothing to tell it.
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)

    def _commit(self):
        if not (self.is_short and self.is_idle()):  # else COMMIT has gone out with the last statement
            super()._commit()

    def create_cursor(self, name=None):
        if self.has_ended:
            raise TransactionManagementError(
                "this short transaction has been committed by its last statement"
            )
        if name and self.owes_begin:
            self.pay_begin()
        cursor = super().create_cursor(name)
        if self.owes_begin:
            cursor.wrapper = self
        return cursor

    def pay_begin(self) -> None:
        """Send the BEGIN that is owed, by itself."""
        if self.owes_begin:
            self.owes_begin = False
            self.connection.execute("BEGIN")

    def is_idle(self) -> bool:
        return (
            self.connection is not None and self.connection.info.transaction_status == TransactionStatus.IDLE
        )

    def may_commit_along(self) -> bool:
        """Whether the next statement may be sent with COMMIT: a short transaction, outside any inner block."""
        is_outermost = self.is_short and len(self.atomic_blocks) == 1
        return is_outermost and not self.has_ended and not self.needs_rollback

    def close(self):
        self.owes_begin = self.is_short = self.has_ended = False
        super().close()
