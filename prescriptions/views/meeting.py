"""Who came to the information session: one screen, one sending."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config import clock
from config.ui.dates import count
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions import services
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.views.sessions import crumbs_below

#: Prefix of the choice of one person; its values are kinds of facts.
FIELD = "p-"
CHOICES = (("attend", "Présent"), ("miss", "Absent"))


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def meeting(request: HttpRequest, session_id: int) -> HttpResponse:
    """Present or absent for each person convened until today; whom nothing is said of stays convened."""
    session = get_object_or_404(Session.objects.visible_to(request.actor).with_offer(), pk=session_id)
    convened = Prescription.objects.visible_to(request.actor).filter(
        session=session, state=PrescriptionState.CONVENED
    )
    people = list(
        convened.filter(convened_for__lte=clock.today())
        .with_all()
        .order_by("convened_for", "pathway__beneficiary__sort_key", "pk")
    )
    refused = record(request, people) if request.method == "POST" else None
    if refused == {}:
        return redirect("prescriptions:session", session.pk)
    if refused:
        people = [p for p in people if p.pk in refused]
    context = {
        "session": session,
        "days": by_day(people, request, refused or {}),
        "ahead": convened.filter(convened_for__gt=clock.today()).count(),
        "choices": CHOICES,
        "key": uuid.uuid4().hex,
        "crumbs": crumbs_below(session, "Présences à l'information collective"),
    }
    return render(request, "prescriptions/meeting.html", context, status=422 if refused else 200)


def record(request: HttpRequest, people: list[Prescription]) -> dict[int, str] | None:
    """State who came on the day for which each was convened.

    Returns prescription id -> why it was refused; None when nothing was said of anybody.

    « Tous présents » (`fill`) speaks for those of whom nothing is said.
    """
    default = "attend" if "fill" in request.POST else ""
    said: dict[tuple[str, date], list[Prescription]] = defaultdict(list)
    for prescription in people:
        kind = request.POST.get(f"{FIELD}{prescription.pk}") or default
        if kind in dict(CHOICES):
            said[kind, prescription.convened_for].append(prescription)
    if not said:
        messages.warning(request, "Indiquez qui est venu avant d'enregistrer.")
        return None
    key = request.POST.get("key", "")[:60]
    refused, done = {}, {"attend": 0, "miss": 0}
    for (kind, day), group in said.items():
        report = services.record_many(
            kind, group, request.actor, f"{key}:{kind}" if key else "", occurred_on=day
        )
        done[kind] += len(report.done)
        refused |= {prescription.pk: str(refusal) for prescription, refusal in report.refused}
    if any(done.values()):
        told = f"{count(done['attend'], 'présent,présents')}, {count(done['miss'], 'absent,absents')}"
        messages.success(request, f"Présences enregistrées : {told}.")
    return refused


def by_day(people: list[Prescription], request: HttpRequest, refused: dict[int, str]) -> list[dict]:
    days: dict[date, list[dict]] = {}
    for prescription in people:
        days.setdefault(prescription.convened_for, []).append(
            {
                "prescription": prescription,
                "person": prescription.pathway.beneficiary,
                "name": f"{FIELD}{prescription.pk}",
                "chosen": request.POST.get(f"{FIELD}{prescription.pk}", ""),
                "refusal": refused.get(prescription.pk, ""),
            }
        )
    return [{"day": day, "lines": found} for day, found in days.items()]
