"""Dates as LHEO writes them: 8 digits, possibly partial, unknown or without end."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Precision(StrEnum):
    """What an LHEO date tells."""

    DAY = "day"
    MONTH = "month"  # AAAAMM00
    YEAR = "year"  # AAAA0000
    UNKNOWN = "unknown"  # 00000000
    OPEN_ENDED = "open_ended"  # 99999999: permanent, or end not known
    IMPOSSIBLE = "impossible"  # month 13, day 39, 30 February


@dataclass(frozen=True, slots=True)
class LheoDate:
    """``earliest`` and ``latest`` bound the day meant; both None when unknown, open-ended or impossible."""

    raw: str
    precision: Precision
    earliest: date | None = None
    latest: date | None = None

    @classmethod
    def parse(cls, raw: str) -> "LheoDate":
        """Never raises: what is not a date has precision ``IMPOSSIBLE``."""
        raw = raw.strip()
        if raw == "00000000":
            return cls(raw, Precision.UNKNOWN)
        if raw == "99999999":
            return cls(raw, Precision.OPEN_ENDED)
        if len(raw) != 8 or not (raw.isascii() and raw.isdigit()):
            return cls(raw, Precision.IMPOSSIBLE)
        year, month, day = int(raw[:4]), int(raw[4:6]), int(raw[6:])
        try:
            if month == 0 and day == 0:
                return cls(raw, Precision.YEAR, date(year, 1, 1), date(year, 12, 31))
            if day == 0:
                last = calendar.monthrange(year, month)[1]
                return cls(raw, Precision.MONTH, date(year, month, 1), date(year, month, last))
            exact = date(year, month, day)
        except ValueError:
            return cls(raw, Precision.IMPOSSIBLE)
        return cls(raw, Precision.DAY, exact, exact)

    @property
    def exact(self) -> date | None:
        """The day itself, None unless the date is complete."""
        return self.earliest if self.precision is Precision.DAY else None

    @property
    def is_known(self) -> bool:
        """True for a full or partial date."""
        return self.earliest is not None


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` to ``end``, both included."""

    start: LheoDate
    end: LheoDate

    @property
    def is_reversed(self) -> bool:
        """True only when the start certainly follows the end, partial dates being read broadly."""
        return self.start.is_known and self.end.is_known and self.start.earliest > self.end.latest

    def has_started(self, on: date) -> bool:
        """True when the start is certainly before that day."""
        return self.start.is_known and self.start.latest < on

    def has_ended(self, on: date) -> bool:
        """True when the end is certainly before that day."""
        return self.end.is_known and self.end.latest < on

    def contains(self, on: date) -> bool:
        """True when that day is certainly after the start (included) and not certainly after the end."""
        return self.start.is_known and self.start.latest <= on and not self.has_ended(on)
