"""A provider's candidates: by session then by state, one by one or several at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config.ui.dates import count
from config.ui.tables import url_with
from pathways.enums import Role
from pathways.facts import KINDS
from pathways.forms.fact import FactForm
from pathways.identity import search_key
from pathways.keyset import Sort, page
from pathways.views.access import for_roles
from prescriptions import services
from prescriptions.candidate_lines import lines
from prescriptions.enums import ASKING, EXPECTED, PrescriptionState
from prescriptions.forms import CandidateFilters
from prescriptions.line_actions import LineActions, short_label
from prescriptions.models import Prescription, Session
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
#: What may be recorded about several people at once. A refusal is told one by one: it has its own reason (PE, art. 6).
TOGETHER = ("convene", "attend", "miss", "admit", "waitlist", "register", "enter", "no_show")
#: How many people one sending may be about.
TOGETHER_AT_MOST = 200


@require_safe
@for_roles(Role.PROVIDER)
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
        "bulk": bulk_actions(blocks, actions),
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
    for word in search_key(asked.get("nom") or "").split():
        people = people.filter(pathway__beneficiary__search_key__contains=word)
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


def bulk_actions(blocks: list[dict], actions: LineActions) -> list[dict[str, str]]:
    """What can be recorded about several of the people shown."""
    shown = [line["prescription"] for found in blocks for line in found["lines"]]
    states = {p.state: p for p in shown}
    possible = {kind for prescription in states.values() for kind in actions.kinds(prescription)}
    return [
        {"kind": name, "label": short_label(name), "icon": KINDS[name].icon}
        for name in TOGETHER
        if name in possible
    ]


@require_POST
@for_roles(Role.PROVIDER)
def together(request: HttpRequest) -> HttpResponse:
    """The same fact about the people ticked: first its form, then each recorded or refused with the reason."""
    kind = request.POST.get("kind", "")
    if kind not in TOGETHER:
        raise Http404("Cette action ne se fait pas pour plusieurs personnes.")
    back = _back(request)
    people = ticked(request)
    if not people:
        messages.warning(request, "Cochez d'abord les personnes concernées.")
        return redirect(back)
    stated = KINDS[kind]
    is_sent = "confirm" in request.POST
    form = FactForm(stated, people[0].pathway, request.POST if is_sent else None)
    refused: list = []
    if is_sent and form.is_valid():
        refused = record(request, people, form)
        if not refused:
            return redirect(back)
        people = [prescription for prescription, _ in refused]
        form = once_more(form, people[0])
    context = {
        "kind": stated,
        "form": form,
        "people": people,
        "refused": refused,
        "back": back,
        "crumbs": [
            {"label": "Candidats", "url": reverse("prescriptions:candidates")},
            {"label": stated.label},
        ],
    }
    status = 422 if refused or (is_sent and form.errors) else 200
    return render(request, "prescriptions/together.html", context, status=status)


def record(request: HttpRequest, people: list[Prescription], form: FactForm) -> list:
    """State the fact of the form about each person; returns who was refused, with the reason."""
    said = form.statement()
    report = services.record_many(said.pop("kind"), people, request.actor, form.cleaned_data["key"], **said)
    if report.done:
        told = count(len(report.done), "personne,personnes")
        messages.success(request, f"{form.kind.story} : enregistré pour {told}.")
    return report.refused


def once_more(form: FactForm, first: Prescription) -> FactForm:
    """The same answers for those who are left: another sending, with a key of its own."""
    key = FactForm(form.kind, first.pathway).initial["key"]
    return FactForm(form.kind, first.pathway, {**form.data.dict(), "key": key})


def ticked(request: HttpRequest) -> list[Prescription]:
    """The provider's candidates among the rows ticked; 404 when one is not theirs."""
    wanted = {int(row) for row in request.POST.getlist("rows") if row.isdecimal() and len(row) <= 18}
    found = Prescription.objects.visible_to(request.actor).with_all().filter(pk__in=wanted)
    people = list(found.order_by("pathway__beneficiary__sort_key", "pk")[:TOGETHER_AT_MOST])
    if len(people) < min(len(wanted), TOGETHER_AT_MOST):
        raise Http404("Une de ces candidatures n'existe pas, ou ne vous est pas ouverte.")
    return people


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("suite", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("prescriptions:candidates")
