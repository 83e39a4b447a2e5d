"""The reader's own news on screen: what the bell counts and the page lists, under the role they act in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config import clock
from notifications import news
from notifications.models import ReadMark
from notifications.news import WINDOW, Addressee, NewsItem
from notifications.registry import keys_of

#: The bell counts no further.
MANY = 100


def _to(actor: Any) -> Addressee:
    """Only what the keys of the acting user open: news of an access that has ended is gone with it."""
    return Addressee(keys_of(actor), clock.now() - WINDOW)


def unread(actor: Any) -> int:
    """How much unread news the reader has, at most MANY."""
    return news.unread_count(actor.user_id, _to(actor), MANY)


def page(
    actor: Any, size: int, *, unread_only: bool, before: tuple[datetime, str] | None = None
) -> tuple[list[NewsItem], bool]:
    """One page of news, newest first, and whether more follows."""
    found = news.latest(actor.user_id, _to(actor), size + 1, unread_only=unread_only, before=before)
    return found[:size], len(found) > size


def find(actor: Any, key: str) -> NewsItem | None:
    """The news of this key, if the reader may read it."""
    return news.find(actor.user_id, _to(actor), key)


def mark(actor: Any, key: str) -> None:
    """The reader has read this news. A second time changes nothing."""
    news.mark_read(actor.user_id, _to(actor), clock.now(), key=key)


def mark_all(actor: Any, until: datetime) -> int:
    """The reader has read all that was news by `until`: what came since stays unread. Returns how many."""
    return news.mark_read(actor.user_id, _to(actor), clock.now(), until=until)


def forget_old_marks() -> int:
    """Remove the marks of news that no page shows any more. Returns how many."""
    return ReadMark.objects.filter(read_at__lt=clock.now() - 2 * WINDOW).delete()[0]
