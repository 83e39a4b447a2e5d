"""Prescribing a session to a person: find, choose, confirm; and the drafts kept on the way."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pathways.enums import Role
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Pathway
from pathways.views.access import for_roles
from prescriptions import services
from prescriptions.choosing import Chooser
from prescriptions.enums import MeetingKind, PrescriptionState
from prescriptions.forms import PrescribeForm
from prescriptions.models import Prescription, Session
from prescriptions.schemes import eligibility
from prescriptions.tones import recruitment_badge
from prescriptions.views.sessions import crumbs_for

PRESCRIBERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER)


@require_http_methods(["GET", "POST"])
@for_roles(*PRESCRIBERS)
def prescribe(request: HttpRequest, pathway_id: int) -> HttpResponse:
    """Without a session: the search, begun with the person's project and town. With one: confirm, then send or keep."""
    people = Pathway.objects.visible_to(request.actor).with_person().select_related("beneficiary__commune")
    pathway = get_object_or_404(people, pk=pathway_id)
    named = request.POST.get("choose") or request.POST.get("session") or request.GET.get("session", "")
    if not named.isdecimal() or len(named) > 18:
        return redirect(search_url(pathway))
    session = get_object_or_404(Session.objects.visible_to(request.actor).with_offer(), pk=int(named))
    if request.method == "GET":
        form = PrescribeForm(comment=_draft_comment(pathway, session))
        return _confirm(request, pathway, session, form)
    form = PrescribeForm(request.POST)
    if "choose" in request.POST:
        # Another session with what was typed for the first; its own key, for it is another request.
        fresh = PrescribeForm({**request.POST.dict(), "key": PrescribeForm().initial["key"]})
        return _confirm(request, pathway, session, fresh)
    if "draft" in request.POST:
        return _keep_draft(request, pathway, session, form)
    return _send(request, pathway, session, form)


def search_url(pathway: Pathway) -> str:
    """The search of sessions for this person, begun with what is known of the project and the town."""
    person = pathway.beneficiary
    known = {
        "dossier": pathway.pk,
        "metier": person.job_project,
        "lieu": person.commune.name if person.commune else person.city,
    }
    query = urlencode({name: value for name, value in known.items() if value})
    return f"{reverse('prescriptions:sessions')}?{query}"


def _draft_comment(pathway: Pathway, session: Session) -> str:
    drafts = Prescription.objects.filter(pathway=pathway, session=session, state=PrescriptionState.DRAFT)
    return drafts.values_list("draft_comment", flat=True).first() or ""


def _send(request: HttpRequest, pathway: Pathway, session: Session, form: PrescribeForm) -> HttpResponse:
    if not form.is_valid():
        return _confirm(request, pathway, session, form)
    given = form.cleaned_data
    try:
        services.prescribe(
            pathway, session, request.actor, given["occurred_on"], given["comment"], given["key"] or None
        )
    except TransitionRefused as refused:
        return _confirm(request, pathway, session, form, refused.refusal)
    messages.success(
        request, f"{pathway.beneficiary} : prescription de « {session.title} » envoyée à {session.provider}."
    )
    return redirect("pathways:file", pathway.pk)


def _keep_draft(
    request: HttpRequest, pathway: Pathway, session: Session, form: PrescribeForm
) -> HttpResponse:
    form.full_clean()
    services.save_draft(pathway, session, request.actor, form.cleaned_data.get("comment", ""))
    messages.success(request, f"Brouillon gardé pour {pathway.beneficiary} : il vous attend dans votre pile.")
    return redirect("pathways:file", pathway.pk)


def _confirm(
    request: HttpRequest,
    pathway: Pathway,
    session: Session,
    form: PrescribeForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page that asks, or that says why not with other sessions of the same trade."""
    chooser = Chooser(pathway, request.actor)
    told = refusal or chooser.refusal(session)
    # A wrong date is put right in the form; whatever else stands in the way is told with other sessions.
    if refusal is not None and refusal.code in (
        "in_the_future",
        "before_birth",
        "before_cohort",
        "impossible_history",
    ):
        form.add_error("occurred_on", str(refusal))
        told = None
    context = {
        "pathway": pathway,
        "session": session,
        "meetings": session.meetings.coming().of_kind(MeetingKind.INFORMATION),
        "recruitment": recruitment_badge(session),
        "form": form,
        "refusal": told,
        "verdict": eligibility.for_people(session, [pathway.pk])[pathway.pk],
        "alternatives": chooser.alternatives(session) if told else [],
        "search_url": search_url(pathway),
        "crumbs": crumbs_for(pathway, "Prescrire"),
    }
    failed = refusal is not None or bool(form.is_bound and form.errors)
    return render(request, "prescriptions/prescribe.html", context, status=422 if failed else 200)


@require_POST
@for_roles(*PRESCRIBERS)
def discard(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Forget a draft."""
    drafts = Prescription.objects.visible_to(request.actor).select_related("pathway__beneficiary", "session")
    draft = get_object_or_404(drafts, pk=prescription_id)
    try:
        services.discard_draft(draft, request.actor)
    except TransitionRefused as refused:
        messages.error(request, str(refused.refusal))
    else:
        messages.success(request, f"Brouillon supprimé : {draft.session.title}, {draft.pathway.beneficiary}.")
    return redirect("pathways:file", draft.pathway_id)
