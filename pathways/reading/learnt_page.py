"""The list of what has been learnt since a reading, in the place of the page that was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.ui.tables import url_with
from pathways.facts import Kind
from pathways.keyset import Sort, page
from pathways.models import Event, Pathway
from pathways.reading import addresses
from pathways.reading.learnt import events_since, learnt_since
from pathways.story import Teller, headline

ASKED = "appris"
PAGE_SIZE = 50
LATEST_FIRST = Sort("recorded_at", is_descending=True)


def is_asked(request: HttpRequest) -> bool:
    return bool(request.GET.get(ASKED))


def learnt_page(request: HttpRequest, people: QuerySet[Pathway]) -> HttpResponse:
    """Every fact and correction learnt since about these people, the latest first. 403 for whom reads counts only."""
    learnt = learnt_since(request.reading, request.actor, people)
    if not learnt.can_be_listed:
        raise PermissionDenied("La liste des faits n'est pas ouverte à votre rôle.")
    rows = events_since(request.reading, people).visible_to(request.actor)
    rows = rows.select_related(
        "pathway__beneficiary",
        "actor",
        "organisation",
        "annuls__annuls",
        "annuls__actor",
        "annuls__organisation",
    )
    shown = page(rows, LATEST_FIRST, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    context = {
        "reading": request.reading,
        "learnt": learnt,
        "lines": _lines(shown.rows, request.actor),
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
        "back_url": addresses.address(
            request, request.reading, **{ASKED: None, "apres": None, "avant": None}
        ),
    }
    return render(request, "pathways/learnt.html", context)


def _lines(events: Sequence[Event], actor) -> list[dict[str, Any]]:
    """One line per event: about which fact, and what was learnt of it."""
    about = {event.pk: _about(event) for event in events}
    right = _restated(events)
    teller = Teller([*about.values(), *right.values()], [], actor)
    return [_line(event, about[event.pk], right.get(event.pk), teller) for event in events]


def _about(event: Event) -> Event:
    """The fact that an annulment is about; an annulment of an annulment states the first fact again."""
    if event.kind != Kind.ANNUL:
        return event
    return event.annuls.annuls or event.annuls


def _line(event: Event, about: Event, right: Event | None, teller: Teller) -> dict[str, Any]:
    is_correction = event.kind == Kind.ANNUL
    if not is_correction:
        what = "Appris"
    elif event.annuls.kind == Kind.ANNUL:
        what = "Rétabli"
    else:
        what = "Rectifié" if right else "Retiré"
    hidden = is_correction and teller.hides_reason(event, about)
    return {
        "event": event,
        "person": event.pathway.beneficiary,
        # What was recorded in a file joined to another is read in that one.
        "pathway_id": event.pathway.merged_into_id or event.pathway_id,
        "occurred_on": about.occurred_on,
        "title": headline(about, teller.actor),
        "detail": teller.detail(about),
        "what": what,
        "tone": "warning" if is_correction else "info",
        "icon": "arrow-back-up" if is_correction else "plus",
        "right": f"{headline(right, teller.actor)}, le {right.occurred_on:%d/%m/%Y}" if right else "",
        "reason": event.comment if is_correction and not hidden else "",
        "who": str(event.actor) if event.actor else "Jalons",
        "organisation": str(event.organisation) if event.organisation else "",
    }


def _restated(events: Sequence[Event]) -> dict[int, Event]:
    """Annulment id -> the right fact stated with it, in the place of the wrong one."""
    places = {}
    for event in events:
        if event.kind == Kind.ANNUL and event.annuls.kind != Kind.ANNUL:
            place = event.annuls.position if event.annuls.position is not None else event.annuls_id
            places[event.pathway_id, place] = event
    if not places:
        return {}
    rows = Event.objects.filter(
        pathway__in={pathway for pathway, _ in places}, position__in={place for _, place in places}
    ).exclude(kind=Kind.ANNUL)
    found = {}
    for row in rows.order_by("pk"):
        annulment = places.get((row.pathway_id, row.position))
        if annulment is not None and row.pk > annulment.pk:
            found.setdefault(annulment.pk, row)
    return found
