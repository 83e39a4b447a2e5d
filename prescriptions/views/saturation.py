"""One alert of empty seats: its life, what the team may do, whom it proposed and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pathways.actor import Actor
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.views.access import for_roles
from prescriptions.models import Proposal, SaturationCase
from prescriptions.saturation import board, cases
from prescriptions.saturation.enums import HELD_STAGES, Outcome, Stage
from prescriptions.saturation.forms import EntrustForm, GiveUpForm
from prescriptions.saturation.story import entries
from prescriptions.views.places import BOARD_ROLES

TEAM = (Role.ADVISOR,)
OUTCOME_TONES = {
    Outcome.PENDING: "info",
    Outcome.PRESCRIBED: "success",
    Outcome.DISMISSED: "neutral",
    Outcome.LAPSED: "neutral",
}


def case_of(request: HttpRequest, case_id: int) -> SaturationCase:
    """The case, if it is the reader's to see; 404 otherwise."""
    rows = SaturationCase.objects.visible_to(request.actor).with_all().select_related("session__area")
    return get_object_or_404(rows, pk=case_id)


@require_safe
@for_roles(*BOARD_ROLES)
def saturation(request: HttpRequest, case_id: int) -> HttpResponse:
    """The Région reads how many people were proposed, never who."""
    return page(request, case_of(request, case_id))


def page(
    request: HttpRequest, case: SaturationCase, form: EntrustForm | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    (line,) = board.lines([case.session])
    is_ours = case.is_live and case.advisor_id is not None and case.advisor_id == actor.user_id
    people = Proposal.objects.visible_to(actor).filter(case=case).with_all().select_related("answered_by")
    context = {
        "case": case,
        "session": case.session,
        "line": line,
        "is_held": case.stage in HELD_STAGES,
        "is_ours": is_ours,
        "actions": _actions(case, actor) if actor.has_role(*TEAM) else [],
        "entrust": (form or EntrustForm(case, actor)) if is_ours else None,
        "proposals": [_proposal(proposal) for proposal in people.order_by("-pk")],
        "reads_people": not actor.has_role(Role.REGION_OFFICER),
        "timeline": entries(case),
        "crumbs": crumbs(case),
    }
    return render(request, "prescriptions/saturation/case.html", context, status=status)


def crumbs(case: SaturationCase, *below: str) -> list[dict[str, str]]:
    found = [{"label": "Places", "url": reverse("prescriptions:places")}]
    here = {"label": case.session.title}
    if below:
        here["url"] = reverse("prescriptions:saturation", args=[case.pk])
    return [*found, here, *({"label": label} for label in below)]


def _actions(case: SaturationCase, actor: Actor) -> list[dict[str, Any]]:
    """What the reader may do about the case, the most likely first."""

    def post(verb: str, label: str, icon: str, *, is_primary: bool = False) -> dict[str, Any]:
        url = reverse("prescriptions:saturation_act", args=[case.pk, verb])
        return {"label": label, "url": url, "icon": icon, "is_post": True, "is_primary": is_primary}

    if not case.is_live:
        return []
    if case.advisor_id == actor.user_id:
        return [
            {
                "label": "Choisir des candidats",
                "url": reverse("prescriptions:saturation_candidates", args=[case.pk]),
                "icon": "user-search",
                "is_primary": True,
            },
            post("rendre", "Rendre à l'équipe", "arrow-back-up"),
            {
                "label": "Abandonner",
                "url": reverse("prescriptions:saturation_give_up", args=[case.pk]),
                "icon": "flag-off",
            },
        ]
    if case.advisor_id is None or case.escalated_at is not None:
        label = "Prendre en charge" if case.advisor_id is None else "Prendre le relais"
        found = [post("prendre", label, "hand-stop", is_primary=True)]
        if case.stage == Stage.NEW:
            found.append(post("vu", "Vu", "eye"))
        return found
    return []


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "outcome": Outcome(proposal.outcome).label,
        "tone": OUTCOME_TONES[Outcome(proposal.outcome)],
        "state": proposal.prescription.get_state_display() if proposal.prescription else "",
    }


VERBS = {
    "vu": (cases.see, "« Vu » est noté : l'équipe et la Région le savent."),
    "prendre": (cases.take, "Vous avez pris cette alerte en charge."),
    "rendre": (cases.give_back, "L'alerte est rendue à l'équipe."),
}


@require_POST
@for_roles(*TEAM)
def act(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """`vu`, `prendre`, `rendre`; `confier` names a colleague in `colleague`. `suite`: where to go back."""
    case = case_of(request, case_id)
    if verb == "confier":
        return _entrust(request, case)
    function, said = VERBS[verb]
    try:
        function(case.pk, request.actor)
    except TransitionRefused as refused:
        messages.error(request, str(refused.refusal))
    else:
        messages.success(
            request, f"{case.session.title} : {said[:1].lower()}{said[1:]}" if verb != "vu" else said
        )
    return redirect(_back(request, case))


def _entrust(request: HttpRequest, case: SaturationCase) -> HttpResponse:
    form = EntrustForm(case, request.actor, request.POST)
    if not form.is_valid():
        return page(request, case, form, 422)
    try:
        cases.entrust(case.pk, request.actor, form.cleaned_data["colleague"].pk)
    except TransitionRefused as refused:
        messages.error(request, str(refused.refusal))
    else:
        messages.success(request, f"L'alerte est confiée à {form.cleaned_data['colleague']}.")
    return redirect("prescriptions:saturation", case.pk)


def _back(request: HttpRequest, case: SaturationCase) -> str:
    wanted = request.POST.get("suite", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("prescriptions:saturation", args=[case.pk])


@require_http_methods(["GET", "POST"])
@for_roles(*TEAM)
def give_up(request: HttpRequest, case_id: int) -> HttpResponse:
    """Stop looking for people for this session, with a reason and an explanation (domain.md B13)."""
    case = case_of(request, case_id)
    form = GiveUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cases.give_up(case.pk, request.actor, **form.cleaned_data)
        except TransitionRefused as refused:
            messages.error(request, str(refused.refusal))
        else:
            messages.success(request, f"{case.session.title} : l'alerte est abandonnée, le motif est gardé.")
        return redirect("prescriptions:saturation", case.pk)
    context = {"case": case, "session": case.session, "form": form, "crumbs": crumbs(case, "Abandonner")}
    status = 422 if form.is_bound else 200
    return render(request, "prescriptions/saturation/give_up.html", context, status=status)
