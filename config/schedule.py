"""The whole beat schedule, in one place. A task is only a hint: what is due stands in the database."""

from datetime import timedelta

MINUTE = timedelta(minutes=1)


def every(task: str, interval: timedelta) -> dict:
    """One entry. A message that waited a whole interval is dropped: the next one does the same work."""
    return {"task": task, "schedule": interval, "options": {"expires": interval.total_seconds()}}


BEAT_SCHEDULE = {
    "detect-alerts": every("notifications.tasks.detect", 10 * MINUTE),
    "sweep-imports": every("pathways.tasks.sweep_imports", MINUTE),
    "expire-offers": every("prescriptions.tasks.expire_offers", 10 * MINUTE),
    "sweep-forgotten-work": every("notifications.tasks.sweep", MINUTE),
    "fire-flow-timers": every("followup.tasks.fire_timers", MINUTE),
}
