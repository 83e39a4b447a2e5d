"""How we run viewflow: a lock that waits in the database, and failures that keep no personal data."""

from __future__ import annotations

import logging
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.dispatch import receiver
from psycopg.errors import LockNotAvailable
from viewflow.workflow.exceptions import FlowLockFailed
from viewflow.workflow.signals import task_failed

logger = logging.getLogger(__name__)

LOCK_TIMEOUT = "10s"


class BlockingRowLock:
    """Waits in the database for the row of the process, at most LOCK_TIMEOUT.

    viewflow's own lock asks without waiting, sleeps and asks again: under load it gives up. FOR NO KEY UPDATE lets
    other rows refer to the process meanwhile. One round trip: the timeout holds for this wait only.

    Raises FlowLockFailed when the wait is too long, as viewflow's own locks do.
    """

    @contextmanager
    def __call__(self, flow_class, process_pk):
        with transaction.atomic():
            self._take(flow_class.process_class._meta.db_table, process_pk)
            yield

    def _take(self, table: str, process_pk: int) -> None:
        name = connection.ops.quote_name(table)
        with connection.cursor() as cursor:
            try:
                cursor.execute(
                    f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';"  # noqa: S608 (names come from the code)
                    f" SELECT 1 FROM {name} WHERE id = %s FOR NO KEY UPDATE;"
                    " SET LOCAL lock_timeout = DEFAULT",
                    [process_pk],
                )
            except OperationalError as error:
                if isinstance(error.__cause__, LockNotAvailable):
                    raise FlowLockFailed(
                        f"{table} {process_pk} is still locked after {LOCK_TIMEOUT}"
                    ) from error
                raise


@receiver(task_failed)
def forget_locals(sender, process, task, **kwargs):
    """Keep of a failure only where it happened: viewflow stores the message and every local variable in `task.data`."""
    failure = task.data.get("_exception")
    if failure is None:
        return
    places = [line.strip() for line in failure["traceback"].splitlines() if line.startswith("  File ")]
    logger.error("flow task %s (%s) failed at:\n%s", task.pk, task.flow_task, "\n".join(places))
    task.data = {"_exception": {"title": "Échec d'une étape automatique ; voir le journal technique."}}
    task.save(update_fields=["data"])
