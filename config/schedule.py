"""The whole beat schedule, in one place. A task is only a hint: what is due stands in the database."""

from datetime import timedelta

from celery.schedules import crontab

MINUTE = timedelta(minutes=1)


def every(task: str, interval: timedelta) -> dict:
    """One entry. A message that waited a whole interval is dropped: the next one does the same work."""
    return {"task": task, "schedule": interval, "options": {"expires": interval.total_seconds()}}


def nightly(task: str, hour: int) -> dict:
    """One entry, at an hour of the night (Europe/Paris). A message that waited until the morning is dropped."""
    return {"task": task, "schedule": crontab(hour=hour, minute=0), "options": {"expires": 3 * 3600}}


BEAT_SCHEDULE = {
    "detect-alerts": every("notifications.tasks.detect", 10 * MINUTE),
    "detect-everything": nightly("notifications.tasks.detect_everything", 3),
    "repair-admissions": nightly("prescriptions.tasks.repair_admissions", 2),
    "sweep-imports": every("pathways.tasks.sweep_imports", MINUTE),
    "pass-seats-on": every("prescriptions.tasks.pass_seats_on", MINUTE),
    "deliver-mails": every("notifications.tasks.deliver_mails", MINUTE),
    "forget-mails": nightly("notifications.tasks.forget_mails", 4),
    "sweep-forgotten-work": every("notifications.tasks.sweep", MINUTE),
    "fire-flow-timers": every("followup.tasks.fire_timers", MINUTE),
}
