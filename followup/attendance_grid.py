"""What the attendance page shows: which days, which trainees, which half-days may be noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min
from django.urls import reverse

from config import clock
from followup.attendance import Place, in_session, is_past, locks_of, trainees
from followup.enums import Half, Mark
from followup.models import AttendanceMark, Enrolment, LockedDay
from followup.stays import Stay, stays
from followup.working_days import ONE_DAY, is_worked
from prescriptions.models import Session

#: The codes in the order of the legend.
CODES = (
    (Mark.PRESENT, "présent"),
    (Mark.LATE, "retard"),
    (Mark.JUSTIFIED, "absence justifiée"),
    (Mark.UNJUSTIFIED, "non justifiée"),
    (Mark.COMPANY, "entreprise"),
    (Mark.REMOTE, "à distance"),
    (Mark.CLOSED, "férié, fermé"),
)


@dataclass(frozen=True)
class Frame:
    """The days on screen. day: the one asked for. earlier, later: the days that lead to the pages around, if any."""

    day: date
    days: tuple[date, ...]
    earlier: date | None
    later: date | None
    has_weekend: bool
    is_one_day: bool


def bounds(session: Session) -> tuple[date, date] | None:
    """First and last day that may be noted up to today; None when the session has not begun."""
    entries = trainees(session).aggregate(first=Min("entered_on"), last=Max("exit_on"))
    today = clock.today()
    first = session.starts_on or entries["first"] or today
    last = min(today, session.ends_on or today)
    return (first, last) if first <= last else None


def frame(session: Session, wanted: date | None, is_one_day: bool, has_weekend: bool) -> Frame | None:
    """The week (or the one day) around `wanted`, brought back inside the session; None before its opening."""
    limits = bounds(session)
    if limits is None:
        return None
    first, last = limits
    day = min(max(wanted or last, first), last)
    if is_one_day:
        return Frame(
            day, (day,), _step(day, -ONE_DAY, first, last), _step(day, ONE_DAY, first, last), True, True
        )
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    days = [each for each in week if first <= each <= last]
    noted = _days_noted(session, days)
    shown = tuple(each for each in days if is_worked(each) or has_weekend or each in noted)
    earlier, later = monday - timedelta(days=3), monday + timedelta(days=7)
    return Frame(
        day,
        shown,
        max(earlier, first) if monday > first else None,
        later if later <= last else None,
        has_weekend or len(shown) == len(days),
        False,
    )


def _step(day: date, way: timedelta, first: date, last: date) -> date | None:
    """The next working day inside the session in one direction."""
    day += way
    while first <= day <= last:
        if is_worked(day):
            return day
        day += way
    return None


def _days_noted(session: Session, days: list[date]) -> set[date]:
    marks = AttendanceMark.objects.filter(enrolment__session=session, day__in=days, replaced_at=None)
    return set(marks.order_by().values_list("day", flat=True).distinct())


@dataclass(frozen=True)
class DayState:
    """One day below the grid: what is left to note, or who locked it."""

    day: date
    left: int
    lock: LockedDay | None
    is_over: bool

    @property
    def stamp(self) -> str:
        return f"{self.day:%Y%m%d}"


@dataclass(frozen=True)
class Sheet:
    """rows: as the component `attendance_grid` wants them. to_confirm: trainees with a half-day left to note."""

    rows: list[dict]
    days: list[DayState]
    to_confirm: int
    has_open_cells: bool

    @property
    def slots(self) -> list[dict]:
        return [{"day": state.day, "half": half} for state in self.days for half in Half.values]


def sheet(session: Session, shown: Frame, typed: Mapping[Place, str]) -> Sheet:
    """The grid of the frame's days. typed: half-days that were chosen and could not be stored, shown as chosen."""
    rows = (
        trainees(session)
        .select_related("pathway__beneficiary")
        .order_by("pathway__beneficiary__sort_key", "pk")
    )
    whereabouts = stays(rows)
    present = [row for row in rows if any(whereabouts[row.pk].includes(day) for day in shown.days)]
    marks = _marks(present, shown.days)
    locks = locks_of(session, shown.days)
    lines = [_row(session, row, whereabouts[row.pk], shown.days, marks, locks, typed) for row in present]
    left = {day: sum(1 for line in lines for place in line["left"] if place.day == day) for day in shown.days}
    return Sheet(
        rows=lines,
        days=[DayState(day, left[day], locks.get(day), is_past(day, Half.AFTERNOON)) for day in shown.days],
        to_confirm=sum(1 for line in lines if line["left"]),
        has_open_cells=any(len(line["locked"]) < len(shown.days) * len(Half.values) for line in lines),
    )


def _marks(rows: list[Enrolment], days: tuple[date, ...]) -> dict[Place, str]:
    found = AttendanceMark.objects.filter(enrolment__in=rows, day__in=days, replaced_at=None)
    return {
        Place(enrolment_id, day, half): mark
        for enrolment_id, day, half, mark in found.order_by().values_list(
            "enrolment_id", "day", "half", "mark"
        )
    }


def _row(
    session: Session,
    enrolment: Enrolment,
    stay: Stay,
    days: tuple[date, ...],
    marks: Mapping[Place, str],
    locks: Mapping[date, LockedDay],
    typed: Mapping[Place, str],
) -> dict:
    person = enrolment.pathway.beneficiary
    line = {
        "enrolment_id": enrolment.pk,
        "name": f"{person.last_name} {person.first_name}",
        "url": reverse("pathways:file", args=[enrolment.pathway_id]),
        "marks": {},
        "typed": {},
        "locked": set(),
        "notes": {},
        "left": [],
    }
    for place in (Place(enrolment.pk, day, half) for day in days for half in Half.values):
        cell = (place.day, place.half)
        if place in marks:
            line["marks"][cell] = marks[place]
        note = _closed_because(session, stay, place)
        if note:
            line["notes"][cell] = note
        if note or place.day in locks:
            line["locked"].add(cell)
        elif place in typed:
            line["typed"][cell] = typed[place]
        if not note and place not in marks:
            line["left"].append(place)
    return line


def _closed_because(session: Session, stay: Stay, place: Place) -> str:
    """Why nothing is to be noted there; empty when something is."""
    if not stay.includes(place.day):
        return "hors formation"
    if stay.is_suspended(place.day):
        return "formation suspendue"
    if not in_session(session, place.day):
        return "hors session"
    return "" if is_past(place.day, place.half) else "à venir"
