"""Examining an AIF for a person: the collective sessions that may serve, the conclusion, and its proof years later."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pathways.access_log import record_reading
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Event, Pathway
from pathways.outcomes import AIF_GRANTED, AifGround
from pathways.replay import annulled_ids, history
from pathways.views.access import for_roles
from pathways.workflow import AIF_DETAILS
from prescriptions.aif import services
from prescriptions.aif.evidence import Evidence
from prescriptions.aif.forms import ConclusionForm, WishForm
from prescriptions.views.sessions import crumbs_for

EXAMINERS = (Role.REFERENT, Role.ADVISOR)
READERS = (*EXAMINERS, Role.DEPARTMENT_MANAGER)
#: In the address once the training is told.
ASKED = "chercher"


def _pathway(request: HttpRequest, pathway_id: int) -> Pathway:
    people = Pathway.objects.visible_to(request.actor).with_person().select_related("beneficiary__commune")
    return get_object_or_404(people, pk=pathway_id)


@require_http_methods(["GET", "POST"])
@for_roles(*EXAMINERS)
def examine(request: HttpRequest, pathway_id: int) -> HttpResponse:
    """GET: the training wished for stands in the address, and what is found below. POST: the conclusion."""
    pathway = _pathway(request, pathway_id)
    sent = request.POST if request.method == "POST" else request.GET
    wish = WishForm(sent if ASKED in sent else None, pathway.beneficiary)
    if not wish.is_bound or not wish.is_valid():
        return _page(request, pathway, wish)
    evidence = services.examine(pathway, wish.wish())
    if request.method == "GET":
        return _page(request, pathway, wish, evidence, ConclusionForm(evidence))
    form = ConclusionForm(evidence, request.POST)
    if not form.is_valid():
        return _page(request, pathway, wish, evidence, form)
    try:
        outcome = services.record(
            pathway, wish.wish(), form.conclusion(), request.actor, form.cleaned_data["key"] or None
        )
    except services.OfferChanged as changed:
        form.add_error(None, f"{changed} {changed.next_step}")
    except TransitionRefused as refused:
        form.add_error(None, str(refused.refusal))
    else:
        if not outcome.repeated:
            messages.success(request, f"AIF examiné pour {pathway.beneficiary} : la preuve est au dossier.")
        return redirect("prescriptions:aif_evidence", pathway.pk, outcome.event.pk)
    return _page(request, pathway, wish, evidence, form)


def _page(
    request: HttpRequest,
    pathway: Pathway,
    wish: WishForm,
    evidence: Evidence | None = None,
    form: ConclusionForm | None = None,
) -> HttpResponse:
    context = {
        "pathway": pathway,
        "wish": wish,
        "asked": ASKED,
        "evidence": evidence,
        "conclusion": form,
        "form": form or wish,
        "crumbs": crumbs_for(pathway, "Examiner un AIF"),
    }
    failed = any(each is not None and each.is_bound and each.errors for each in (wish, form))
    return render(request, "prescriptions/aif.html", context, status=422 if failed else 200)


def _ground(reason: str) -> str:
    """« Aucune entrée collective sous le délai »: the badge beside it says whether it was granted."""
    ground = str(AifGround(reason).label).partition(" : ")[2]
    return ground[:1].upper() + ground[1:]


@require_safe
@for_roles(*READERS)
def evidence(request: HttpRequest, pathway_id: int, event_id: int) -> HttpResponse:
    """The examination as it was recorded: from the fact alone, whatever the offer has become."""
    pathway = _pathway(request, pathway_id)
    facts = Event.objects.visible_to(request.actor).about([pathway.pk]).filter(kind=services.KIND)
    event = get_object_or_404(facts.select_related("actor", "organisation"), pk=event_id)
    record_reading(request.actor, pathway, "AIF")
    context = {
        "pathway": pathway,
        "event": event,
        "told": {**dict.fromkeys(AIF_DETAILS), **event.payload},
        "planned_on": event.payload.get("planned_on") and date.fromisoformat(event.payload["planned_on"]),
        "ground": _ground(event.reason),
        "is_granted": event.reason in AIF_GRANTED,
        "is_annulled": event.pk in annulled_ids(history(pathway.pk)),
        "evidence": Evidence.read(event.payload["evidence"]),
        "correct_url": reverse("pathways:correct", args=[pathway.pk, event.pk]),
        "crumbs": crumbs_for(pathway, "AIF examiné"),
    }
    return render(request, "prescriptions/aif_evidence.html", context)
