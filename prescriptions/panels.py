"""What prescriptions add to a person's file: where each request stands, « Prescrire », what a request is called."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from config import clock
from pathways import origins
from pathways.actor import Actor
from pathways.enums import PathwayState, Role
from pathways.lifecycle import Standing
from pathways.models import Pathway
from pathways.panels import FileAction, Panel, file_action, panel, remedy, titles
from pathways.pile import Action
from pathways.possibilities import fact_url
from prescriptions import queue
from prescriptions.admission.deadlines import deadline, rules, told_on_file
from prescriptions.candidate_lines import detail
from prescriptions.choosing import Chooser
from prescriptions.delays import Delays
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription
from prescriptions.tones import badge_of

P = PrescriptionState
PRESCRIBERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER)
READERS = (*PRESCRIBERS, Role.ADVISOR, Role.PROVIDER)


@panel(10, *READERS)
def requests(pathway: Pathway, actor: Actor, standing: Standing) -> Panel | None:
    """Every request of the person that the reader may know of, the newest first."""
    visible = Prescription.objects.visible_to(actor).filter(pathway=pathway).with_all()
    found = list(visible.order_by("-pk"))
    if not found:
        return None
    ranks = queue.ranks(p.session_id for p in found if p.state == P.WAITLISTED)
    sources = origins.of_subjects("prescription", found)
    known, today = rules(Delays.on()), clock.today()
    lines = [
        {
            "prescription": p,
            "origin": sources.get(p.pk, ""),
            "session": p.session,
            "badge": badge_of(p),
            "detail": detail(p, ranks.get(p.pk), actor.role),
            "awaited": told_on_file(deadline(p, known), today),
            "explanation": p.refusal_explanation if p.state == P.REFUSED else "",
            "send_url": _send_url(p) if p.state == P.DRAFT and actor.role in PRESCRIBERS else "",
        }
        for p in found
    ]
    return Panel(
        "prescriptions/panel.html",
        {"lines": lines, "rule": queue.RULE if ranks else ""},
    )


def _send_url(prescription: Prescription) -> str:
    address = reverse("prescriptions:prescribe", args=[prescription.pathway_id])
    return f"{address}?session={prescription.session_id}"


@file_action(10, *PRESCRIBERS, instead_of=["submit"])
def prescribe(pathway: Pathway, actor: Actor, standing: Standing) -> Iterable[FileAction]:
    """« Prescrire » first looks for a session; where the person stands may forbid it whatever the session."""
    refusal = Chooser(pathway, actor).refusal_of_person()
    if refusal is None:
        url = reverse("prescriptions:prescribe", args=[pathway.pk])
        is_next = standing.state("pathway") == PathwayState.IDENTIFIED
        yield FileAction("Prescrire une session", url, "file-arrow-right", is_primary=is_next)
    else:
        why = refusal.sentence[:1].lower() + refusal.sentence[1:]
        yield FileAction("Prescrire une session", "", why=why, remedy=refusal.next_step)


@titles
def session_titles(ids: Iterable[int]) -> dict[int, str]:
    """« Maçon, AFPA Marseille (24_SE_1183) »."""
    rows = Prescription.objects.filter(pk__in=list(ids)).order_by()
    columns = ("pk", "session__title", "session__provider__name", "session__carif_number")
    return {
        pk: f"{title}, {provider} ({number})" for pk, title, provider, number in rows.values_list(*columns)
    }


@remedy(PathwayState.IDENTIFIED)
def find_session(actor: Actor, ids: list[int]) -> dict[int, Action]:
    """Somebody without a request needs a session."""
    if actor.role not in PRESCRIBERS:
        return {}
    return {
        pk: Action("Prescrire", reverse("prescriptions:prescribe", args=[pk]), is_main=True) for pk in ids
    }


@remedy(PathwayState.PRESCRIBED)
def remind_provider(actor: Actor, ids: list[int]) -> dict[int, Action]:
    """Somebody whose request waits: the provider is reminded of the oldest one."""
    if actor.role not in PRESCRIBERS:
        return {}
    waiting = Prescription.objects.visible_to(actor).filter(
        pathway__in=ids, state__in=[P.SUBMITTED, P.ATTENDED, P.WAITLISTED]
    )
    oldest: dict[int, int] = {}
    for pathway_id, pk in waiting.order_by("state_since", "pk").values_list("pathway", "pk"):
        oldest.setdefault(pathway_id, pk)
    pile_url = reverse("pathways:pile")
    return {
        pathway_id: Action("Relancer l'organisme", fact_url(pathway_id, "remind", pk, pile_url), is_main=True)
        for pathway_id, pk in oldest.items()
    }
