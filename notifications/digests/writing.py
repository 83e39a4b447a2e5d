"""Writing what is due: the digests whose hour has come, and at once what cannot wait for one.

Whoever writes to a person holds the lock of their subscription: mail, lines and next hour are one transaction.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import connection, transaction

from config import clock
from notifications.digests import wording
from notifications.enums import Delivery, Rhythm
from notifications.models import Subscription
from notifications.news import Addressee, NewsItem, not_yet_mailed
from notifications.outbox.box import Letter, put
from notifications.preferences import delivery_of, subscribe
from notifications.readers import Reader, directory
from notifications.registry import KINDS, NOTICE_KINDS
from notifications.rhythm import next_slot

#: People written to in one transaction.
BATCH = 200
#: A digest looks again at the day before: a long transaction may have made news older than the digest that missed it.
OVERLAP = timedelta(days=1)
#: How old news may be and still leave at once; older waits for the digest.
FRESH = timedelta(days=1)


def write_due() -> int:
    """Write to everybody whose hour has come and for whom there is news. Returns how many mails.

    Hours missed while nothing ran are one: the next is counted from now.
    """
    _subscribe_newcomers()
    written = 0
    while (made := _write_batch()) is not None:
        written += made
    return written


def _subscribe_newcomers() -> None:
    known = Subscription.objects.exclude(next_digest_at=None, rhythm__in=[Rhythm.DAILY, Rhythm.WEEKLY])
    rows = directory().everybody().exclude(user_id__in=known.values("user_id"))
    new = sorted(set(rows.values_list("user_id", flat=True)))
    if new:
        with transaction.atomic():
            subscribe(directory().of_users(new), clock.now())


def _write_batch() -> int | None:
    now = clock.now()
    with transaction.atomic():
        rows = Subscription.objects.filter(next_digest_at__lte=now).order_by("next_digest_at", "pk")
        due = list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        if not due:
            return None
        readers = {reader.user_id: reader for reader in directory().of_users([each.pk for each in due])}
        reached = [each for each in due if each.pk in readers and readers[each.pk].email != each.bounced]
        people = {each.pk: Addressee(readers[each.pk].keys, each.covered_until - OVERLAP) for each in reached}
        news = not_yet_mailed(people)
        letters = []
        for each in reached:
            items = [item for item in news.get(each.pk, []) if _is_wanted(item, each)]
            if items:
                letters.append(_digest(readers[each.pk], each.next_digest_at, items))
        for each in due:
            # Whoever left has no next digest; `subscribe` gives them one when they come back.
            is_here = each.pk in readers
            each.next_digest_at = next_slot(now, each.rhythm, each.weekday, each.hour) if is_here else None
        for each in reached:
            each.covered_until = now
        Subscription.objects.bulk_update(due, ["next_digest_at", "covered_until"])
        return put(letters)


def _is_wanted(item: NewsItem, subscription: Subscription) -> bool:
    """What was read on screen is not told again."""
    return not item.is_read and delivery_of(item.kind, subscription) != Delivery.NONE


def _digest(reader: Reader, slot: datetime, items: list[NewsItem]) -> Letter:
    words = wording.digest(reader, items)
    key = f"digest:{reader.user_id}:{slot:%Y-%m-%dT%H:%MZ}"
    return Letter(key, reader, words.subject, words.text, words.html, items)


# ---- at once


def write_urgent() -> int:
    """Write at once what cannot wait, to whoever wants it so. Returns how many mails."""
    since = clock.now() - FRESH
    keys = _keys_in_a_hurry(since)
    if not keys:
        return 0
    readers = {reader.user_id: reader for reader in directory().holding(keys)}
    with transaction.atomic():
        subscribe(readers.values(), clock.now())
        rows = Subscription.objects.filter(pk__in=readers).exclude(rhythm=Rhythm.NEVER).order_by("pk")
        # Somebody else writes to those left out: the next minute finds what is still to tell.
        wanted = [
            each
            for each in rows.select_for_update(skip_locked=True, of=("self",))
            if readers[each.pk].email != each.bounced
        ]
        news = not_yet_mailed({each.pk: Addressee(readers[each.pk].keys, since) for each in wanted})
        letters = []
        for each in wanted:
            items = [item for item in news.get(each.pk, []) if _is_in_a_hurry(item, each)]
            if items:
                letters.append(_urgent(readers[each.pk], items))
        return put(letters)


def _is_in_a_hurry(item: NewsItem, subscription: Subscription) -> bool:
    least = item.kind.at_once_from
    return (
        least is not None and item.level >= least and delivery_of(item.kind, subscription) == Delivery.AT_ONCE
    )


def _keys_in_a_hurry(since: datetime) -> set[str]:
    """The audience keys of fresh news that may leave at once."""
    alerts = {code: int(kind.at_once_from) for code, kind in KINDS.items() if kind.at_once_from is not None}
    notices = [code for code, kind in NOTICE_KINDS.items() if kind.at_once_from is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audience.key FROM unnest(%s::text[], %s::int[]) AS hurry (kind, level)"
            " JOIN notifications_alert AS alert ON alert.kind = hurry.kind AND alert.level >= hurry.level"
            " AND alert.closed_at IS NULL"
            " JOIN notifications_alertaudience AS audience ON audience.alert_id = alert.id AND audience.since > %s"
            " UNION SELECT audience.key FROM notifications_notice AS notice"
            " JOIN notifications_noticeaudience AS audience ON audience.notice_id = notice.id"
            " WHERE notice.posted_at > %s AND notice.ended_at IS NULL AND notice.kind = ANY(%s)",
            [list(alerts), list(alerts.values()), since, since, notices],
        )
        return {key for (key,) in cursor.fetchall()}


def _urgent(reader: Reader, items: list[NewsItem]) -> Letter:
    words = wording.urgent(reader, items)
    told = hashlib.sha256(" ".join(sorted(item.key for item in items)).encode()).hexdigest()[:32]
    return Letter(f"urgent:{reader.user_id}:{told}", reader, words.subject, words.text, words.html, items)
