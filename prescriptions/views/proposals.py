"""Whom to propose for a session's empty seats, and the référent's answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.ui.dates import count
from pathways.enums import Role
from pathways.guards import Refusal, TransitionRefused
from pathways.views.access import for_roles
from prescriptions.matching import Candidate, candidates
from prescriptions.models import Proposal, SaturationCase, Session
from prescriptions.saturation import proposals
from prescriptions.saturation.board import lines
from prescriptions.saturation.enums import Outcome
from prescriptions.saturation.forms import DismissForm
from prescriptions.views.saturation import TEAM, case_of, crumbs

#: How many people are ranked for one session.
SHOWN = 30


@require_http_methods(["GET", "POST"])
@for_roles(*TEAM)
def choose(request: HttpRequest, case_id: int) -> HttpResponse:
    """The people of the reader's bassins who could take the empty seats, and why; `people` are those ticked."""
    case = case_of(request, case_id)
    session = Session.objects.with_offer().get(pk=case.session_id)
    ranked = candidates(session, request.actor, SHOWN)
    if request.method == "GET":
        return _page(request, case, ranked)
    asked = [int(pk) for pk in request.POST.getlist("people") if pk.isdecimal() and len(pk) < 19]
    reasons = {candidate.pathway.pk: [reason.text for reason in candidate.reasons] for candidate in ranked}
    try:
        made = proposals.propose(case.pk, request.actor, asked, reasons)
    except TransitionRefused as refused:
        return _page(request, case, ranked, set(asked), refused.refusal)
    told = count(len(made), "personne proposée,personnes proposées")
    messages.success(request, f"{told} : chaque référent le voit dans sa pile.")
    return redirect("prescriptions:saturation", case.pk)


def _page(
    request: HttpRequest,
    case: SaturationCase,
    ranked: list[Candidate],
    ticked: set[int] = frozenset(),
    refusal: Refusal | None = None,
) -> HttpResponse:
    waiting = set(case.proposals.pending().order_by().values_list("pathway_id", flat=True))
    earlier = _earlier(case)
    context = {
        "case": case,
        "session": case.session,
        "line": lines([case.session])[0],
        "is_ours": case.is_live and case.advisor_id == request.actor.user_id,
        "candidates": [
            {
                "candidate": candidate,
                "person": candidate.pathway.beneficiary,
                "is_waiting": candidate.pathway.pk in waiting,
                "earlier": earlier.get(candidate.pathway.pk),
                "is_ticked": candidate.pathway.pk in ticked,
            }
            for candidate in ranked
        ],
        "refusal": refusal,
        "crumbs": crumbs(case, "Candidats"),
    }
    status = 422 if refusal is not None else 200
    return render(request, "prescriptions/saturation/candidates.html", context, status=status)


def _earlier(case: SaturationCase) -> dict[int, Proposal]:
    """Pathway id -> the last time a référent set this person aside for this session."""
    rows = case.proposals.filter(outcome=Outcome.DISMISSED).order_by("pk")
    return {proposal.pathway_id: proposal for proposal in rows}


@require_http_methods(["GET", "POST"])
@for_roles(Role.REFERENT, Role.DEPARTMENT_MANAGER)
def dismiss(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Set aside a person whom Pôle emploi proposes, with a reason that the advisor reads."""
    rows = Proposal.objects.visible_to(request.actor).with_all().select_related("organisation")
    proposal = get_object_or_404(rows, pk=proposal_id)
    form = DismissForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proposals.dismiss(proposal.pk, request.actor, **form.cleaned_data)
        except TransitionRefused as refused:
            messages.error(request, str(refused.refusal))
        else:
            person = proposal.pathway.beneficiary
            messages.success(request, f"{person} : proposition écartée, {proposal.proposed_by} le saura.")
        return redirect("pathways:pile")
    context: dict[str, Any] = {
        "proposal": proposal,
        "person": proposal.pathway.beneficiary,
        "session": proposal.case.session,
        "form": form,
        "prescribe_url": reverse("prescriptions:prescribe", args=[proposal.pathway_id])
        + f"?session={proposal.case.session_id}",
        "crumbs": [
            {"label": "Ma pile du jour", "url": reverse("pathways:pile")},
            {"label": "Écarter une proposition"},
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "prescriptions/saturation/dismiss.html", context, status=status)
