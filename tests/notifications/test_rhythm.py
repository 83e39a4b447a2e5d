"""When digests leave: the hour is the one of a clock on the wall in Paris, also on days of 23 or 25 hours."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.enums import Rhythm, Weekday
from notifications.rhythm import next_slot

PARIS = ZoneInfo("Europe/Paris")


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (local(2026, 3, 2, 7, 59), local(2026, 3, 2, 8)),  # a Monday
        (local(2026, 3, 2, 8), local(2026, 3, 3, 8)),  # strictly after
        (local(2026, 3, 6, 8, 1), local(2026, 3, 9, 8)),  # Friday to Monday
        (local(2026, 3, 27, 9), local(2026, 3, 30, 8)),  # over the night when summer time begins
        (local(2026, 10, 23, 9), local(2026, 10, 26, 8)),  # and the one when it ends
    ],
)
def test_daily_from_monday_to_friday(after, expected):
    found = next_slot(after.astimezone(UTC), Rhythm.DAILY, Weekday.MONDAY, 8)
    assert found == expected
    assert (found.tzinfo, found.astimezone(PARIS).hour) == (UTC, 8)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (local(2026, 3, 5, 13, 59), local(2026, 3, 5, 14)),
        (local(2026, 3, 5, 14), local(2026, 3, 12, 14)),
        (local(2026, 3, 28, 0), local(2026, 4, 2, 14)),
    ],
)
def test_weekly_on_its_day(after, expected):
    assert next_slot(after.astimezone(UTC), Rhythm.WEEKLY, Weekday.THURSDAY, 14) == expected


def test_a_sunday_of_change_keeps_its_hour():
    for day in (local(2026, 3, 29, 0), local(2026, 10, 25, 0)):
        assert next_slot(day, Rhythm.WEEKLY, Weekday.SUNDAY, 6).astimezone(PARIS).hour == 6


def test_never():
    assert next_slot(local(2026, 3, 2, 8), Rhythm.NEVER, Weekday.MONDAY, 8) is None
