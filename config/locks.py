"""Advisory locks of PostgreSQL: one runner of a job at a time, over all machines."""

import hashlib

from django.db import Error
from django.db import connection as default_connection
from django.db.backends.base.base import BaseDatabaseWrapper


def lock_key(name: str) -> int:
    """A stable signed 64-bit key for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


class AdvisoryLock:
    """A lock held by a database session, from `acquire()` to `release()` or to the end of the connection."""

    def __init__(self, name: str, connection: BaseDatabaseWrapper | None = None):
        self.name = name
        self.key = lock_key(name)
        self.connection = connection or default_connection

    def acquire(self) -> bool:
        """Take the lock without waiting. Returns False when somebody else holds it."""
        return self._ask("SELECT pg_try_advisory_lock(%s)")

    def release(self) -> bool:
        return self._ask("SELECT pg_advisory_unlock(%s)")

    def is_held(self) -> bool:
        """Whether this session still holds the lock; False when its connection broke."""
        if self.connection.connection is None:
            return False
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
                    " AND pid = pg_backend_pid()"
                    " AND ((classid::bigint << 32) | objid::bigint) = %s)",
                    [self.key],
                )
                return cursor.fetchone()[0]
        except Error:
            self.connection.close()
            return False

    def _ask(self, sql: str) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [self.key])
            return cursor.fetchone()[0]
