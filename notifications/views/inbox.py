"""The reader's notifications: newest first, marked as read one by one or all together."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_POST, require_safe

from config import clock
from config.ui.dates import ago, count
from config.ui.tables import url_with
from notifications import inbox
from notifications.enums import TONES, Level
from notifications.news import NewsItem

PAGE = 30
#: Unread news is the first thing one comes for; the rest is a click away.
UNREAD, ALL = "", "toutes"


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """`voir=toutes` shows what has been read too; `apres` goes on after an item (« since~key »)."""
    shows_all = request.GET.get("voir") == ALL
    items, has_more = inbox.page(
        request.actor, PAGE, unread_only=not shows_all, before=_place(request.GET.get("apres", ""))
    )
    unread = inbox.unread(request.actor)
    context = {
        "lines": [_line(item) for item in items],
        "unread": unread,
        "is_many": unread >= inbox.MANY,
        "filters": [
            {
                "label": "Non lues",
                "url": url_with(request, voir=None, apres=None),
                "is_active": not shows_all,
            },
            {
                "label": "Toutes, sur 30 jours",
                "url": url_with(request, voir=ALL, apres=None),
                "is_active": shows_all,
            },
        ],
        "shows_all": shows_all,
        "next_url": url_with(request, apres=_cursor(items[-1])) if has_more else "",
        "now": clock.now().isoformat(),
    }
    return render(request, "notifications/notifications.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark as read: `cle` one item (with `ouvrir`, go on to its page), else all that came until `jusqua`."""
    key = request.POST.get("cle", "")
    if not key:
        return _read_all(request)
    item = inbox.find(request.actor, key)
    if item is None:
        raise Http404("Cette notification n'est pas, ou n'est plus, pour vous.")
    inbox.mark(request.actor, key)
    if "ouvrir" in request.POST and item.url:
        return redirect(item.url)
    return redirect(_back(request))


def _read_all(request: HttpRequest) -> HttpResponse:
    until = _moment(request.POST.get("jusqua", "")) or clock.now()
    number = inbox.mark_all(request.actor, until)
    if number:
        messages.success(
            request, f"{count(number, 'notification marquée comme lue,notifications marquées comme lues')}."
        )
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    address = reverse("notifications:inbox")
    return f"{address}?voir={ALL}" if request.POST.get("voir") == ALL else address


def _line(item: NewsItem) -> dict:
    """An item as the component `pile` shows it. Opening it is what marks it: a plain link would leave it unread."""
    address = reverse("notifications:read")
    mark = {
        "label": "Marquer comme lue",
        "url": address,
        "is_post": True,
        "icon": "check",
        "fields": {"cle": item.key},
    }
    opened = {"label": "Ouvrir", "url": address, "is_post": True, "fields": {"cle": item.key, "ouvrir": "1"}}
    actions = [] if item.is_read else [*([opened] if item.url else []), mark]
    return {
        "person": item.title,
        "url": item.url if item.is_read else "",
        "why": item.detail,
        "tone": "" if item.is_read else TONES[Level(item.level)],
        "urgency": ago(item.since, clock.now()),
        "kind": item.kind.label,
        "key": item.key,
        "actions": actions,
    }


def _cursor(item: NewsItem) -> str:
    return f"{item.since.isoformat()}~{item.source}-{item.source_id}"


def _place(cursor: str) -> tuple[datetime, str] | None:
    since, _, place = cursor.partition("~")
    moment = _moment(since)
    return (moment, place) if moment and place else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and is_aware(moment) else None
