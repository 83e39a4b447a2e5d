"""What is addressed to people: open alerts and current notices, in one order, for the page and for e-mails alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from notifications.enums import Source
from notifications.registry import KINDS, NOTICE_KINDS, Kind, NoticeKind

#: How far back the page of notifications goes.
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class NewsItem:
    """One piece of news for one person. since: from when on it was news for a key that they hold."""

    source: str
    source_id: int
    level: int
    kind_code: str
    title: str
    detail: str
    url: str
    due_on: date | None
    since: datetime
    is_read: bool

    @property
    def key(self) -> str:
        """« alert-12-3 »: names the news in a form; an alert that is raised becomes another one."""
        return f"{self.source}-{self.source_id}-{self.level}"

    @property
    def kind(self) -> Kind | NoticeKind:
        return KINDS[self.kind_code] if self.source == Source.ALERT else NOTICE_KINDS[self.kind_code]


@dataclass(frozen=True)
class Addressee:
    """For whom to look: the keys that they hold now, and news since when."""

    keys: Collection[str]
    since: datetime


#: %(…)s: users, keys, since (one element per key held), alert_kinds, notice_kinds.
ADDRESSED = """
WITH reader AS (SELECT * FROM unnest(%(users)s::bigint[], %(keys)s::text[], %(since)s::timestamptz[])
                AS reader (user_id, key, since)),
addressed AS (
    SELECT reader.user_id, 'alert' AS source, audience.alert_id AS source_id, min(audience.since) AS since
    FROM reader JOIN notifications_alertaudience AS audience
      ON audience.key = reader.key AND audience.since > reader.since
    GROUP BY reader.user_id, audience.alert_id
    UNION ALL
    SELECT reader.user_id, 'notice', audience.notice_id, min(audience.since)
    FROM reader JOIN notifications_noticeaudience AS audience
      ON audience.key = reader.key AND audience.since > reader.since
    GROUP BY reader.user_id, audience.notice_id),
news AS (
    SELECT addressed.*, alert.level, alert.kind, alert.title, alert.detail, alert.url, alert.due_on
    FROM addressed JOIN notifications_alert AS alert ON addressed.source = 'alert' AND alert.id = addressed.source_id
    WHERE alert.closed_at IS NULL AND alert.kind = ANY(%(alert_kinds)s)
    UNION ALL
    SELECT addressed.*, notice.level, notice.kind, notice.title, notice.detail, notice.url, notice.due_on
    FROM addressed JOIN notifications_notice AS notice
      ON addressed.source = 'notice' AND notice.id = addressed.source_id
    WHERE notice.ended_at IS NULL AND notice.kind = ANY(%(notice_kinds)s)
      AND notice.actor_id IS DISTINCT FROM addressed.user_id)
"""
COLUMNS = "source, source_id, level, kind, title, detail, url, due_on, since"
#: Whether a row of `mark` is about the same news for the same person.
SAME = (
    "{mark}.{person} = news.user_id AND {mark}.source = news.source AND {mark}.source_id = news.source_id"
    " AND {mark}.level = news.level"
)
READ = (
    f"EXISTS (SELECT 1 FROM notifications_readmark mark WHERE {SAME.format(mark='mark', person='user_id')})"  # noqa: S608
)
MAILED = f"EXISTS (SELECT 1 FROM notifications_mailline line WHERE {SAME.format(mark='line', person='recipient_id')})"  # noqa: S608


def _arguments(people: Mapping[int, Addressee]) -> dict[str, Any]:
    rows = [(user, key, each.since) for user, each in people.items() for key in sorted(each.keys)]
    users, keys, since = zip(*rows, strict=True) if rows else ((), (), ())
    return {
        "users": list(users),
        "keys": list(keys),
        "since": list(since),
        "alert_kinds": sorted(KINDS),
        "notice_kinds": sorted(NOTICE_KINDS),
    }


def _rows(sql: str, people: Mapping[int, Addressee], **more: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSED + sql, {**_arguments(people), **more})
        return cursor.fetchall()


def latest(
    user_id: int, to: Addressee, limit: int, *, unread_only: bool, before: tuple[datetime, str] | None = None
) -> list[NewsItem]:
    """The news of one person, newest first. before: (since, key) of the item after which the page goes on."""
    sql = f"""
        SELECT {COLUMNS}, {READ} AS is_read FROM news
        WHERE (%(unread_only)s IS FALSE OR NOT {READ})
          AND (%(at)s::timestamptz IS NULL OR (since, source || '-' || source_id) < (%(at)s, %(place)s))
        ORDER BY since DESC, source || '-' || source_id DESC LIMIT %(limit)s
    """  # noqa: S608
    at, place = before or (None, "")
    rows = _rows(sql, {user_id: to}, limit=limit, unread_only=unread_only, at=at, place=place)
    return [NewsItem(*row) for row in rows]


def find(user_id: int, to: Addressee, key: str) -> NewsItem | None:
    """The news of this key, if it is addressed to the person."""
    source, _, rest = key.partition("-")
    sql = f"SELECT {COLUMNS}, {READ} FROM news WHERE source = %(source)s AND source_id || '-' || level = %(rest)s"  # noqa: S608
    rows = _rows(sql, {user_id: to}, source=source, rest=rest)
    return NewsItem(*rows[0]) if rows else None


def unread_count(user_id: int, to: Addressee, at_most: int) -> int:
    """How much news the person has not read; counting stops at `at_most`."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM news WHERE NOT {READ} LIMIT %(at_most)s) AS unread"  # noqa: S608
    ((number,),) = _rows(sql, {user_id: to}, at_most=at_most)
    return number


def mark_read(
    user_id: int, to: Addressee, now: datetime, key: str | None = None, until: datetime | None = None
) -> int:
    """Mark one piece of news as read, or all that were news by `until`. Returns how many were unread."""
    sql = """
        INSERT INTO notifications_readmark (user_id, source, source_id, level, read_at)
        SELECT user_id, source, source_id, level, %(now)s FROM news
        WHERE (%(key)s::text IS NULL OR source || '-' || source_id || '-' || level = %(key)s)
          AND (%(until)s::timestamptz IS NULL OR since <= %(until)s)
        ON CONFLICT (user_id, source, source_id, level) DO NOTHING RETURNING 1
    """
    return len(_rows(sql, {user_id: to}, now=now, key=key, until=until))


def not_yet_mailed(people: Mapping[int, Addressee]) -> dict[int, list[NewsItem]]:
    """User id -> the news that no e-mail has told them, the most urgent first; nobody without any."""
    sql = f"""
        SELECT user_id, {COLUMNS}, {READ} FROM news WHERE NOT {MAILED}
        ORDER BY user_id, level DESC, due_on NULLS LAST, kind, source, source_id
    """  # noqa: S608
    found: dict[int, list[NewsItem]] = defaultdict(list)
    for user_id, *row in _rows(sql, people):
        found[user_id].append(NewsItem(*row))
    return dict(found)
