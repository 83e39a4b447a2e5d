"""Candidates as lists show them: who, where the request stands since when, what can be recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from config import clock
from config.ui.dates import count, day
from pathways import origins
from pathways.enums import Role
from pathways.together import row_of_subject
from prescriptions import queue
from prescriptions.enums import PrescriptionState
from prescriptions.line_actions import LineActions
from prescriptions.models import Prescription
from prescriptions.moments import in_words
from prescriptions.tones import badge_of

P = PrescriptionState

#: The order in which a session's candidates are read: what awaits somebody first, what is over last.
READING_ORDER = (
    P.SUBMITTED,
    P.ATTENDED,
    P.CONVENED,
    P.ABSENT,
    P.OFFERED,
    P.WAITLISTED,
    P.ADMITTED,
    P.REGISTERED,
    P.ENTERED,
    P.REFUSED,
    P.EXPIRED,
    P.NO_SHOW,
    P.WITHDRAWN,
    P.SESSION_CANCELLED,
    P.DRAFT,
)


def lines(prescriptions: Iterable[Prescription], actions: LineActions) -> list[dict[str, Any]]:
    """The lines of some prescriptions (with session and person loaded), in reading order."""
    prescriptions = list(prescriptions)
    ranks = queue.ranks({p.session_id for p in prescriptions if p.state == P.WAITLISTED})
    prescriptions.sort(key=lambda p: _place(p, ranks.get(p.pk)))
    sources = origins.of_subjects("prescription", prescriptions)
    return [{**_line(p, ranks.get(p.pk), actions), "origin": sources.get(p.pk, "")} for p in prescriptions]


def _place(prescription: Prescription, place: queue.Place | None) -> tuple:
    return (
        READING_ORDER.index(P(prescription.state)),
        place.rank if place else 0,
        prescription.waitlisted_on or prescription.state_since or clock.today(),
        prescription.pk,
    )


def _line(prescription: Prescription, rank: queue.Place | None, actions: LineActions) -> dict[str, Any]:
    offered = actions.of(prescription)
    possible = [item for item in offered if not item["why"]]
    person = prescription.pathway.beneficiary
    return {
        "prescription": prescription,
        "person": person,
        "age": person.age_on(clock.today()),
        "badge": badge_of(prescription),
        "detail": detail(prescription, rank, actions.actor.role),
        "main": possible[0] if possible else None,
        "more": possible[1:],
        "blocked": [item for item in offered if item["why"]],
        "has_choice": bool(possible),
        "value": row_of_subject(prescription.pk),
    }


def detail(prescription: Prescription, place: queue.Place | None, role: Role) -> str:
    """What the state alone does not say: for which day, until when, which rank and why, in words for the reader."""
    p = prescription
    if p.state == P.CONVENED:
        return f"pour le {day(p.convened_for)}"
    if p.state == P.WAITLISTED:
        if place is None:
            return f"en attente depuis le {day(p.waitlisted_on)}"
        return f"rang {place.rank} : {place.reason_for(role)}"
    if p.state == P.OFFERED:
        return f"à accepter jusqu'au {in_words(p.offer_expires_at)}"
    if p.state == P.REFUSED:
        told = f"{p.get_refusal_reason_display()} ; suite proposée : {p.get_next_step_display().lower()}"
        return f"le {day(p.ended_on)} : {told}"
    if p.state == P.WITHDRAWN:
        return f"le {day(p.ended_on)} : {p.get_withdrawal_reason_display().lower()}"
    if p.state == P.DRAFT:
        return "pas encore envoyé à l'organisme"
    waited = (clock.today() - p.state_since).days
    since = f"depuis le {day(p.state_since)}"
    return f"{since} ({count(waited, 'jour,jours')})" if p.state in (P.SUBMITTED, P.ATTENDED) else since
