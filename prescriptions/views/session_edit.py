"""What a provider declares of its session."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config import clock
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions import allotment, missing_place, offer_news
from prescriptions.completeness.alerts import forget_reminder
from prescriptions.models import Meeting, Session
from prescriptions.session_form import DECLARED, SessionForm
from prescriptions.views.sessions import crumbs_below


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def edit(request: HttpRequest, session_id: int) -> HttpResponse:
    """Dates, places, meetings, price, recruitment; who declared them and when is kept.

    With `ajouter`, nothing is saved: the form comes back with one more row.
    """
    own = Session.objects.visible_to(request.actor).select_related("action__formation", "provider")
    if request.method == "GET" or "ajouter" in request.POST:
        session = get_object_or_404(own, pk=session_id)
        typed = request.POST.dict() if request.method == "POST" else None
        return _form_page(request, session, SessionForm(instance=session, initial=typed, more=bool(typed)))
    with transaction.atomic():
        # Seats are counted under this lock: the capacity is compared with what is held at this very moment. A second
        # declaration waits here, and then sees what the first has changed.
        locked = own.select_for_update(of=("self",), no_key=True)
        session = get_object_or_404(locked, pk=session_id)
        form = SessionForm(request.POST, instance=session)
        is_valid = form.is_valid()
        if form.changed_meanwhile:
            return _form_page(request, session, form.merged(), form.changed_meanwhile)
        if not is_valid:
            return _form_page(request, session, form)
        declare(session, form, request.actor)
    messages.success(request, "Session mise à jour. Merci : chacun voit maintenant vos chiffres du jour.")
    return redirect("prescriptions:session", session.pk)


def declare(session: Session, form: SessionForm, actor) -> None:
    """Save what was declared, in the name of the organisation and of this moment."""
    now = clock.now()
    session.declared_by, session.declared_at = actor.organisation, now
    # `seats_held` is a projection: it is not saved from this form.
    session.seats_given_up = allotment.passing_after(session, form.seats_total_before)
    session.save(update_fields=[*DECLARED, "seats_given_up", "declared_by", "declared_at"])
    withdrawn = [meeting.pk for meeting in form.meetings.withdrawn]
    Meeting.objects.filter(pk__in=withdrawn).order_by().update(withdrawn_at=now)
    for meeting in form.meetings.added:
        meeting.declared_by, meeting.declared_at, meeting.recorded_at = actor.organisation, now, now
    Meeting.objects.bulk_create(form.meetings.added)
    if form.where is not None:
        missing_place.save(session.action, form.where)
    forget_reminder(session.provider_id)
    offer_news.tell(session, form, actor)


def _form_page(
    request: HttpRequest, session: Session, form: SessionForm, changes: Sequence[str] = ()
) -> HttpResponse:
    # A form that was refused has already written on its instance: the page names the session as it is kept.
    kept = Session.objects.select_related("declared_by").get(pk=session.pk)
    latest = kept.history.select_related("history_user").first() if changes else None
    context = {
        "session": kept,
        "form": form,
        "fixed": form.fixed,
        "changes": changes,
        "changed_by": latest.history_user if latest else None,
        "past_meetings": kept.meetings.filter(held_on__lt=clock.today()),
        "crumbs": crumbs_below(kept, "Compléter"),
    }
    status = 422 if form.errors or changes else 200
    return render(request, "prescriptions/session_edit.html", context, status=status)
