"""The first screen: what awaits a decision from the reader, most urgent first."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.ui.dates import day
from config.ui.tables import url_with
from pathways import deferral
from pathways.actor import Actor
from pathways.pile import Item, Pile, can_entrust, has_sources, lines, pile, source_of
from pathways.views.access import ANY_ROLE, WITH_A_PILE, for_roles
from pathways.welcome import WELCOME

#: Lines shown at once. The counts cover everything; the next lines come up as the first are settled.
LIMIT = 50


@require_safe
@for_roles(*ANY_ROLE)
def my_pile(request: HttpRequest) -> HttpResponse:
    """`?categorie=` keeps one kind of decision, `?a=moi` what the reader has taken or been entrusted with."""
    if not has_sources(request.actor.role):
        return render(request, "pathways/welcome.html", {"welcome": WELCOME[request.actor.role]})
    chosen, mine = request.GET.get("categorie", ""), request.GET.get("a") == "moi"
    found = pile(request.actor, chosen, LIMIT, mine=mine)
    oldest = deferral.oldest_due()
    context = {
        "pile": found,
        "lines": [line(item, request.actor, oldest) for item in found.items],
        "filters": _filters(request, found, chosen),
        "owners": _owners(request, mine) if can_entrust(request.actor.role) else [],
        "is_mine": mine,
        "choices": deferral.choices(),
    }
    return render(request, "pathways/pile.html", context)


@require_safe
@for_roles(*WITH_A_PILE)
def deferred(request: HttpRequest) -> HttpResponse:
    """What the reader has put off and still waits, with the day on which each line comes back."""
    put_off = {each.key: each for each in deferral.running(request.actor)} if request.actor.user else {}
    shown = []
    for item in lines(request.actor, list(put_off)):
        told = put_off[item.key]
        until = f"revient le {day(told.returns_on)}"
        if told.returns_on < told.until:
            until += f", avant le {day(told.until)} choisi : elle serait trop en retard"
        shown.append(
            {
                "item": item,
                "until": until,
                "reason": told.reason,
            }
        )
    context = {
        "lines": shown,
        "crumbs": [
            {"label": "Ma pile du jour", "url": reverse("pathways:pile")},
            {"label": "Lignes différées"},
        ],
    }
    return render(request, "pathways/deferred.html", context)


def line(item: Item, actor: Actor, oldest: date) -> dict[str, Any]:
    """An item as the `pile` component wants it. oldest: a line due before that day is too late to be put off."""
    tone = ""
    if item.days_left is not None and item.days_left <= 2:
        tone = "danger" if item.is_late else "warning"
    source = source_of(actor, item.key) if item.key else None
    query = urlencode({"cle": item.key})
    can_wait = source is not None and (item.due_on is None or item.due_on >= oldest)
    return {
        "person": item.who,
        "url": item.url,
        "why": item.why,
        "due_at": item.due_on,
        "tone": tone,
        "kind": item.category.label,
        "holder": item.holder,
        "defer_key": item.key if source else "",
        "post_url": reverse("pathways:defer"),
        "defer_url": f"{reverse('pathways:defer')}?{query}" if can_wait else "",
        "entrust_url": f"{reverse('pathways:entrust')}?{query}" if source and source.tasks else "",
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


def _owners(request: HttpRequest, mine: bool) -> list[dict[str, Any]]:
    return [
        {"label": "À l'équipe", "url": url_with(request, a=None), "is_active": not mine},
        {"label": "À moi", "url": url_with(request, a="moi"), "is_active": mine},
    ]
