"""Assiduity of trainees, in half-days (domain.md B8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q

from config import clock
from followup.enums import ATTENDED, Mark
from followup.models import AttendanceMark, Enrolment
from followup.stays import stays
from followup.working_days import ONE_DAY, holidays_between


@dataclass(frozen=True)
class Assiduity:
    """Half-days of one trainee up to now. noted: those on which presence was expected and is known (F apart).

    missing: past half-days of working days on which presence was expected and nobody noted anything.
    """

    attended: int = 0
    noted: int = 0
    unjustified: int = 0
    missing: int = 0

    @property
    def rate(self) -> float | None:
        """Attended over known half-days; None when nothing is noted. What is missing is told beside, not guessed."""
        return self.attended / self.noted if self.noted else None

    @property
    def percent(self) -> int | None:
        return None if self.rate is None else round(100 * self.rate)


def assiduity(enrolments: Iterable[Enrolment]) -> dict[int, Assiduity]:
    """Enrolment id -> its assiduity; two queries whatever their number."""
    rows = list(enrolments)
    today = clock.today()
    counted = {row["enrolment"]: row for row in _counted(rows)}
    found = {}
    for pk, stay in stays(rows).items():
        row = counted.get(pk, {})
        expected = 2 * sum(1 for _ in stay.days_expected(today - ONE_DAY))
        found[pk] = Assiduity(
            attended=row.get("attended", 0),
            noted=row.get("noted", 0),
            unjustified=row.get("unjustified", 0),
            missing=max(0, expected - row.get("settled", 0)),
        )
    return found


def _counted(rows: list[Enrolment]):
    """Counts per enrolment of the marks that hold and fall inside the stay. settled: past working half-days noted."""
    inside = Q(day__gte=F("enrolment__entered_on")) & (
        Q(enrolment__exit_on=None) | Q(day__lte=F("enrolment__exit_on"))
    )
    today = clock.today()
    first = min((row.entered_on for row in rows if row.entered_on), default=today)
    # week_day counts from Sunday = 1: Monday to Friday are 2 to 6.
    past_working_day = Q(day__lt=today, day__week_day__gte=2, day__week_day__lte=6) & ~Q(
        day__in=holidays_between(first, today)
    )
    return (
        AttendanceMark.objects.filter(inside, enrolment__in=rows, replaced_at=None)
        .values("enrolment")
        .annotate(
            attended=Count("pk", filter=Q(mark__in=sorted(ATTENDED))),
            noted=Count("pk", filter=~Q(mark=Mark.CLOSED)),
            unjustified=Count("pk", filter=Q(mark=Mark.UNJUSTIFIED)),
            settled=Count("pk", filter=past_working_day),
        )
        .order_by("enrolment")
    )
