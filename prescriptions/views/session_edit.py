"""What a provider declares of its session."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config import clock
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions.forms import SessionForm
from prescriptions.models import Session


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def edit(request: HttpRequest, session_id: int) -> HttpResponse:
    """Dates, places, information sessions, recruitment; who declared them and when is kept."""
    own = Session.objects.visible_to(request.actor).select_related("action__formation", "provider")
    if request.method == "GET":
        session = get_object_or_404(own, pk=session_id)
        return _form_page(request, session, SessionForm(instance=session))
    with transaction.atomic():
        # Seats are counted under this lock: the capacity is compared with what is held at this very moment.
        locked = own.select_for_update(of=("self", "action"), no_key=True)
        session = get_object_or_404(locked, pk=session_id)
        form = SessionForm(request.POST, instance=session)
        if not form.is_valid():
            return _form_page(request, session, form)
        declare(session, form, request.actor)
    messages.success(request, "Session mise à jour. Merci : chacun voit maintenant vos chiffres du jour.")
    return redirect("prescriptions:session", session.pk)


def declare(session: Session, form: SessionForm, actor) -> None:
    """Save what was declared, in the name of the organisation and of this moment."""
    session.declared_by = actor.organisation
    session.declared_at = clock.now()
    # `seats_held` is a projection: it is not saved from this form.
    session.save(update_fields=[*form.Meta.fields, "declared_by", "declared_at"])
    action = session.action
    if action.information_dates != form.information_dates:
        action.information_dates = form.information_dates
        action.save(update_fields=["information_dates"])


def _form_page(request: HttpRequest, session: Session, form: SessionForm) -> HttpResponse:
    # A form that was refused has already written on its instance: the page names the session as it is kept.
    kept = Session.objects.select_related("declared_by").get(pk=session.pk)
    context = {
        "session": kept,
        "form": form,
        "other_sessions": kept.action.sessions.exclude(pk=kept.pk).count(),
        "crumbs": _crumbs(kept, "Compléter"),
    }
    return render(request, "prescriptions/session_edit.html", context, status=422 if form.errors else 200)


def _crumbs(session: Session, here: str) -> list[dict[str, str]]:
    return [
        {"label": "Sessions", "url": reverse("prescriptions:sessions")},
        {"label": session.title, "url": reverse("prescriptions:session", args=[session.pk])},
        {"label": here},
    ]
