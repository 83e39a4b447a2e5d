"""Scheduled work (config/schedule.py). Lost or run twice, it does no harm: what is due stands in the database."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown

from config.locks import AdvisoryLock
from notifications.registry import sweeper
from prescriptions import flows, offers, session_changes
from prescriptions.plan import runs

logger = logging.getLogger(__name__)


@shared_task(name="prescriptions.tasks.pass_seats_on")
def pass_seats_on() -> int:
    """Give back the seats not accepted in time and offer those given up to the next in line; one sweep at a time."""
    lock = AdvisoryLock("pass-seats-on")
    if not lock.acquire():
        return 0
    try:
        recorded = offers.sweep()
    finally:
        lock.release()
    if recorded:
        logger.info("offers let pass and made: %s", recorded)
    return recorded


@shared_task(name="prescriptions.tasks.repair_admissions")
def repair_admissions() -> int:
    """Give back to each live prescription the task that its state asks for, where that went astray."""
    repaired = flows.sweep()
    if repaired:
        logger.warning("admission tasks repaired: %s", repaired)
    return repaired


sweeper("cancelled-sessions")(session_changes.settle_cancelled_sessions)
sweeper("postponed-sessions")(session_changes.settle_postponed_sessions)


# ---- the saturation plan


@shared_task(name="prescriptions.tasks.compute_plan")
def compute_plan(plan_id: int) -> None:
    """Compute a saturation plan that was asked for."""
    runs.work(plan_id)


def send_plan(plan_id: int) -> None:
    """Have a worker compute the plan once the current transaction is committed."""
    transaction.on_commit(lambda: _send_plan(plan_id))


def _send_plan(plan_id: int) -> None:
    try:
        compute_plan.delay(plan_id)
    except (BrokerDown, OSError):
        logger.warning("Broker out of reach: saturation plan %s waits for the sweep.", plan_id)


@sweeper("saturation-plans")
def sweep_plans() -> int:
    """Take up the plans that a lost message or a dead worker left."""
    silent = runs.claim_silent()
    for plan_id in silent:
        _send_plan(plan_id)
    return len(silent)
