"""« Commission »: decide on all candidates of a session on one page, in one sending."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config import clock
from config.ui.dates import count
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions import queue
from prescriptions.admission import commission as rules
from prescriptions.admission.commission import Decided, Result
from prescriptions.candidate_lines import detail
from prescriptions.enums import MeetingKind, NextStep, PrescriptionState, RefusalReason
from prescriptions.models import Prescription, Session
from prescriptions.tones import badge_of
from prescriptions.views.sessions import crumbs_below

#: People on one page.
AT_MOST = 200


class DayForm(forms.Form):
    """The day of the commission; `key` identifies the sending."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    on = forms.DateField(
        label="Date de la commission",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Saisissez la date, par exemple 03/04/2026.",
            "invalid": "Saisissez une date qui existe, par exemple 03/04/2026.",
        },
    )


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def commission(request: HttpRequest, session_id: int) -> HttpResponse:
    """Whom nothing is decided about stays as they are; a line that is refused comes back with what was typed."""
    session = get_object_or_404(Session.objects.visible_to(request.actor).with_offer(), pk=session_id)
    people = list(rules.candidates(session, request.actor)[:AT_MOST])
    if request.method == "GET":
        form = DayForm(initial={"on": _day(session), "key": uuid.uuid4().hex})
        return _page(request, session, people, form, {}, {})
    form = DayForm(request.POST)
    said = {p.pk: Decided.read(p.pk, request.POST) for p in people}
    if not form.is_valid():
        return _page(request, session, people, form, said, {}, status=422)
    given = form.cleaned_data
    result = rules.decide(people, said, request.actor, given["key"], given["on"])
    if result.is_empty:
        messages.warning(request, "Choisissez au moins une décision avant d'enregistrer.")
        return _page(request, session, people, form, said, {}, status=422)
    _tell(request, result)
    if not result.refused:
        return redirect("prescriptions:session", session.pk)
    session.refresh_from_db(fields=["seats_held"])
    left = list(rules.candidates(session, request.actor)[:AT_MOST])
    # A line recorded meanwhile must not be sent again under the key of this sending.
    again = DayForm({"on": given["on"], "key": uuid.uuid4().hex})
    return _page(request, session, left, again, said, result.refused, status=422)


def _day(session: Session) -> Any:
    """The last commission that was announced, if it has taken place; else today."""
    held = session.meetings.of_kind(MeetingKind.COMMISSION).filter(held_on__lte=clock.today())
    return held.order_by("-held_on").values_list("held_on", flat=True).first() or clock.today()


def _tell(request: HttpRequest, result: Result) -> None:
    if any(result.done.values()):
        told = ", ".join(
            (
                count(result.done["admit"], "retenu,retenus"),
                f"{result.done['waitlist']} en liste d'attente",
                count(result.done["refuse"], "refus,refus"),
            )
        )
        messages.success(request, f"Décisions enregistrées : {told}.")


def _page(
    request: HttpRequest,
    session: Session,
    people: list[Prescription],
    form: DayForm,
    said: dict[int, Decided],
    refused: dict[int, str],
    status: int = 200,
) -> HttpResponse:
    waiting = any(p.state == PrescriptionState.WAITLISTED for p in people)
    ranks = queue.ranks([session.pk]) if waiting else {}
    lines = [
        _line(p, said.get(p.pk, Decided()), refused.get(p.pk, ""), ranks.get(p.pk), request) for p in people
    ]
    context = {
        "session": session,
        "form": form,
        "lines": sorted(lines, key=lambda line: not line["refusal"]),
        "refused": len(refused),
        "seats": None if session.capacity is None else session.seats_to_give,
        "reasons": RefusalReason.choices,
        "steps": NextStep.choices,
        "queue_rule": queue.RULE,
        "crumbs": crumbs_below(session, "Commission"),
    }
    return render(request, "prescriptions/commission.html", context, status=status)


def _line(p: Prescription, said: Decided, refusal: str, rank, request: HttpRequest) -> dict[str, Any]:
    return {
        "pk": p.pk,
        "url": reverse("pathways:file", args=[p.pathway_id]),
        "person": p.pathway.beneficiary,
        "badge": badge_of(p),
        "detail": detail(p, rank, request.actor.role),
        "choices": rules.open_to(p.state),
        "can_be_refused": any(kind == "refuse" for kind, _ in rules.open_to(p.state)),
        "said": said,
        "refusal": refusal,
    }
