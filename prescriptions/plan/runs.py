"""The life of a plan: asked for, computed in the background, kept.

A session lock says that a worker is alive on a plan: it goes with the worker's connection. The result is written in one
transaction, so that a worker killed at any moment leaves a plan that the sweep takes up again.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from datetime import timedelta

from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from config import clock
from config.errors import JalonsError
from config.locks import AdvisoryLock, lock_key
from pathways.actor import Actor
from prescriptions.models import PlanLine, PlanSession, SaturationPlan
from prescriptions.plan import results
from prescriptions.plan.asked import Asked
from prescriptions.plan.enums import Status
from prescriptions.plan.planning import judge_by_schemes, plan
from prescriptions.plan.reading import read

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(minutes=2)
MAX_ATTEMPTS = 3
#: What a plan goes through, as the progress bar counts it.
STEPS = ("lecture", "calcul", "enregistrement")


# ---- what people do


def launch(asked: Asked, actor: Actor) -> SaturationPlan:
    """Ask for a plan; the one that is being computed when there is one. The caller then sends the task."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key("saturation-plan")])
        running = SaturationPlan.objects.due().order_by("pk").first()
        if running is not None:
            return running
        return SaturationPlan.objects.create(
            asked=asked.as_json(), user=actor.user, organisation=actor.organisation
        )


# ---- what a worker does


def work(plan_id: int) -> None:
    """Compute a plan, if it is due and no other worker is at it."""
    lock = AdvisoryLock(f"saturation-plan:{plan_id}")
    if not lock.acquire():
        return
    try:
        row = _claim(plan_id)
        if row is not None:
            _attempt(row)
    finally:
        # A lost connection has released the lock already.
        with suppress(Error):
            lock.release()


def _claim(plan_id: int) -> SaturationPlan | None:
    """Mark the plan as being computed. The caller holds its lock: one « in progress » is one whose worker died."""
    with transaction.atomic():
        row = SaturationPlan.objects.due().select_for_update().filter(pk=plan_id).first()
        if row is None:
            return None
        row.attempts += 1
        if row.attempts > MAX_ATTEMPTS:
            _fail(row, _interrupted())
            return None
        row.status, row.progress, row.heartbeat_at = Status.RUNNING, 0, clock.now()
        row.save(update_fields=["status", "attempts", "progress", "heartbeat_at"])
        return row


def _attempt(row: SaturationPlan) -> None:
    try:
        compute(row)
    except JalonsError as error:
        _fail(row, error)
    except (OperationalError, InterfaceError):
        raise  # the database went away: the sweep tries again
    except Exception:
        logger.exception("Saturation plan %s failed", row.pk)
        _fail(row, _unexpected())


def compute(row: SaturationPlan) -> None:
    """Read, solve, write. Raises NotSolved."""
    started = time.perf_counter()
    inputs = read(Asked.of_json(row.asked))
    judged = judge_by_schemes(inputs)
    _tell(row, 1)
    planned = plan(inputs, judged)
    _tell(row, 2)
    found = results.of(planned)
    with transaction.atomic():
        PlanLine.objects.filter(plan=row).delete()
        PlanSession.objects.filter(plan=row).delete()
        PlanSession.objects.bulk_create(found.sessions(row), batch_size=1000)
        PlanLine.objects.bulk_create(found.lines(row), batch_size=1000)
        for name, value in found.figures().items():
            setattr(row, name, value)
        row.status, row.finished_at, row.progress = Status.DONE, clock.now(), len(STEPS)
        row.seconds = round(time.perf_counter() - started, 1)
        row.save()


def _tell(row: SaturationPlan, progress: int) -> None:
    row.progress, row.heartbeat_at = progress, clock.now()
    row.save(update_fields=["progress", "heartbeat_at"])


def _fail(row: SaturationPlan, error: JalonsError) -> None:
    row.status, row.finished_at = Status.FAILED, clock.now()
    row.error, row.error_next_step = error.message, error.next_step
    row.save(update_fields=["status", "finished_at", "error", "error_next_step", "attempts"])


def _interrupted() -> JalonsError:
    return JalonsError(
        f"Le calcul s'est interrompu {MAX_ATTEMPTS} fois.",
        code="plan_interrupted",
        next_step="Relancez le plan. Si cela se répète, signalez-le à l'administrateur de Jalons.",
    )


def _unexpected() -> JalonsError:
    return JalonsError(
        "Une erreur imprévue a arrêté le calcul ; rien n'a été enregistré.",
        code="plan_unexpected",
        next_step="Relancez le plan. Si cela se répète, signalez-le à l'administrateur de Jalons.",
    )


def claim_silent() -> list[int]:
    """Plans that are due and give no sign of life; marked, so that the next sweep leaves them some time."""
    silent = Q(heartbeat_at=None, created_at__lt=clock.now() - timedelta(seconds=30)) | Q(
        heartbeat_at__lt=clock.now() - STALE_AFTER
    )
    with transaction.atomic():
        due = SaturationPlan.objects.due().select_for_update(skip_locked=True).filter(silent).order_by("pk")
        ids = list(due.values_list("pk", flat=True))
        SaturationPlan.objects.filter(pk__in=ids).update(heartbeat_at=clock.now())
    return ids
