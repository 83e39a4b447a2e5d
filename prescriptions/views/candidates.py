"""A provider's candidates: by session then by state, one by one or several at once."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.ui.tables import url_with
from pathways import together as bulk
from pathways.enums import Role
from pathways.keyset import Sort, page
from pathways.models import Pathway
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.views.access import for_roles
from prescriptions.candidate_lines import lines
from prescriptions.enums import ASKING, EXPECTED, PrescriptionState
from prescriptions.forms import CandidateFilters
from prescriptions.line_actions import SHORT, LineActions
from prescriptions.models import Prescription, Session
from prescriptions.past import people_of
from prescriptions.tones import recruitment_badge

P = PrescriptionState
#: Sessions of one page, and candidates shown of each.
SESSIONS_PER_PAGE = 5
PER_SESSION = 100

#: Value of `etape` -> (label, states).
GROUPS = {
    "": ("En cours", ASKING | EXPECTED),
    "a-traiter": ("À répondre", {P.SUBMITTED, P.ATTENDED}),
    "convoques": ("Convoqués", {P.CONVENED}),
    "absents": ("Absents", {P.ABSENT}),
    "attente": ("Liste d'attente", {P.WAITLISTED, P.OFFERED}),
    "retenus": ("Retenus et inscrits", EXPECTED),
    "entres": ("Entrés", {P.ENTERED}),
    "termines": ("Sans suite", {P.REFUSED, P.EXPIRED, P.NO_SHOW, P.WITHDRAWN, P.SESSION_CANCELLED}),
}


def _candidates(request: HttpRequest) -> QuerySet[Pathway]:
    return people_of(Session.objects.visible_to(request.actor))


def _figures(request: HttpRequest) -> list[tuple[str, int]]:
    asked = CandidateFilters(request.GET, Session.objects.visible_to(request.actor)).criteria()
    counts = dict(matching(request.actor, asked).order_by().values_list("state").annotate(Count("pk")))
    return [(label, sum(counts.get(state, 0) for state in states)) for label, states in GROUPS.values()]


@require_safe
@for_roles(Role.PROVIDER)
@readable_in_time(_candidates, figures=_figures)
def candidates(request: HttpRequest) -> HttpResponse:
    """`session`, `etape` and `nom` filter; pages are made of whole sessions."""
    own = Session.objects.visible_to(request.actor)
    asked_for = own.filter(Exists(Prescription.objects.sent().filter(session=OuterRef("pk"))))
    filters = CandidateFilters(request.GET, asked_for.order_by("-starts_on", "pk"))
    asked = filters.criteria()
    group = asked.get("etape") if asked.get("etape") in GROUPS else ""
    people = matching(request.actor, asked)
    kept = people.filter(state__in=sorted(GROUPS[group][1]))
    with_people = own.with_offer().filter(Exists(kept.filter(session=OuterRef("pk"))))
    sort = Sort("starts_on", is_nullable=True)
    shown = page(
        with_people, sort, SESSIONS_PER_PAGE, request.GET.get("apres", ""), request.GET.get("avant", "")
    )
    actions = LineActions(request.actor, request.get_full_path())
    blocks = [block(session, kept, actions) for session in shown.rows]
    context = {
        "filters": filters,
        "groups": group_links(request, people, group),
        "blocks": blocks,
        "bulk": bulk_buttons(blocks, actions),
        "is_open": reading_now() is None,
        "is_checked": request.GET.get("cocher") == "tout",
        "check_all_url": url_with(request, cocher="tout"),
        "total": kept.count(),
        "sessions_total": with_people.count(),
        "is_filtered": bool(filters.in_words()) or bool(group),
        "here": request.get_full_path(),
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
    }
    return render(request, "prescriptions/candidates.html", context)


def matching(actor, asked: dict[str, Any]):
    """The provider's candidates whose name and session are asked for, in any state."""
    people = Prescription.objects.visible_to(actor)
    if asked.get("session"):
        people = people.filter(session=asked["session"])
    if asked.get("nom"):
        people = people.filter(pathway__beneficiary__search_key__words=asked["nom"])
    return people


def group_links(request: HttpRequest, people, current: str) -> list[dict[str, Any]]:
    counts = dict(people.order_by().values_list("state").annotate(Count("pk")))
    return [
        {
            "label": label,
            "url": url_with(request, etape=code or None, apres=None, avant=None),
            "is_active": code == current,
            "count": sum(counts.get(state, 0) for state in states),
        }
        for code, (label, states) in GROUPS.items()
    ]


def block(session: Session, kept, actions: LineActions) -> dict[str, Any]:
    """A session and its candidates."""
    people = kept.filter(session=session).select_related(
        "pathway__beneficiary", "prescriber", "prescriber_organisation"
    )
    found = list(people.order_by("pk")[: PER_SESSION + 1])
    for prescription in found:
        prescription.session = session
    return {
        "session": session,
        "recruitment": recruitment_badge(session),
        "lines": lines(found[:PER_SESSION], actions),
        "is_cut": len(found) > PER_SESSION,
        "convened": sum(p.state == P.CONVENED for p in found),
    }


def bulk_buttons(blocks: list[dict], actions: LineActions) -> list[bulk.Button]:
    """What can be recorded about several of the people shown."""
    shown = [line["prescription"] for found in blocks for line in found["lines"]]
    states = {p.state: p for p in shown}
    possible = {kind for prescription in states.values() for kind in actions.kinds(prescription)}
    return bulk.buttons(actions.actor, possible, SHORT)
