"""A person's calendar feed (iCalendar, RFC 5545): what the packages of the domain have to show them, as of now.

A source answers for one acting user; the feed of a person is that of all their running memberships. No entry names
anybody: a calendar is often shared, and its address opens without a password.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from icalendar import Calendar, Event

from config import clock
from config.locks import lock_key
from notifications.models import FeedAddress
from notifications.readers import directory
from notifications.registry import receives

#: What the feed shows around today. Long enough back for a cancelled entry to reach every calendar.
BEFORE, AFTER = timedelta(days=60), timedelta(days=366)
#: Entries of one feed at most: the soonest. The whole offer of a Région has fewer.
MOST = 5000
#: SEQUENCE counts minutes from here: it grows with each change, and fits the 32 bits of old calendars.
ORIGIN = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One entry. key: stays the same when it is moved (« session-12-opening »). starts: a day, or an aware moment.

    changed_at: when what is shown was last declared, moved or cancelled. description: counts and places, no person.
    """

    key: str
    title: str
    starts: date | datetime
    changed_at: datetime
    url: str = ""
    place: str = ""
    description: str = ""
    length: timedelta = timedelta(hours=2)
    is_cancelled: bool = False


@dataclass(frozen=True)
class Span:
    """The days that a source is asked for, both included."""

    first: date
    last: date


Source = Callable[[Any, Span], Iterable[Entry]]
_SOURCES: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    """Register a function (acting user, span) -> entries."""

    def registered(function: Source) -> Source:
        if name in _SOURCES:
            raise ValueError(f"calendar source {name} is registered twice")
        _SOURCES[name] = function
        return function

    return registered


# ---- the secret address


def renew(user_id: int) -> str:
    """Draw a new secret for a person; the one before opens nothing any more. Returns the secret, kept nowhere."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        _wait_for_turn(user_id)
        revoke(user_id)
        FeedAddress.objects.create(user_id=user_id, token_hash=FeedAddress.hash_of(token))
    return token


def revoke(user_id: int) -> bool:
    """Close a person's feed. Returns False when it was closed."""
    return bool(FeedAddress.objects.standing().filter(user=user_id).update(revoked_at=clock.now()))


def _wait_for_turn(user_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(f"feed:{user_id}")])


# ---- the feed


def feed(token: str) -> bytes | None:
    """The calendar behind a secret, as its owner would see it now; None when it opens nothing (any more)."""
    address = FeedAddress.objects.of_token(token).first()
    if address is None:
        return None
    actors = [actor for actor in directory().actors_of(address.user_id) if receives(actor)]
    if not actors:
        return None
    today = clock.today()
    span = Span(today - BEFORE, today + AFTER)
    entries = {
        entry.key: entry for actor in actors for find in _SOURCES.values() for entry in find(actor, span)
    }
    return calendar(entries.values())


def calendar(entries: Iterable[Entry]) -> bytes:
    """Entries as a calendar file; the same entries are the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Jalons//Agenda//FR")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Jalons")
    made.add("x-wr-timezone", settings.TIME_ZONE)
    made.add("refresh-interval", timedelta(hours=4), parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT4H")
    soonest = sorted(entries, key=lambda entry: (_day(entry.starts), entry.key))[:MOST]
    if any(isinstance(entry.starts, datetime) for entry in soonest):
        made.add_component(_zone())
    for entry in soonest:
        made.add_component(_event(entry))
    return made.to_ical()


@cache
def _zone():
    """Paris and its changes of time, over all the years that a feed may show."""
    from icalendar import Timezone

    return Timezone.from_tzid(settings.TIME_ZONE, first_date=date(2015, 1, 1), last_date=date(2040, 1, 1))


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@jalons")
    # Not the moment of reading: what has not changed must stay the same bytes (ETag).
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", max(0, int((entry.changed_at - ORIGIN).total_seconds() // 60)))
    event.add("summary", f"Annulé : {entry.title}" if entry.is_cancelled else entry.title)
    event.add("dtstart", entry.starts)
    is_moment = isinstance(entry.starts, datetime)
    event.add("dtend", entry.starts + (entry.length if is_moment else timedelta(days=1)))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if is_moment and not entry.is_cancelled else "TRANSPARENT")
    if entry.place:
        event.add("location", entry.place)
    if entry.description:
        event.add("description", entry.description)
    if entry.url:
        event.add("url", f"{settings.SITE_URL.rstrip('/')}{entry.url}")
    return event


def _day(starts: date | datetime) -> date:
    return starts.date() if isinstance(starts, datetime) else starts
