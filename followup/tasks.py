"""Scheduled work of follow-up (config/schedule.py)."""

import logging

from celery import shared_task

from config.locks import AdvisoryLock

logger = logging.getLogger(__name__)


@shared_task(name="followup.tasks.fire_timers")
def fire_timers() -> None:
    """Let the timers of flows that are due go off; their moments stand in the database, no message can lose them."""
    from viewflow.workflow.timers import fire_due_timers

    lock = AdvisoryLock("flow-timers")
    if not lock.acquire():
        return
    try:
        fired = fire_due_timers()
        if fired:
            logger.info("%s flow timers fired", fired)
    finally:
        lock.release()
