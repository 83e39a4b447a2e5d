"""Correcting a recorded fact: the page says what it would change before anything is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from pathways import corrections, trials
from pathways.dry_run import look_ahead
from pathways.effects import Comparison, Effect, effects, grouped
from pathways.facts import Fact
from pathways.forms.correction import CorrectionForm, Way
from pathways.guards import Refusal, TransitionRefused
from pathways.menu import PEOPLE_ROLES
from pathways.merging.parting import lock_people_first
from pathways.models import Event, Pathway
from pathways.replay import ImpossibleHistory, history
from pathways.story import timeline
from pathways.transitions import lock, roles_of
from pathways.variants import EARLY_EXIT
from pathways.viewpoint import view_of
from pathways.views.access import for_roles
from pathways.views.fact import crumbs


@dataclass(frozen=True)
class Forecast:
    """What one way of correcting would change, or why it is impossible; `seen` is its fingerprint."""

    changes: tuple[Effect, ...] = ()
    refusal: Refusal | None = None
    obstacles: tuple[trials.Obstacle, ...] = ()
    seen: str = ""

    @property
    def groups(self):
        return grouped(self.changes)


@require_http_methods(["GET", "POST"])
@for_roles(*PEOPLE_ROLES)
def correct(request: HttpRequest, pathway_id: int, event_id: int) -> HttpResponse:
    """GET tells what taking the fact back would change; POST records (`way`) what has been seen, or shows it first."""
    event = _event_or_404(request, pathway_id, event_id)
    if request.method == "POST" and _was_recorded(event, request.POST.get("key", "")):
        return redirect("pathways:file", pathway_id)
    known = history(pathway_id)
    refusal = corrections.refusal_to_annul(event, known, request.actor)
    form = _form(request, event)
    if refusal is not None or request.method != "POST":
        return _page(request, event, form, known, refusal=refusal)
    if form.is_valid() and form.way in (Way.ANNUL, Way.RESTATE):
        return _record_if_seen(request, event, form)
    restated = _restated(event, form, known, request.actor) if form.has_statement else None
    return _page(request, event, form, known, restated=restated)


@require_POST
@for_roles(*PEOPLE_ROLES)
def preview(request: HttpRequest, pathway_id: int, event_id: int) -> HttpResponse:
    """A part of the page of `correct`: what the fact, as it is being typed, would change."""
    event, known = _event_or_404(request, pathway_id, event_id), history(pathway_id)
    form = _form(request, event)
    refusal = corrections.refusal_to_annul(event, known, request.actor)
    if refusal is not None:
        restated = Forecast(refusal=refusal)
    else:
        restated = _restated(event, form, known, request.actor) if form.has_statement else None
    context = {"form": form, "restated": restated, "is_typing": restated is None, "is_asked": False}
    return render(request, "pathways/correct_restated.html", context)


def _event_or_404(request: HttpRequest, pathway_id: int, event_id: int) -> Event:
    people = Pathway.objects.visible_to(request.actor).select_related("beneficiary")
    pathway = get_object_or_404(people, pk=pathway_id)
    rows = Event.objects.visible_to(request.actor).about([pathway.pk])
    event = get_object_or_404(rows.select_related("actor", "organisation", "annuls"), pk=event_id)
    event.pathway = pathway  # in whichever of its files the fact was recorded
    return event


def _form(request: HttpRequest, event: Event) -> CorrectionForm:
    kinds = (EARLY_EXIT.kind, EARLY_EXIT.becomes)
    may_change_exit = event.kind in kinds and all(request.actor.role in roles_of(kind) for kind in kinds)
    return CorrectionForm(event, request.POST or None, may_change_exit=may_change_exit)


def _was_recorded(event: Event, key: str) -> bool:
    """The second click on the same button: what it asks for has been recorded by the first."""
    return bool(key) and Event.objects.about([event.pathway_id]).filter(idempotency_key=key).exists()


# ---- looking ahead


def _annulled(event: Event, form: CorrectionForm, known: list[Fact], actor) -> Forecast:
    """What taking the fact back would change, from facts alone: nothing is written."""
    trial = trials.without(event, known, actor)
    if trial.refusal is not None:
        return Forecast(refusal=trial.refusal, obstacles=trial.obstacles)
    return _forecast(event, form.fingerprint(Way.ANNUL, known), known, list(trial.facts), actor)


def _restated(event: Event, form: CorrectionForm, known: list[Fact], actor) -> Forecast:
    """What stating the fact right would change: the door itself is asked, then everything is left as it was."""
    try:
        facts = look_ahead(
            lambda: _record(form, event, actor, Way.RESTATE), lambda: history(event.pathway_id)
        )
    except TransitionRefused as refused:
        return Forecast(
            refusal=trials.refusal_of(refused, event, actor), obstacles=_obstacles(refused, event, actor)
        )
    return _forecast(event, form.fingerprint(Way.RESTATE, known), known, facts, actor)


def _obstacles(refused: TransitionRefused, event: Event, actor) -> tuple[trials.Obstacle, ...]:
    cause = refused.__cause__
    if not isinstance(cause, ImpossibleHistory) or cause.fact.id is None:
        return ()
    return tuple(trials.named([cause.fact], event, actor))


def _forecast(event: Event, seen: str, known: list[Fact], facts: list[Fact], actor) -> Forecast:
    before, after = (view_of(side, event.pathway, actor) for side in (known, facts))
    try:
        changes = effects(Comparison(event.pathway, actor, before, after))
    except TransitionRefused as refused:
        return Forecast(refusal=refused.refusal)
    return Forecast(tuple(changes), seen=seen)


# ---- recording


def _record(form: CorrectionForm, event: Event, actor, way: str, key: str | None = None) -> None:
    """Take the fact back or state it right. Raises TransitionRefused."""
    # A preview is asked for before the reason is typed; the door wants one.
    why = form.cleaned_data.get("why") or "Aperçu"
    if way == Way.ANNUL:
        corrections.annul(event.pk, actor, comment=why, idempotency_key=key)
        return
    said = form.statement()
    corrections.correct(
        event.pk, actor, comment=why, fact_comment=said.pop("comment"), idempotency_key=key, **said
    )


def _record_if_seen(request: HttpRequest, event: Event, form: CorrectionForm) -> HttpResponse:
    """Record what the page has shown; show it first when it has not, or when the history has grown since."""
    actor, restated = request.actor, None
    try:
        with transaction.atomic():
            lock_people_first(event)
            lock(event.pathway_id, actor)  # nothing comes between what was seen and what is recorded
            known = history(event.pathway_id)
            if form.was_seen(known):
                _record(form, event, actor, form.way, form.cleaned_data["key"] or None)
                return _recorded(request, event, form)
    except TransitionRefused as refused:
        form.refuse(trials.refusal_of(refused, event, actor))
        return _page(request, event, form, known)
    if not form.annuls:
        restated = _restated(event, form, known, actor)
    return _page(request, event, form, known, restated=restated, is_stale=form.annuls)


def _recorded(request: HttpRequest, event: Event, form: CorrectionForm) -> HttpResponse:
    _, restores = _origin(event)
    said = "rétabli" if restores else "retiré" if form.annuls else "rectifié"
    messages.success(request, f"Fait {said}. L'historique garde la trace de la correction.")
    return redirect("pathways:file", event.pathway_id)


# ---- the page


def _origin(event: Event) -> tuple[Event, bool]:
    """The fact that a chain of corrections is about, and whether taking `event` back states that fact again."""
    shown, restores = event, False
    while shown.annuls is not None:
        shown, restores = shown.annuls, not restores
    return shown, restores


def _page(
    request: HttpRequest,
    event: Event,
    form: CorrectionForm,
    known: list[Fact],
    *,
    refusal: Refusal | None = None,
    restated: Forecast | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    """restated: what the form as typed would change. is_stale: the history has grown since the page was read."""
    shown, restores = _origin(event)
    label = "Rétablir un fait retiré" if restores else "Corriger un fait"
    # The fact as it was stated: its corrections are not the subject here.
    entry = {**timeline([shown], [], request.actor, event.pathway_id)[0], "actions": []}
    context: dict[str, Any] = {
        "event": event,
        "pathway": event.pathway,
        "entry": entry,
        "label": label,
        "restores": restores,
        "form": form,
        "refusal": refusal,
        "annulled": None if refusal else _annulled(event, form, known, request.actor),
        "restated": restated,
        "is_asked": restated is not None,
        "is_typing": False,
        "is_stale": is_stale,
        "crumbs": crumbs(event.pathway, label),
    }
    return render(request, "pathways/correct.html", context, status=422 if form.errors else 200)
