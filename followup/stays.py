"""On which days a trainee is in training: between the entry and the exit, suspensions apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from followup.models import Enrolment
from followup.working_days import ONE_DAY, worked_between
from pathways.facts import Fact, Kind
from pathways.models import Event
from pathways.outcomes import BACK_TO_WORK
from pathways.replay import valid
from pathways.statements import FACT_COLUMNS


@dataclass(frozen=True)
class Stay:
    """entered_on, last_on: first and last day in training (last_on None: still there).

    suspensions: (first day suspended, day of the return or None while it lasts).
    """

    entered_on: date
    last_on: date | None
    suspensions: tuple[tuple[date, date | None], ...] = ()

    def includes(self, day: date) -> bool:
        """Whether the trainee belongs to the session on `day`, suspended or not."""
        return self.entered_on <= day and (self.last_on is None or day <= self.last_on)

    def is_suspended(self, day: date) -> bool:
        return any(first <= day and (back is None or day < back) for first, back in self.suspensions)

    def expects(self, day: date) -> bool:
        """Whether the trainee is to come on `day`."""
        return self.includes(day) and not self.is_suspended(day)

    def days_expected(self, until: date) -> Iterator[date]:
        """The working days on which the trainee was to come, up to `until` included."""
        end = until if self.last_on is None else min(until, self.last_on)
        return (day for day in worked_between(self.entered_on, end) if not self.is_suspended(day))


def last_day(enrolment: Enrolment) -> date | None:
    """The last day in training: the exit, or the eve of the first day of a job."""
    if enrolment.exit_on and enrolment.exit_cause == BACK_TO_WORK[0]:
        return enrolment.exit_on - ONE_DAY
    return enrolment.exit_on


def stays(enrolments: Iterable[Enrolment]) -> dict[int, Stay]:
    """Enrolment id -> its stay, for enrolments that have begun; one query whatever their number."""
    begun = [enrolment for enrolment in enrolments if enrolment.entered_on is not None]
    pauses = _suspensions(begun)
    return {
        enrolment.pk: Stay(enrolment.entered_on, last_day(enrolment), tuple(pauses.get(enrolment.pk, ())))
        for enrolment in begun
    }


def _suspensions(enrolments: list[Enrolment]) -> dict[int, list[tuple[date, date | None]]]:
    """Enrolment id -> its suspensions, read from the facts that hold: the row only knows the present one."""
    events = Event.objects.about({enrolment.pathway_id for enrolment in enrolments})
    rows = events.filter(kind__in=["suspend", "resume", Kind.ANNUL]).order_by("id")
    found: dict[int, list[tuple[date, date | None]]] = {}
    for fact in valid(Fact(*row) for row in rows.values_list(*FACT_COLUMNS)):
        pauses = found.setdefault(fact.subject_id, [])
        if fact.kind == "suspend":
            pauses.append((fact.occurred_on, None))
        elif pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], fact.occurred_on)
    return found
