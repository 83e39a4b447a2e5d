"""Background work of this package. A task is a hint: what is due stands in the database and the sweep finds it."""

import logging

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from kombu.exceptions import OperationalError as BrokerDown

from config import clock
from config.locks import AdvisoryLock
from pathways.imports import runs
from pathways.models import ImportRun

logger = logging.getLogger(__name__)


@shared_task
def run_import(run_id: int) -> None:
    """Analyse or write an import, whichever is due."""
    runs.work(run_id)


def send_import(run_id: int) -> None:
    """Have a worker look at the run once the current transaction is committed."""
    transaction.on_commit(lambda: _send(run_id))


def _send(run_id: int) -> None:
    try:
        run_import.delay(run_id)
    except (BrokerDown, OSError):
        logger.warning("Broker out of reach: import %s waits for the sweep.", run_id)


@shared_task
def sweep_imports() -> None:
    """Take up what a lost message or a dead worker left, and drop what nobody came back for."""
    lock = AdvisoryLock("sweep-imports")
    if not lock.acquire():
        return
    try:
        for run_id in _claim_silent():
            _send(run_id)
        _drop_forgotten()
    finally:
        lock.release()


def _claim_silent() -> list[int]:
    """Runs that are due and give no sign of life; marked, so that the next sweep leaves them some time."""
    silent = Q(heartbeat_at=None) | Q(heartbeat_at__lt=clock.now() - runs.STALE_AFTER)
    with transaction.atomic():
        due = ImportRun.objects.select_for_update(skip_locked=True).filter(silent, status__in=ImportRun.DUE)
        run_ids = list(due.order_by("created_at").values_list("pk", flat=True))
        ImportRun.objects.filter(pk__in=run_ids).update(heartbeat_at=clock.now())
    return run_ids


def _drop_forgotten() -> None:
    """Cancel previews that nobody confirmed, and delete files that outlived their run."""
    old = clock.now() - runs.FORGOTTEN_AFTER
    for run in ImportRun.objects.filter(status=ImportRun.Status.PREVIEWED, heartbeat_at__lt=old):
        runs.cancel(run)
    ended = (ImportRun.Status.DONE, ImportRun.Status.FAILED, ImportRun.Status.CANCELLED)
    for run in ImportRun.objects.filter(status__in=ended).exclude(file=""):
        runs.forget_file(run)
