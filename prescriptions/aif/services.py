"""Examining an AIF for somebody, and recording what was concluded with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config import clock
from config.errors import JalonsError
from pathways.actor import Actor
from pathways.models import Pathway
from pathways.transitions import Outcome, apply
from prescriptions.aif import delays
from prescriptions.aif.evidence import Evidence, Note
from prescriptions.aif.search import consider
from prescriptions.aif.wish import Wish
from prescriptions.schemes import catalogue
from prescriptions.schemes.case import Case, read_people
from prescriptions.schemes.eligibility import judge_scheme

KIND = "examine_aif"
SCHEME = "aif"
#: The rule that sends here: it says nothing more once one is here.
SUBSIDIARY = "subsidiary"


class OfferChanged(JalonsError):
    """What was shown is no longer what is found: it must be read again before anything is recorded."""

    def __init__(self):
        super().__init__(
            "L'offre a changé depuis que la page a été affichée.",
            code="aif_offer_changed",
            next_step="Relisez les sessions ci-dessous, puis enregistrez.",
        )


def examine(pathway: Pathway, wish: Wish, day: date | None = None) -> Evidence:
    """What the guard finds on `day`: nothing is written. pathway: with its beneficiary and commune. Six queries."""
    day = day or clock.today()
    window, reach = delays.in_force(day)
    considered, beyond = consider(pathway.pk, pathway.beneficiary, wish.domains, day, window, reach)
    return Evidence(
        day=day,
        domains=str(wish.domains),
        window_days=window,
        reach_km=reach,
        considered=tuple(considered),
        notes=notes(pathway.pk, wish, day),
        beyond=beyond,
    )


def notes(pathway_id: int, wish: Wish, day: date) -> tuple[Note, ...]:
    """What the rules of the scheme AIF answer about the training: delay, price, hours (warnings, never a bar)."""
    case = Case(read_people([pathway_id])[pathway_id], wish.as_offer(), day)
    return tuple(
        Note(told.outcome.value, told.answer.why, told.answer.remedy)
        for scheme in catalogue.in_force(day, SCHEME)
        for told in judge_scheme(case, scheme).told
        if told.applied.row.rule != SUBSIDIARY
    )


@dataclass(frozen=True)
class Conclusion:
    """What somebody concludes. ground: one of `AifGround`. found: session id -> what they verified about it."""

    ground: str
    text: str
    found: Mapping[int, str]
    seen: str


def record(
    pathway: Pathway, wish: Wish, conclusion: Conclusion, actor: Actor, key: str | None = None
) -> Outcome:
    """State the conclusion of today with its evidence frozen.

    Raises OfferChanged when the evidence is no longer the one that was `seen`, NotVisible, TransitionRefused
    (aif_sessions_left, aif_unexplained…).
    """
    evidence = examine(pathway, wish)
    if evidence.fingerprint != conclusion.seen:
        raise OfferChanged()
    payload = {**wish.as_payload(), "evidence": evidence.after_verifying(conclusion.found).as_payload()}
    return apply(
        KIND,
        pathway.pk,
        actor,
        reason=conclusion.ground,
        comment=conclusion.text,
        payload=payload,
        idempotency_key=key,
    )
