"""What time it is for the whole product.

Everything that dates a fact asks this module, never `timezone.now()`: the demo plays a past year and tests stand at a
chosen day with `at()`, through the very same doors as a user of today.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

_pinned: ContextVar[datetime | None] = ContextVar("jalons_clock", default=None)


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _pinned.get() or timezone.now()


def today() -> date:
    """The current day in the time zone of the product (Europe/Paris)."""
    return now().astimezone(timezone.get_default_timezone()).date()


@contextmanager
def at(moment: datetime | date) -> Iterator[datetime]:
    """Stand at `moment` (a day means its noon) for the duration of the block."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12))
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    token = _pinned.set(moment)
    try:
        yield moment
    finally:
        _pinned.reset(token)
