"""Scheduled work (config/schedule.py). Lost or run twice, it does no harm: what is due stands in the database."""

import logging

from celery import shared_task

from notifications.registry import sweeper
from prescriptions import flows, services, session_changes

logger = logging.getLogger(__name__)


@shared_task(name="prescriptions.tasks.expire_offers")
def expire_offers() -> int:
    """Give back the seats that were offered and not accepted in time."""
    expired = services.expire_overdue_offers()
    if expired:
        logger.info("offers expired: %s", expired)
    return expired


@shared_task(name="prescriptions.tasks.repair_admissions")
def repair_admissions() -> int:
    """Give back to each live prescription the task that its state asks for, where that went astray."""
    repaired = flows.sweep()
    if repaired:
        logger.warning("admission tasks repaired: %s", repaired)
    return repaired


sweeper("cancelled-sessions")(session_changes.settle_cancelled_sessions)
sweeper("postponed-sessions")(session_changes.settle_postponed_sessions)
