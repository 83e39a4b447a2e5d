"""What day a page is read as of, as known on which day, and what has to wait until the reading is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from config.ui.dates import day


def evening_of(value: date) -> datetime:
    """The last instant of a day, in the time zone of the product."""
    return timezone.make_aware(datetime.combine(value, time.max))


@dataclass(frozen=True)
class Reading:
    """day: facts up to its evening. known_on: as recorded by its evening (None: with all that is known today).

    asked_at: the true instant of the request; inside the reading the clock stands at the evening of `day`.
    """

    day: date
    known_on: date | None
    asked_at: datetime

    @property
    def moment(self) -> datetime:
        return evening_of(self.day)

    @property
    def known_at(self) -> datetime | None:
        return None if self.known_on is None else evening_of(self.known_on)

    @property
    def prefix(self) -> str:
        """How every address of this reading begins: « /au/2026-03-31/connu/2026-04-02 »."""
        known = f"/connu/{self.known_on:%Y-%m-%d}" if self.known_on else ""
        return f"/au/{self.day:%Y-%m-%d}{known}"

    def with_all_we_know(self) -> Reading:
        return Reading(self.day, None, self.asked_at)

    def as_known_that_day(self) -> Reading:
        return Reading(self.day, self.day, self.asked_at)

    @property
    def known_in_words(self) -> str:
        """« telle que connue le 02/04/2026 », said of a page."""
        if self.known_on is None:
            return "telle que connue aujourd'hui"
        return (
            "telle que connue ce jour-là"
            if self.known_on == self.day
            else f"telle que connue le {day(self.known_on)}"
        )

    @property
    def notes(self) -> list[tuple[str, str]]:
        """(label, value) for the second sheet of an export."""
        known = day(self.known_on) if self.known_on else "aujourd'hui"
        return [("Lu au", day(self.day)), ("Tel que connu le", known)]


@dataclass
class _Open:
    reading: Reading
    afterwards: list[Callable[[], None]] = field(default_factory=list)


_open: ContextVar[_Open | None] = ContextVar("jalons_reading", default=None)


def reading_now() -> Reading | None:
    """The past in which the present code reads; None: it reads today."""
    found = _open.get()
    return found.reading if found else None


def afterwards(act: Callable[[], None]) -> None:
    """Do something once the reading is over: what is written inside it is taken back with it."""
    found = _open.get()
    if found is None:
        act()
    else:
        found.afterwards.append(act)


@contextmanager
def reading_as(reading: Reading, waiting: list[Callable[[], None]]) -> Iterator[None]:
    """Let the block read in the past; what waits until afterwards is added to `waiting`."""
    token = _open.set(_Open(reading, waiting))
    try:
        yield
    finally:
        _open.reset(token)
