"""Scheduled work of the alert engine (config/schedule.py). Each may be lost or run twice without harm."""

import logging
from collections.abc import Callable

from celery import shared_task

from config.locks import AdvisoryLock
from notifications import inbox, services
from notifications.digests import writing
from notifications.outbox import box, sending, transports
from notifications.registry import KINDS, SWEEPERS

logger = logging.getLogger(__name__)


@shared_task(name="notifications.tasks.detect")
def detect() -> None:
    """Bring every kind of alert up to date; one kind that fails does not keep the others from theirs."""
    _each_kind(services.detect)


@shared_task(name="notifications.tasks.detect_everything")
def detect_everything() -> None:
    """The same each night, without trusting that every change was told."""
    _each_kind(services.detect_everything)


def _each_kind(detection: Callable[[list[str]], services.Detection]) -> None:
    for code in KINDS:
        try:
            found = detection([code])
        except Exception:
            logger.exception("detection of %s failed", code)
        else:
            logger.info("alerts %s: %s", code, found.counts)


@shared_task(name="notifications.tasks.sweep")
def sweep() -> None:
    """Take up the work whose message was lost: every registered sweeper, each alone of its name."""
    for name, sweeper in SWEEPERS.items():
        lock = AdvisoryLock(f"sweep:{name}")
        if not lock.acquire():
            continue
        try:
            taken = sweeper()
            if taken:
                logger.info("sweep %s: %s taken up", name, taken)
        except Exception:
            logger.exception("sweep %s failed", name)
        finally:
            lock.release()


@shared_task(name="notifications.tasks.deliver_mails")
def deliver_mails() -> None:
    """Write the mails that are due, then send what the outbox holds; several may run at once."""
    written = writing.write_urgent() + writing.write_due()
    done = sending.send_due()
    if written or done:
        logger.info("mails: %s written, %s", written, dict(done))


@shared_task(name="notifications.tasks.forget_mails")
def forget_mails() -> None:
    """Empty the mails, and remove the marks of reading, that nobody needs any more."""
    inbox.forget_old_marks()
    box.forget_old()
    transports.current().tidy()
