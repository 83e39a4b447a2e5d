"""Signs of life of a worker, seen by others while its own transaction is still open."""

import time
from types import TracebackType

from django.db import connections

from config import clock

PERIOD = 1.0  # seconds between two signs


class Pulse:
    """Writes progress and heartbeat of a run through a connection of its own.

    The work is one transaction, which nobody sees before its end; it holds no lock on the row of the run until it
    concludes, so this connection never waits for it.
    """

    def __init__(self, run_id: int, total: int | None = None):
        self.run_id = run_id
        self.total = total
        self._next = 0.0
        self._connection = connections.create_connection("default")

    def __enter__(self) -> "Pulse":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def beat(self, done: int, total: int | None = None) -> None:
        """Tell how many items are done, at most once a period; total when it is known better."""
        self.total = total or self.total
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PERIOD
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pathways_importrun SET progress = %s, total = %s, heartbeat_at = %s"
                " WHERE id = %s AND status IN ('checking', 'writing')",
                [done, self.total, clock.now(), self.run_id],
            )
