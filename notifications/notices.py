"""Telling people once what happened: a refusal, a seat offered, a session cancelled.

    REFUSED = notices.declare("refused", "Refus reçu", "circle-x", level=Level.WARNING)   # where the cause lives
    notices.post("refused", [in_organisation(Role.REFERENT, pole_id)], title="Camille Martin", detail="…",
                 url=reverse(…), actor_user_id=actor.user_id, subject_key=f"prescription:{pk}")

Posted in the transaction of its cause: both are kept or neither. Whoever acted is not told of their own action.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from config import clock
from notifications.enums import Delivery, Level
from notifications.models import Notice
from notifications.registry import ALL_ROLES, KINDS, NOTICE_KINDS, NoticeKind

#: The notices to post, as rows of a statement.
TOLD = (
    "jsonb_to_recordset(%s::jsonb) AS told (subject_key text, title text, detail text, url text, due_on date,"
    " actor_id bigint, fingerprint text, keys jsonb)"
)
REPLACE = (
    "UPDATE notifications_notice AS notice SET ended_at = %s FROM " + TOLD + " WHERE notice.kind = %s"  # noqa: S608
    " AND notice.subject_key = told.subject_key AND notice.ended_at IS NULL"
    " AND notice.fingerprint <> told.fingerprint"
)
POST = (
    "WITH told AS (SELECT * FROM " + TOLD + "), made AS (INSERT INTO notifications_notice"  # noqa: S608
    " (kind, level, posted_at, subject_key, title, detail, url, due_on, actor_id, fingerprint)"
    " SELECT %s, %s, %s, subject_key, title, detail, url, due_on, actor_id, fingerprint FROM told"
    " ORDER BY subject_key"
    " ON CONFLICT (kind, subject_key) WHERE ended_at IS NULL DO NOTHING RETURNING id, subject_key),"
    " addressed AS (INSERT INTO notifications_noticeaudience (notice_id, key, since)"
    " SELECT made.id, key, %s FROM made JOIN told USING (subject_key), jsonb_array_elements_text(told.keys) AS key)"
    " SELECT count(*) FROM made"
)


@dataclass(frozen=True)
class News:
    """One notice to post. subject_key: what it is about, « <thing>:<id> ». audience_keys: as for alerts.

    title: who or which session. detail: a sentence. url: the page where one acts. due_on: last day to do something.
    """

    audience_keys: Collection[str]
    title: str
    detail: str
    url: str
    subject_key: str
    actor_user_id: int | None = None
    due_on: date | None = None

    @property
    def fingerprint(self) -> str:
        told = (self.title, self.detail, self.url, self.due_on, sorted(self.audience_keys))
        return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def declare(
    code: str,
    label: str,
    icon: str,
    *,
    level: int = Level.NOTICE,
    delivery: str = Delivery.DIGEST,
    names_nobody: bool = False,
    roles: Iterable = ALL_ROLES,
) -> NoticeKind:
    """Make a kind of notice known, once, when its module is imported.

    delivery: how it leaves by e-mail unless the reader chose otherwise. names_nobody: title and detail may stand in an
    e-mail, which never names a person (domain.md C, minimisation). roles: whose preferences show it.
    """
    if code in NOTICE_KINDS or code in KINDS:
        raise ValueError(f"notice kind {code} is declared twice")
    NOTICE_KINDS[code] = NoticeKind(
        code,
        label,
        icon,
        Level(level),
        Delivery(delivery),
        names_nobody,
        frozenset(roles),
        at_once_from=level if delivery == Delivery.AT_ONCE else None,
    )
    return NOTICE_KINDS[code]


def post(
    kind: str,
    audience_keys: Collection[str],
    title: str,
    detail: str,
    url: str,
    actor_user_id: int | None,
    subject_key: str,
    *,
    due_on: date | None = None,
) -> bool:
    """Tell the holders of some keys. Returns False when they have been told these very words already.

    Other words about the same subject replace the current notice of this kind, which is then new again.
    Raises KeyError for an undeclared kind.
    """
    news = News(audience_keys, title, detail, url, subject_key, actor_user_id, due_on)
    return post_many(kind, [news]) == 1


def post_many(kind: str, news: Iterable[News]) -> int:
    """Post notices of one kind about many subjects, in a fixed number of statements. Returns how many are new.

    Of two about one subject, the last holds. Raises KeyError for an undeclared kind.
    """
    level = NOTICE_KINDS[kind].level
    last = {each.subject_key: each for each in news if each.audience_keys}
    if not last:
        return 0
    # In the order of the subjects: two callers never wait for each other crosswise.
    told, now = json.dumps([_row(last[key]) for key in sorted(last)]), clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REPLACE, [now, told, kind])
        cursor.execute(POST, [told, kind, int(level), now, now])
        return cursor.fetchone()[0]


def _row(news: News) -> dict:
    return {
        "subject_key": news.subject_key,
        "title": news.title[:255],
        "detail": news.detail,
        "url": news.url,
        "due_on": news.due_on.isoformat() if news.due_on else None,
        "actor_id": news.actor_user_id,
        "fingerprint": news.fingerprint,
        "keys": sorted(set(news.audience_keys)),
    }


def withdraw(kind: str, subject_keys: Collection[str]) -> int:
    """Take back the current notices of a kind about these subjects: there is nothing to tell any more."""
    current = Notice.objects.filter(kind=kind, subject_key__in=sorted(subject_keys), ended_at=None)
    return current.order_by().update(ended_at=clock.now())
