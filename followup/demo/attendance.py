"""Half-days of presence over the last weeks, as far back as the product asks for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from followup.demo.offer import Intake
from followup.demo.world import World
from followup.enums import EnrolmentState, Half, Mark
from followup.missing_attendance import LOOK_BACK
from followup.models import AttendanceMark, Enrolment, LockedDay
from followup.working_days import worked_between

#: Days older than this are locked by the provider.
LOCKED_AFTER = 7
SHARES = {
    Mark.PRESENT: 880,
    Mark.LATE: 30,
    Mark.JUSTIFIED: 45,
    Mark.UNJUSTIFIED: 25,
    Mark.REMOTE: 20,
}


def fill(world: World) -> int:
    """Mark the trainees of every running session up to yesterday; returns the number of marks.

    The staged running session has not been filled in for its last working day nor today.
    """
    today = world.today
    days = list(worked_between(today - LOOK_BACK, today - timedelta(days=1)))
    marks: list[AttendanceMark] = []
    for intake in world.intakes:
        if intake.is_cancelled or intake.starts_on > today or intake.ends_on < days[0]:
            continue
        kept = days[:-1] if intake.plan.key == "running" else days
        kept = [day for day in kept if intake.starts_on <= day <= intake.ends_on]
        marks += _marks_of(world.rng, intake, kept)
        _lock(world, intake, [day for day in kept if (today - day).days > LOCKED_AFTER])
    AttendanceMark.objects.bulk_create(marks, batch_size=1000)
    return len(marks)


def _marks_of(rng: Random, intake: Intake, days: list[date]) -> list[AttendanceMark]:
    trainees = (
        Enrolment.objects.filter(session=intake.session).exclude(state=EnrolmentState.VOID).order_by("pk")
    )
    keeper = intake.trainers[-1].user
    marks = []
    for rank, trainee in enumerate(trainees):
        for day in days:
            if not _is_expected(trainee, day):
                continue
            for half in Half:
                marks.append(
                    AttendanceMark(
                        enrolment=trainee,
                        day=day,
                        half=half,
                        mark=_mark(rng, intake, rank, day, days),
                        recorded_by=keeper,
                        recorded_at=_evening(day),
                    )
                )
    return marks


def _is_expected(trainee: Enrolment, day: date) -> bool:
    if day < trainee.entered_on or (trainee.exit_on and day > trainee.exit_on):
        return False
    return not (trainee.state == EnrolmentState.SUSPENDED and day >= trainee.state_since)


def _mark(rng: Random, intake: Intake, rank: int, day: date, days: list[date]) -> Mark:
    if intake.plan.key == "running" and rank == 0 and day in days[-3:-1]:
        return Mark.UNJUSTIFIED  # somebody to talk to (domain.md B13)
    return rng.choices(list(SHARES), list(SHARES.values()))[0]


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(17, 10)))


def _lock(world: World, intake: Intake, days: list[date]) -> None:
    keeper = intake.trainers[-1]
    LockedDay.objects.bulk_create(
        LockedDay(
            session=intake.session,
            day=day,
            locked_by=keeper.user,
            locked_for=keeper.organisation,
            locked_at=_evening(day) + timedelta(days=3),
        )
        for day in days
    )
