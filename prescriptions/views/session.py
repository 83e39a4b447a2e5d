"""One session: dates, place, seats, who declared what and when, its candidates as far as the reader may know them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.dates import count, day
from pathways.enums import Role
from pathways.models import Pathway
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.views.access import for_roles
from prescriptions import jobs, queue, seats_panel
from prescriptions.candidate_lines import READING_ORDER, lines
from prescriptions.completeness.checks import remarks
from prescriptions.documents.legal_delay import tally
from prescriptions.enums import ASKING, EXPECTED, PrescriptionState
from prescriptions.figures import counts_by_state
from prescriptions.line_actions import LineActions
from prescriptions.matching import levels
from prescriptions.models import Prescription, Session
from prescriptions.past import people_of
from prescriptions.provenance import CARIF, euros, figures
from prescriptions.saturation.cases import case_of
from prescriptions.schemes import eligibility
from prescriptions.tones import badge_of_state, recruitment_badge
from prescriptions.views.documents import READERS as PAPER_READERS
from prescriptions.views.sessions import OFFER_ROLES, chosen_person

P = PrescriptionState
#: Candidates shown on the page; the provider's own list has filters for the rest.
SHOWN = 200
#: Days after which a figure is marked as old: of a session to come; of one that is over.
STALE_AFTER, NEVER = 30, 36_500


def _candidates(request: HttpRequest, session_id: int) -> QuerySet[Pathway]:
    return people_of(Session.objects.visible_to(request.actor).filter(pk=session_id))


def _figures(request: HttpRequest, session_id: int) -> list[tuple[str, int]]:
    found = Session.objects.visible_to(request.actor).filter(pk=session_id)
    counts = counts_by_state([session_id]).get(session_id, {}) if found else {}
    held = [("Places tenues", each.seats_held) for each in found]
    return held + [(str(state.label), counts[state]) for state in READING_ORDER if counts.get(state)]


@require_safe
@for_roles(*OFFER_ROLES)
@readable_in_time(_candidates, figures=_figures)
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Candidates appear for those who may read the people: the Région reads counts only."""
    actor = request.actor
    offer = Session.objects.visible_to(actor).with_offer().select_related("declared_by", "replaced_by")
    found = get_object_or_404(offer, pk=session_id)
    people = Prescription.objects.visible_to(actor).filter(session=found)
    shown = list(people.with_all().select_related("prescriber_organisation").order_by("pk")[: SHOWN + 1])
    is_own, is_past = actor.has_role(Role.PROVIDER), reading_now() is not None
    may_change = found.cancelled_on is None and not is_past
    counts = counts_by_state([found.pk]).get(found.pk, {})
    context = {
        "session": found,
        "action": found.action,
        "saturation": None if is_past else case_of(found.pk, actor),
        "recruitment": recruitment_badge(found),
        "facts": facts(found),
        **for_person(request, found),
        "figures": figures(found),
        "hourly_cost": euros(found.hourly_cost),
        "stale_after": STALE_AFTER if is_to_come(found) else NEVER,
        "carif": CARIF,
        "carif_day": found.action.formation.updated_on_carif,
        "held": found.meetings.filter(held_on__lt=clock.today()),
        "meetings": found.meetings.coming().select_related("declared_by"),
        "remarks": remarks(found),
        "counts": [(badge_of_state(state), counts[state]) for state in READING_ORDER if counts.get(state)],
        "candidates": lines(shown[:SHOWN], LineActions(actor, request.get_full_path())),
        "is_cut": len(shown) > SHOWN,
        "reads_people": not actor.has_role(Role.REGION_OFFICER),
        "candidates_title": candidates_title(actor.role),
        "queue_rule": queue.RULE,
        "has_queue": bool(counts.get(P.WAITLISTED)),
        "can_edit": is_own and may_change,
        "can_cancel": actor.has_role(Role.PROVIDER, Role.REGION_OFFICER) and may_change,
        "can_decide": is_own and may_change and any(p.state in ASKING for p in shown),
        "can_take_presence": is_own and not is_past and any(p.state == P.CONVENED for p in shown),
        "is_own": is_own,
        "postponed_title": postponed_title(found),
        "lead": lead(found, counts),
        "papers": None if is_past else tally(found.pk),
        "papers_url": reverse("prescriptions:documents", args=[found.pk])
        if actor.role in PAPER_READERS
        else "",
        "kept": seats_panel.of(found, actor),
        "crumbs": [
            {"label": "Sessions", "url": reverse("prescriptions:sessions")},
            {"label": found.title},
        ],
    }
    return render(request, "prescriptions/session.html", context)


