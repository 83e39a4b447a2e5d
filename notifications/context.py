"""The bell in the header of every page."""

from functools import cache

from notifications import inbox
from notifications.registry import receives


def bell(request):
    """`has_news`: whether the reader receives any. `bell`: how much is unread, counted when the header asks."""
    actor = getattr(request, "actor", None)
    if not receives(actor):
        return {"has_news": False, "bell": 0}
    if getattr(request, "reading", None) is not None:
        return {"has_news": True, "bell": 0}
    return {"has_news": True, "bell": cache(lambda: inbox.unread(actor))}
