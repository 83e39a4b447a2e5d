"""A session near its opening with fewer people than its minimum: maintained, postponed or cancelled (domain.md B13)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.views.access import for_roles
from prescriptions.models import Session
from prescriptions.saturation import minimum
from prescriptions.saturation.board import lines
from prescriptions.saturation.enums import Decision
from prescriptions.saturation.forms import MinimumForm
from prescriptions.views.sessions import crumbs_below

DECIDERS = (Role.REGION_OFFICER, Role.PROVIDER)


@require_http_methods(["GET", "POST"])
@for_roles(*DECIDERS)
def decide(request: HttpRequest, session_id: int) -> HttpResponse:
    """What was decided before stays on the page; carrying out a postponement or a cancellation is the next step."""
    offer = Session.objects.visible_to(request.actor).with_offer().select_related("declared_by")
    session = get_object_or_404(offer, pk=session_id)
    form = MinimumForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decision = minimum.decide(session.pk, request.actor, **form.cleaned_data)
        except TransitionRefused as refused:
            messages.error(request, str(refused.refusal))
            return redirect("prescriptions:session", session.pk)
        messages.success(
            request, f"{session.title} : « {decision.get_decision_display().lower()} », c'est noté."
        )
        return redirect(_next(decision.decision, session))
    context = {
        "session": session,
        "line": lines([session])[0],
        "form": form,
        "decisions": session.minimum_decisions.select_related("decided_by", "organisation").order_by("-pk"),
        "crumbs": crumbs_below(session, "Effectif minimal"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "prescriptions/saturation/minimum.html", context, status=status)


def _next(decision: str, session: Session) -> str:
    """Where the decision is carried out."""
    if decision == Decision.CANCEL:
        return reverse("prescriptions:session_cancel", args=[session.pk])
    if decision == Decision.POSTPONE:
        return reverse("prescriptions:session_postpone", args=[session.pk])
    return reverse("prescriptions:session", args=[session.pk])
