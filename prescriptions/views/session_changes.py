"""Cancelling a session, or moving it to other dates: each asks, says how many people are concerned, then does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.ui.dates import count, day
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.views.access import for_roles
from prescriptions import session_changes
from prescriptions.forms import CancelForm, PostponeForm
from prescriptions.models import Session
from prescriptions.views.sessions import crumbs_below

#: How many replacements the page offers.
REPLACEMENTS_SHOWN = 8


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER, Role.REGION_OFFICER)
def cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    """The reason and, if there is one, the session proposed instead."""
    session = _session_or_404(request, session_id)
    others = session_changes.replacements(session, request.actor)[:REPLACEMENTS_SHOWN]
    form = CancelForm(list(others), request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            report = session_changes.cancel_session(
                session, request.actor, asked["reason"], asked["replacement"]
            )
        except TransitionRefused as refused:
            form.add_error(None, str(refused.refusal))
        else:
            messages.success(request, _told_cancelled(len(report.done)))
            return redirect("prescriptions:session", session.pk)
    return _page(request, "prescriptions/session_cancel.html", session, form, "Annuler la session")


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER, Role.REGION_OFFICER)
def postpone(request: HttpRequest, session_id: int) -> HttpResponse:
    """The new dates and the reason; nobody loses their seat."""
    session = _session_or_404(request, session_id)
    form = PostponeForm(session, request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            report = session_changes.postpone_session(
                session, request.actor, asked["starts_on"], asked["ends_on"], asked["reason"]
            )
        except TransitionRefused as refused:
            form.add_error(None, str(refused.refusal))
        else:
            messages.success(request, _told_postponed(asked["starts_on"], len(report.done)))
            return redirect("prescriptions:session", session.pk)
    return _page(request, "prescriptions/session_postpone.html", session, form, "Reporter la session")


def _session_or_404(request: HttpRequest, session_id: int) -> Session:
    rows = Session.objects.visible_to(request.actor).with_offer().select_related("action__formation")
    return get_object_or_404(rows, pk=session_id)


def _page(request: HttpRequest, template: str, session: Session, form: Any, here: str) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "concerned": session.prescriptions.live().count(),
        "crumbs": crumbs_below(session, here),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _told_cancelled(ended: int) -> str:
    if not ended:
        return "Session annulée. Aucune candidature n'était en cours."
    people = count(ended, "candidature est close,candidatures sont closes")
    return f"Session annulée. {people} ; les référents les retrouvent dans leur pile."


def _told_postponed(starts_on, told: int) -> str:
    said = f"Session reportée au {day(starts_on)}."
    if not told:
        return f"{said} Aucune candidature n'était en cours."
    people = count(told, "personne est prévenue,personnes sont prévenues")
    return f"{said} {people} par leur référent, qui dit si elles gardent leur place."
