"""Days on which courses are given: Monday to Friday, public holidays apart (Code du travail, art. L3133-1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

ONE_DAY = timedelta(days=1)
#: Public holidays of a fixed date, (month, day).
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
#: Easter Monday, Ascension, Whit Monday, in days after Easter.
MOVING = (1, 39, 50)


@cache
def holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of a year."""
    sunday = easter(year)
    return frozenset(
        [*(date(year, month, day) for month, day in FIXED), *(sunday + timedelta(days=n) for n in MOVING)]
    )


def holidays_between(first: date, last: date) -> list[date]:
    """The public holidays from `first` to `last`, both included."""
    years = range(first.year, last.year + 1)
    return sorted(day for year in years for day in holidays(year) if first <= day <= last)


def is_worked(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def worked_between(first: date, last: date) -> Iterator[date]:
    """The working days from `first` to `last`, both included."""
    day = first
    while day <= last:
        if is_worked(day):
            yield day
        day += ONE_DAY


def after(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    while count:
        day += ONE_DAY
        count -= is_worked(day)
    return day