def for_person(request: HttpRequest, session: Session) -> dict[str, Any]:
    """For who prescribes and comes from somebody (`?dossier=`): the person, and what the schemes answer today."""
    pathway = chosen_person(request) if reading_now() is None else None
    if pathway is None:
        return {"chosen": None, "verdict": None}
    return {"chosen": pathway, "verdict": eligibility.for_people(session, [pathway.pk])[pathway.pk]}


def is_to_come(session: Session) -> bool:
    """Somebody may still be directed to it: an old figure is then marked."""
    day = session.ends_on if session.is_permanent else session.starts_on
    return session.cancelled_on is None and (day is None or day >= clock.today())


def candidates_title(role: Role) -> str:
    return {
        Role.REFERENT: "Personnes de votre pôle",
        Role.DEPARTMENT_MANAGER: "Personnes de la cohorte",
        Role.ADVISOR: "Personnes de vos bassins",
    }.get(role, "Candidats")


def lead(session: Session, counts) -> str:
    """« 14 candidatures en cours · ouvre dans 12 j »."""
    live = sum(number for state, number in counts.items() if state in ASKING | EXPECTED)
    parts = [count(live, "candidature en cours,candidatures en cours")]
    if session.cancelled_on is not None:
        parts.append(f"annulée le {session.cancelled_on:%d/%m/%Y}")
    elif session.starts_on is not None:
        days = (session.starts_on - clock.today()).days
        parts.append(_opening(days))
    return " · ".join(parts)


def postponed_title(session: Session) -> str:
    """« Reportée le 12/03/2018 : devait ouvrir le 02/04/2018 »; nothing for a session that kept its dates."""
    if session.postponed_from is None:
        return ""
    return f"Reportée le {day(session.postponed_at)} : devait ouvrir le {day(session.postponed_from)}"


def _opening(days: int) -> str:
    if days > 1:
        return f"ouvre dans {days} j"
    return {1: "ouvre demain", 0: "ouvre aujourd'hui"}.get(days, "déjà ouverte")


def facts(session: Session) -> list[tuple[str, Any]]:
    """(label, value) pairs that are known of the place, the course and the provider, in the order of asking."""
    action = session.action
    hours = [(action.hours_centre, "en centre"), (action.hours_company, "en entreprise")]
    place = ", ".join(
        part
        for part in (action.place_name, action.address, f"{action.postal_code} {action.city}".strip())
        if part
    )
    known = [
        ("Organisme", session.provider.name),
        ("Téléphone", session.provider.phone),
        ("Courriel", session.provider.email),
        ("Lieu", place),
        ("Bassin d'emploi", str(session.area or "")),
        ("Durée", ", ".join(f"{number} h {where}" for number, where in hours if number)),
        ("Entrées", action.get_entry_mode_display()),
        ("Niveau d'entrée", levels.asked_in_words(action.formation.level_in)),
        ("Conditions d'accès", action.conditions),
        ("Comment on recrute", action.recruitment_notes),
        ("Objectif", action.formation.objective),
        ("Métiers visés", ", ".join(jobs.labels(action.formation.rome_codes))),
        ("N° Carif", session.carif_number),
    ]
    return [(label, value) for label, value in known if value]
