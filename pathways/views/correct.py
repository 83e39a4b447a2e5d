"""Correcting a recorded fact: first what it would change, then the correction itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from pathways import corrections
from pathways.dry_run import look_ahead
from pathways.effects import Effect, effects
from pathways.facts import KINDS, Kind
from pathways.forms.correction import CorrectionForm
from pathways.guards import Refusal, TransitionRefused
from pathways.menu import PEOPLE_ROLES
from pathways.models import Event
from pathways.replay import history
from pathways.story import timeline
from pathways.transitions import roles_of
from pathways.variants import EARLY_EXIT
from pathways.viewpoint import view
from pathways.views.access import for_roles
from pathways.views.fact import crumbs


@require_http_methods(["GET", "POST"])
@for_roles(*PEOPLE_ROLES)
def correct(request: HttpRequest, pathway_id: int, event_id: int) -> HttpResponse:
    """Preview (`step=preview`) then confirm (`step=confirm`) taking a fact back or stating it right."""
    rows = Event.objects.visible_to(request.actor).filter(pathway=pathway_id)
    rows = rows.select_related("pathway__beneficiary", "actor", "organisation", "annuls")
    event = get_object_or_404(rows, pk=event_id)
    refusal = corrections.refusal_to_annul(event, history(pathway_id), request.actor)
    form = CorrectionForm(event, request.POST or None, may_change_exit=_may_change_exit(event, request.actor))
    if refusal is not None or request.method != "POST" or not form.is_valid():
        return _page(request, event, form, refusal=refusal)
    if request.POST.get("step") == "confirm" and form.cleaned_data["seen"] == form.fingerprint():
        return _confirm(request, event, form)
    return _preview(request, event, form)


def _may_change_exit(event: Event, actor) -> bool:
    kinds = (EARLY_EXIT.kind, EARLY_EXIT.becomes)
    return event.kind in kinds and all(actor.role in roles_of(kind) for kind in kinds)


def _record(form: CorrectionForm, event: Event, actor) -> None:
    """Take the fact back or state it right. Raises TransitionRefused."""
    why = form.cleaned_data["why"]
    if form.annuls:
        corrections.annul(event.pk, actor, comment=why, idempotency_key=form.cleaned_data["key"] or None)
        return
    said = form.statement()
    corrections.correct(event.pk, actor, comment=why, fact_comment=said.pop("comment"), **said)


def _preview(request, event: Event, form: CorrectionForm) -> HttpResponse:
    actor = request.actor
    before = view(event.pathway, actor)
    try:
        after = look_ahead(lambda: _record(form, event, actor), lambda: view(event.pathway, actor))
    except TransitionRefused as refused:
        form.refuse(refused.refusal)
        return _page(request, event, form)
    return _page(request, event, form, changes=effects(before, after), seen=form.fingerprint())


def _confirm(request, event: Event, form: CorrectionForm) -> HttpResponse:
    try:
        _record(form, event, request.actor)
    except TransitionRefused as refused:
        form.refuse(refused.refusal)
        return _page(request, event, form)
    said = "rétabli" if event.kind == Kind.ANNUL else "retiré" if form.annuls else "rectifié"
    messages.success(request, f"Fait {said}. L'historique garde la trace de la correction.")
    return redirect("pathways:file", event.pathway_id)


def _page(
    request,
    event: Event,
    form: CorrectionForm,
    *,
    refusal: Refusal | None = None,
    changes: list[Effect] | None = None,
    seen: str = "",
) -> HttpResponse:
    shown = event.annuls or event
    label = "Rétablir un fait retiré" if event.annuls else "Corriger un fait"
    # The fact as it was stated: its corrections are not the subject here.
    entry = {**timeline([shown], [], request.actor)[0], "actions": []}
    context: dict[str, Any] = {
        "event": event,
        "pathway": event.pathway,
        "entry": entry,
        "kind": KINDS[shown.kind],
        "label": label,
        "form": form,
        "refusal": refusal,
        "changes": changes,
        "seen": seen,
        "crumbs": crumbs(event.pathway, label),
    }
    return render(request, "pathways/correct.html", context, status=422 if form.errors else 200)
