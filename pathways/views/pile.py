"""The first screen: what awaits a decision from the reader, most urgent first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.ui.tables import url_with
from pathways.pile import Item, Pile, has_sources, pile
from pathways.views.access import ANY_ROLE, for_roles
from pathways.welcome import WELCOME

#: Lines shown at once. The counts cover everything; the next lines come up as the first are settled.
LIMIT = 50


@require_safe
@for_roles(*ANY_ROLE)
def my_pile(request: HttpRequest) -> HttpResponse:
    """`?categorie=` keeps one kind of decision."""
    if not has_sources(request.actor.role):
        return render(request, "pathways/welcome.html", {"welcome": WELCOME[request.actor.role]})
    chosen = request.GET.get("categorie", "")
    found = pile(request.actor, chosen, LIMIT)
    context = {
        "pile": found,
        "lines": [_line(item) for item in found.items],
        "filters": _filters(request, found, chosen),
    }
    return render(request, "pathways/pile.html", context)


def _line(item: Item) -> dict[str, Any]:
    """An item as the `pile` component wants it."""
    tone = ""
    if item.days_left is not None and item.days_left <= 2:
        tone = "danger" if item.is_late else "warning"
    return {
        "person": item.who,
        "url": item.url,
        "why": item.why,
        "due_at": item.due_on,
        "tone": tone,
        "kind": item.category.label,
        "actions": [
            {"label": action.label, "url": action.url, "is_primary": action.is_main}
            for action in item.actions
        ],
    }


def _filters(request: HttpRequest, found: Pile, chosen: str) -> list[dict[str, Any]]:
    everything = sum(count for _, count in found.counts)
    return [
        {
            "label": "Tout",
            "url": url_with(request, categorie=None),
            "is_active": not chosen,
            "count": everything,
        },
        *(
            {
                "label": category.label,
                "url": url_with(request, categorie=category.code),
                "is_active": category.code == chosen,
                "count": count,
            }
            for category, count in found.counts
        ),
    ]
