"""When a digest leaves: pure calendar arithmetic in the time zone of the product."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from notifications.enums import Rhythm, Weekday


def next_slot(after: datetime, rhythm: str, weekday: int, hour: int) -> datetime | None:
    """The first moment strictly after `after` (aware) at which a digest leaves, in UTC; None when it never does.

    « hour » is what a clock on the wall in Paris shows, in summer and in winter. Daily: from Monday to Friday.
    """
    if rhythm == Rhythm.NEVER:
        return None
    zone = timezone.get_default_timezone()
    first = after.astimezone(zone).date()
    for days in range(9):
        day = first + timedelta(days=days)
        if rhythm == Rhythm.WEEKLY and day.weekday() != weekday:
            continue
        if rhythm == Rhythm.DAILY and day.weekday() >= Weekday.SATURDAY:
            continue
        slot = datetime.combine(day, time(hour), zone).astimezone(UTC)
        if slot > after:
            return slot
    raise AssertionError("every week has its slot")
