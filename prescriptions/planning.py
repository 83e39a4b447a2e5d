"""The calendar of a month: openings, closings, information sessions and commissions, day by day (A26, A43)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, TextChoices, TimeField, Value
from django.db.models.functions import Cast

from config import clock
from prescriptions.enums import MeetingKind
from prescriptions.models import Meeting, Session


class Kind(TextChoices):
    OPENING = "ouvertures", "Ouverture"
    CLOSING = "clotures", "Clôture"
    INFORMATION = "informations", "Information collective"
    COMMISSION = "commissions", "Commission d'entrée"


#: One or several, as `config.ui.dates.count` wants it.
NOUNS = {
    Kind.OPENING: "ouverture,ouvertures",
    Kind.CLOSING: "clôture,clôtures",
    Kind.INFORMATION: "information collective,informations collectives",
    Kind.COMMISSION: "commission d'entrée,commissions d'entrée",
}
ICONS = {
    Kind.OPENING: "door-enter",
    Kind.CLOSING: "flag",
    Kind.INFORMATION: "users",
    Kind.COMMISSION: "list-check",
}
_MEETINGS = {Kind.INFORMATION: MeetingKind.INFORMATION, Kind.COMMISSION: MeetingKind.COMMISSION}
_COLUMN = {Kind.OPENING: "starts_on", Kind.CLOSING: "ends_on"}
#: Several on one day and at one hour: in the order of this list.
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Entry:
    """One line of the calendar. meeting: for information sessions and commissions."""

    day: date
    kind: Kind
    session: Session
    meeting: Meeting | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def hour(self) -> time | None:
        return self.meeting.starts_at if self.meeting else None

    @property
    def is_watched(self) -> bool:
        """Its figures still matter to who prescribes: an old one is then marked."""
        return self.day >= clock.today() and self.kind != Kind.CLOSING

    @property
    def declared_at(self) -> datetime:
        return (self.meeting or self.session).declared_at

    @property
    def declared_by(self):
        return (self.meeting or self.session).declared_by


@dataclass(frozen=True)
class Month:
    """A month of the calendar, first day to last included."""

    first: date

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.replace(day=1))

    @classmethod
    def named(cls, text: str) -> Month | None:
        """« 2026-12 », else None."""
        try:
            return cls.of(date.fromisoformat(f"{text}-01"))
        except ValueError:
            return None

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        return self.shifted(1).first - timedelta(days=1)

    def shifted(self, months: int) -> Month:
        rank = self.first.year * 12 + self.first.month - 1 + months
        return Month(date(rank // 12, rank % 12 + 1, 1))


def rows(sessions: QuerySet[Session], month: Month, kinds: Iterable[Kind]) -> QuerySet:
    """The lines of a month about some sessions, in order, as (day, hour, rank, session id, meeting id)."""
    standing = sessions.filter(cancelled_on=None).order_by()
    parts = []
    for kind in kinds:
        if kind in _COLUMN:
            column = _COLUMN[kind]
            found = standing.filter(**{f"{column}__range": (month.first, month.last)})
            # No hour: before those that have one. The types are said, for the parts are put together.
            all_day, none = Value(time(0), TimeField()), Cast(Value(None), BigIntegerField())
            parts.append(_lines(found, column, all_day, kind, "pk", none))
        else:
            found = Meeting.objects.of_kind(_MEETINGS[kind]).order_by()
            found = found.filter(held_on__range=(month.first, month.last), session__in=standing.values("pk"))
            parts.append(_lines(found, "held_on", "starts_at", kind, "session_id", "pk"))
    first, *others = parts
    return first.union(*others, all=True).order_by("day", "hour", "rank", "session_key", "meeting_key")


def _lines(found: QuerySet, day: str, hour: Any, kind: Kind, session: str, meeting: Any) -> QuerySet:
    def column(told):
        return F(told) if isinstance(told, str) else told

    named = {
        "day": column(day),
        "hour": column(hour),
        "rank": Value(_RANK[kind]),
        "session_key": column(session),
        "meeting_key": column(meeting),
    }
    return found.annotate(**named).values_list(*named)


def entries(lines: Iterable[tuple]) -> Iterator[Entry]:
    """The lines with their sessions and meetings: three queries for as many lines as are given."""
    lines = list(lines)
    sessions = (
        Session.objects.with_offer()
        .select_related("declared_by")
        .in_bulk({session_id for *_, session_id, _ in lines})
    )
    meetings = Meeting.objects.select_related("declared_by").in_bulk({pk for *_, pk in lines if pk})
    kinds = list(Kind)
    for day, _, rank, session_id, meeting_id in lines:
        if session_id in sessions:
            yield Entry(day, kinds[rank], sessions[session_id], meetings.get(meeting_id))


@dataclass(frozen=True)
class Day:
    day: date
    entries: list[Entry]


@dataclass(frozen=True)
class Week:
    """monday: of the week, which may lie in the month before."""

    monday: date
    days: list[Day]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


def by_week(found: Iterable[Entry]) -> list[Week]:
    """Entries in order of day, as weeks and days."""
    days = [Day(day, list(group)) for day, group in groupby(found, key=lambda entry: entry.day)]
    weeks = groupby(days, key=lambda each: each.day - timedelta(days=each.day.weekday()))
    return [Week(monday, list(group)) for monday, group in weeks]


def counts(sessions: QuerySet[Session], month: Month) -> dict[Kind, int]:
    """How many lines of each kind the month has."""
    return {kind: rows(sessions, month, [kind]).count() for kind in Kind}
