"""What the Région decides about seats (kept, beyond the capacity), and a provider about automatic offers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.ui.dates import count
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions import allotment, seats_panel
from prescriptions.models import ReservedPublic, SeatQuota, Session
from prescriptions.scopes import READ_PUBLICS
from prescriptions.seat_forms import (
    OverbookingForm,
    PublicForm,
    QuotasForm,
    SeatForm,
    SuspendForm,
    criteria_in_words,
)
from prescriptions.views.sessions import crumbs_below

READERS = READ_PUBLICS

# ---- one session


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def quotas(request: HttpRequest, session_id: int) -> HttpResponse:
    """Two forms, each with its button: the seats kept for publics, the overbooking."""
    session = _session(request, session_id)
    sent = request.POST if request.method == "POST" else None
    about_overbooking = sent is not None and "overbooking" in sent
    kept = QuotasForm(session, None if about_overbooking else sent)
    beyond = OverbookingForm(session, sent if about_overbooking else None)
    if about_overbooking and _done(beyond, lambda: _set_overbooking(session, beyond, request)):
        messages.success(
            request, "Surréservation enregistrée : elle est montrée partout où le sont les places."
        )
        return redirect("prescriptions:session", session.pk)
    about_quotas = sent is not None and not about_overbooking
    if about_quotas and _done(kept, lambda: allotment.set_quotas(session.pk, kept.wanted(), request.actor)):
        messages.success(request, "Places réservées enregistrées.")
        return redirect("prescriptions:session", session.pk)
    context = {
        "session": session,
        "kept": kept,
        "beyond": beyond,
        "panel": seats_panel.of(session, request.actor),
        "left": session.seats_to_give,
        "crumbs": crumbs_below(session, "Places réservées et surréservation"),
    }
    refused = kept.errors or beyond.errors
    return render(request, "prescriptions/session_quotas.html", context, status=422 if refused else 200)


def _set_overbooking(session: Session, form: OverbookingForm, request: HttpRequest) -> None:
    asked = form.cleaned_data
    seats, reason = asked["overbooking"], asked["overbooking_reason"]
    allotment.set_overbooking(session.pk, seats, reason, request.actor)
    if asked["keep"] and seats:
        allotment.propose_overbooking(session.provider_id, seats, reason, request.actor)


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def suspend(request: HttpRequest, session_id: int) -> HttpResponse:
    """Keep Jalons from offering seats of a session by itself, or let it again (`reprendre`)."""
    session = _session(request, session_id)
    if request.method == "POST" and "reprendre" in request.POST:
        allotment.resume_offers(session.pk, request.actor)
        messages.success(request, "Les places rendues sont de nouveau proposées automatiquement.")
        return redirect("prescriptions:session", session.pk)
    form = SuspendForm(request.POST or None)
    if request.method == "POST" and _done(
        form, lambda: allotment.suspend_offers(session.pk, form.cleaned_data["reason"], request.actor)
    ):
        messages.success(
            request, "Propositions automatiques suspendues : les places rendues restent à votre main."
        )
        return redirect("prescriptions:session", session.pk)
    context = {
        "session": session,
        "form": form,
        "crumbs": crumbs_below(session, "Propositions automatiques"),
    }
    return render(request, "prescriptions/offers_suspend.html", context, status=422 if form.errors else 200)


def _session(request: HttpRequest, session_id: int) -> Session:
    rows = Session.objects.visible_to(request.actor).with_offer()
    return get_object_or_404(rows.filter(cancelled_on=None), pk=session_id)


def _done(form: SeatForm, decide) -> bool:
    """Whether what was typed was valid and possible; a refusal is shown beside its field."""
    if not form.is_valid():
        return False
    try:
        decide()
    except allotment.SeatsRefused as refused:
        form.refuse(refused)
        return False
    return True


# ---- publics


@require_safe
@for_roles(*READERS)
def publics(request: HttpRequest) -> HttpResponse:
    """For whom seats may be kept, by which criteria, and how many are in sessions to come."""
    rows = ReservedPublic.objects.visible_to(request.actor).select_related(
        "cohort", "department", "pole", "area"
    )
    lines = [
        {"public": public, "criteria": criteria_in_words(public), "kept": _kept(public)}
        for public in rows.order_by("letter", "pk")
    ]
    context = {
        "in_use": [line for line in lines if line["public"].retired_on is None],
        "retired": [line for line in lines if line["public"].retired_on is not None],
        "can_edit": request.actor.has_role(Role.REGION_OFFICER),
    }
    return render(request, "prescriptions/publics.html", context)


def _kept(public: ReservedPublic) -> str:
    seats = SeatQuota.objects.in_force().filter(public=public, session__in=Session.objects.upcoming())
    numbers = list(seats.values_list("seats", flat=True))
    if not numbers:
        return "aucune place réservée à venir"
    sessions = count(len(numbers), "session à venir,sessions à venir")
    return f"{count(sum(numbers), 'place réservée,places réservées')} dans {sessions}"


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def public_new(request: HttpRequest) -> HttpResponse:
    form = PublicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.created_by = request.actor.user
        form.save()
        messages.success(request, f"Public enregistré : {form.instance}.")
        return redirect("prescriptions:publics")
    crumbs = [
        {"label": "Publics réservés", "url": reverse("prescriptions:publics")},
        {"label": "Nouveau public"},
    ]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "prescriptions/public_new.html", context, status=422 if form.errors else 200)


@require_POST
@for_roles(Role.REGION_OFFICER)
def public_retire(request: HttpRequest, public_id: int) -> HttpResponse:
    """Propose a public no more; what is already kept for it stays so until its day."""
    public = get_object_or_404(ReservedPublic.objects.visible_to(request.actor), pk=public_id)
    allotment.retire_publics([public.pk])
    messages.success(request, f"« {public} » n'est plus proposé.")
    return redirect("prescriptions:publics")
