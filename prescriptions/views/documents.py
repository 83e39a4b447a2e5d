"""The attestations of a session: who has theirs, issuing what is missing, reading one, taking all away."""

from __future__ import annotations

import io
import zipfile

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.ui.dates import count
from pathways.access_log import record_reading
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.identity import search_key
from pathways.views.access import for_roles
from prescriptions.documents.issuing import Issued, issue, renew
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.legal_delay import legal_days
from prescriptions.documents.lines import Line, lines
from prescriptions.documents.rendering import pdf
from prescriptions.documents.standing import Standing, standings
from prescriptions.models import IssuedDocument, Session
from prescriptions.views.sessions import crumbs_below

READERS = (Role.PROVIDER, Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR)
#: Documents issued by one click, at most: a session never has as many people.
AT_ONCE = 200


@require_safe
@for_roles(*READERS)
def of_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Everybody registered or entered whom the reader follows, with their AIS and AES; the provider issues here."""
    session = get_object_or_404(Session.objects.visible_to(request.actor).with_offer(), pk=session_id)
    found = lines(session, request.actor)
    awaited = {kind: sum(slot.is_awaited for slot in _slots(found, kind)) for kind in DocumentKind}
    late = sum(slot.is_late for slot in _slots(found, DocumentKind.AES))
    context = {
        "session": session,
        "lines": found,
        "awaited": awaited if any(awaited.values()) else {},
        "late": late,
        "legal_days": legal_days(),
        "can_issue": request.actor.has_role(Role.PROVIDER),
        "has_documents": any(slot.current for line in found for slot in line.slots),
        "crumbs": crumbs_below(session, "Attestations"),
    }
    return render(request, "prescriptions/documents/of_session.html", context)


def _slots(found: list[Line], kind: DocumentKind):
    return (slot for line in found for slot in line.slots if slot.kind == kind)


@require_POST
@for_roles(Role.PROVIDER)
def issue_of_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Issue the AIS or AES (`kind`) of one person (`prescription`), or of everybody for whom it is awaited."""
    session = get_object_or_404(Session.objects.visible_to(request.actor).with_offer(), pk=session_id)
    kind = request.POST.get("kind", "")
    if kind not in DocumentKind.values:
        raise Http404("Cette attestation n'existe pas.")
    kind = DocumentKind(kind)
    found = lines(session, request.actor)
    named = request.POST.get("prescription", "")
    awaited = [
        line.prescription.pk
        for line, slot in zip(found, _slots(found, kind), strict=True)
        if (str(line.prescription.pk) == named if named else slot.is_awaited)
    ]
    if named and not awaited:
        raise Http404("Cette personne n'est pas dans cette session.")
    issued = issue(kind, awaited[:AT_ONCE], request.actor)
    level, told = _told(kind, issued)
    messages.add_message(request, level, told)
    return redirect("prescriptions:documents", session.pk)


def _told(kind: DocumentKind, issued: Issued) -> tuple[int, str]:
    if issued.made:
        first, last = issued.made[0].number, issued.made[-1].number
        numbers = first if first == last else f"{first} à {last}"
        return messages.SUCCESS, f"{count(len(issued.made), f'{kind} émise,{kind} émises')} : {numbers}."
    if issued.there:
        return messages.INFO, f"Cette {kind} était déjà émise : {issued.there[0].number}."
    return messages.WARNING, (
        f"Aucune {kind} à émettre : enregistrez d'abord l'inscription ou l'entrée de la personne."
    )


@require_POST
@for_roles(Role.PROVIDER)
def renew_document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Issue a document again, once what it says has been put right; the old number is never used again."""
    document = _visible(request, document_id)
    try:
        new = renew(document.pk, request.actor)
    except TransitionRefused as refused:
        messages.warning(request, str(refused.refusal))
    else:
        messages.success(request, f"{new.number} émise ; {document.number} ne vaut plus.")
    return redirect("prescriptions:documents", document.prescription.session_id)


@require_safe
@for_roles(*READERS)
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """The PDF, rendered from what was frozen; what no longer holds says so across the page."""
    found = _visible(request, document_id)
    record_reading(request.actor, found.prescription.pathway, f"attestation {found.number}")
    paper = _paper(found, standings([found])[found.pk])
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@for_roles(*READERS)
def all_of_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """A ZIP with every document of the session that holds, among the people whom the reader follows."""
    session = get_object_or_404(Session.objects.visible_to(request.actor), pk=session_id)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for line in lines(session, request.actor):
            for slot in line.slots:
                if slot.current is not None:
                    held = slot.current
                    person = held.content["person"]
                    name = search_key(person["last_name"], person["first_name"]).replace(" ", "-")
                    record_reading(request.actor, line.prescription.pathway, f"attestation {held.number}")
                    archive.writestr(f"{held.number}-{name}.pdf", _paper(held, Standing.valid()))
    response = HttpResponse(file.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="attestations-session-{session.pk}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _visible(request: HttpRequest, document_id: int) -> IssuedDocument:
    seen = IssuedDocument.objects.visible_to(request.actor)
    return get_object_or_404(seen.select_related("prescription__pathway"), pk=document_id)


def _paper(document: IssuedDocument, standing: Standing) -> bytes:
    """The addresses on paper are the product's own, whatever name the reader has reached it by."""
    verify, found = reverse("prescriptions:verify"), [document.fingerprint]
    site = settings.SITE_URL.rstrip("/")
    return pdf(
        document.content,
        verify_url=f"{site}{verify}",
        document_url=f"{site}{reverse('prescriptions:verify_document', args=found)}",
        notice=standing.notice,
    )
