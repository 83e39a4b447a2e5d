"""Stating a fact about a person: one page for every kind."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from config import clock
from pathways.backdating import Period, may_be_told, past_possibilities, possible_days
from pathways.explanation import visible_subjects
from pathways.facts import KINDS, Context, Fact, FactKind
from pathways.forms.fact import FactForm
from pathways.guards import Refusal, TransitionRefused
from pathways.menu import PEOPLE_ROLES
from pathways.models import Pathway
from pathways.panels import subject_titles
from pathways.possibilities import fact_url, label_of, offers_job
from pathways.replay import fold, history, valid
from pathways.transitions import apply, first_refusal, roles_of
from pathways.variants import EARLY_EXIT
from pathways.views.access import for_roles


@require_http_methods(["GET", "POST"])
@for_roles(*PEOPLE_ROLES)
def fact(request: HttpRequest, pathway_id: int, kind: str) -> HttpResponse:
    """The form of one kind of fact; `?prescription=` says which prescription, `?suite=` where to go afterwards."""
    stated = _kind_or_404(kind)
    pathway = get_object_or_404(Pathway.objects.visible_to(request.actor).with_person(), pk=pathway_id)
    if request.actor.role not in roles_of(kind):
        raise PermissionDenied("Ce fait est enregistré par d'autres que vous.")
    subjects = visible_subjects(pathway, request.actor) if stated.about_subject else []
    subject_id = _subject(request, stated, subjects)
    if stated.about_subject and subject_id is None:
        return _choose_subject(request, pathway, stated, subjects)
    may_be_job = offers_job(stated, request.actor)
    if request.method == "POST":
        form = FactForm(stated, pathway, request.POST, offers_job=may_be_job, subject_id=subject_id)
        return _state(request, pathway, stated, subject_id, form)
    refusal, periods = _refusal_now(request, pathway, stated, subject_id)
    # Where today is impossible, the date is for the reader to say.
    form = FactForm(
        stated,
        pathway,
        initial={"occurred_on": None} if refusal else None,
        offers_job=may_be_job,
        subject_id=subject_id,
    )
    return _page(request, pathway, stated, subject_id, form, refusal, periods)


def _kind_or_404(kind: str) -> FactKind:
    if kind not in KINDS or not KINDS[kind].by_hand:
        raise Http404("Ce fait ne s'enregistre pas à la main.")
    return KINDS[kind]


def _subject(request: HttpRequest, kind: FactKind, subjects: list[int]) -> int | None:
    """The prescription named by the address; the only one when none is named. 404 when it is not the reader's."""
    named = request.GET.get("prescription", "")
    if not kind.about_subject:
        return None
    if not named:
        return subjects[0] if len(subjects) == 1 else None
    if not named.isdigit() or int(named) not in subjects:
        raise Http404("Cette prescription n'existe pas, ou ne vous est pas ouverte.")
    return int(named)


def _state(request, pathway: Pathway, kind: FactKind, subject_id: int | None, form: FactForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, pathway, kind, subject_id, form)
    said = form.statement()
    try:
        outcome = apply(
            said.pop("kind"),
            pathway.pk,
            request.actor,
            subject_id=subject_id,
            idempotency_key=form.cleaned_data["key"] or None,
            **said,
        )
    except TransitionRefused as refused:
        form.refuse(refused.refusal)
        return _page(request, pathway, kind, subject_id, form)
    if not outcome.repeated:
        story = KINDS[outcome.event.kind].story
        messages.success(request, f"Enregistré pour {pathway.beneficiary} : {story.lower()}.")
    return redirect(following(request, pathway.pk))


def following(request: HttpRequest, pathway_id: int) -> str:
    """Where to go once done: the local address given as `suite`, else the person's file."""
    wanted = request.POST.get("suite") or request.GET.get("suite") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("pathways:file", args=[pathway_id])


def _refusal_now(
    request, pathway: Pathway, kind: FactKind, subject_id: int | None
) -> tuple[Refusal | None, list[Period]]:
    """Why the fact is impossible today (None: it may be stated), and the past days on which it would be possible.

    An early exit is impossible only when the drop-out and the departure for a job both are.
    """
    facts = valid(history(pathway.pk))
    standing = fold(facts)
    names = [kind.name, EARLY_EXIT.becomes] if offers_job(kind, request.actor) else [kind.name]
    refusals = [
        first_refusal(
            Context(Fact(name, clock.today(), subject_id), request.actor, pathway, standing, asking=True)
        )
        for name in names
    ]
    if None in refusals:
        return None, []
    return refusals[0], possible_days(names, subject_id, pathway, request.actor, facts)


@require_safe
@for_roles(*PEOPLE_ROLES)
def past_facts(request: HttpRequest, pathway_id: int) -> HttpResponse:
    """The facts that are impossible today and could be stated at an earlier date: something was forgotten."""
    pathway = get_object_or_404(Pathway.objects.visible_to(request.actor).with_person(), pk=pathway_id)
    found = past_possibilities(pathway, request.actor)
    titles = subject_titles(p.subject_id for p in found)
    links = [
        {
            "label": p.kind.label,
            "subject": titles.get(p.subject_id, ""),
            "url": fact_url(pathway.pk, p.kind.name, p.subject_id),
        }
        for p in found
    ]
    label = "Enregistrer un fait passé"
    context = {"pathway": pathway, "label": label, "links": links, "crumbs": crumbs(pathway, label)}
    return render(request, "pathways/past_facts.html", context)


def _page(
    request,
    pathway: Pathway,
    kind: FactKind,
    subject_id: int | None,
    form: FactForm,
    refusal: Refusal | None = None,
    periods: Sequence[Period] = (),
) -> HttpResponse:
    label = label_of(kind, request.actor)
    context = {
        "pathway": pathway,
        "kind": kind,
        "label": label,
        "subject": subject_titles([subject_id]).get(subject_id, ""),
        "form": form,
        "refusal": refusal,
        "periods": periods,
        "tells_periods": bool(periods) and _may_be_told(request, pathway, subject_id, periods),
        "following": following(request, pathway.pk),
        "crumbs": crumbs(pathway, label),
    }
    return render(request, "pathways/fact.html", context, status=422 if form.errors else 200)


def _may_be_told(request, pathway: Pathway, subject_id: int | None, periods: Sequence[Period]) -> bool:
    return may_be_told(periods, subject_id, request.actor, valid(history(pathway.pk)))


def crumbs(pathway: Pathway, here: str) -> list[dict[str, str]]:
    return [
        {"label": "Dossiers", "url": reverse("pathways:search")},
        {"label": str(pathway.beneficiary), "url": reverse("pathways:file", args=[pathway.pk])},
        {"label": here},
    ]


def _choose_subject(request, pathway: Pathway, kind: FactKind, subjects: list[int]) -> HttpResponse:
    """Several prescriptions: which one is it about?"""
    titles = subject_titles(subjects)
    after = following(request, pathway.pk)
    links = [
        {"label": titles.get(pk, f"Prescription {pk}"), "url": fact_url(pathway.pk, kind.name, pk, after)}
        for pk in subjects
    ]
    label = label_of(kind, request.actor)
    context = {"pathway": pathway, "label": label, "links": links, "crumbs": crumbs(pathway, label)}
    return render(request, "pathways/fact_subject.html", context)
