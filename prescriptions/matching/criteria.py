"""The criteria that compare a person with a session: each has a name, a verdict in words, and a place in the order.

Pure functions of what is known: the list of candidates and the saturation plan read the same ones. A verdict's `rank`
compares two people on that criterion alone, the smaller first; nothing adds the criteria up (domain.md, C: « pas de
score opaque »).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from config.ui.dates import NO_BREAK
from prescriptions.enums import NextStep, RefusalReason
from prescriptions.matching import levels

ICONS = {
    "success": "check",
    "info": "info-circle",
    "neutral": "point",
    "warning": "help-circle",
    "danger": "alert-circle",
}
#: Bands of distance in kilometres: inside one, who waits longest comes first.
BANDS = (10, 20, 30, 50, 100)


@dataclass(frozen=True)
class Reason:
    """Why a person stands where they stand, in words. tone: a tone of the kit. code: the criterion it comes from."""

    code: str
    tone: str
    text: str

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


@dataclass(frozen=True)
class Verdict:
    """What one criterion says of one person for one session.

    rank: the smaller, the better. to_verify: nothing known says so, somebody has to ask. is_met: False when the
    criterion speaks against it (the saturation plan then leaves the pair out).
    """

    code: str
    rank: int
    tone: str
    text: str
    to_verify: bool = False
    is_met: bool = True

    @property
    def reason(self) -> Reason:
        return Reason(self.code, self.tone, self.text)


TRADE, LEVEL, REFUSAL, DISTANCE, WAIT, AVAILABILITY, ELIGIBILITY = (
    *("trade", "level", "refusal", "distance", "wait"),
    *("availability", "eligibility"),
)
#: Criterion -> its name on the page.
NAMES = {
    TRADE: "métier du projet",
    LEVEL: "niveau demandé",
    REFUSAL: "refus antérieurs",
    DISTANCE: "distance, par tranches",
    WAIT: "temps d'attente",
}

SAME_TRADE, SAME_DOMAIN, NO_TRADE_KNOWN, OTHER_TRADE = range(4)


def domain(rome_code: str) -> str:
    """The professional domain of a ROME code: its letter and first two digits."""
    return rome_code[:3]


def trade(job_project: str, rome_codes: Collection[str]) -> Verdict:
    """Does the course lead to the person's job project (ROME codes)?"""
    if not rome_codes:
        # Basic skills, French as a foreign language: they serve any project.
        return Verdict(TRADE, SAME_TRADE, "neutral", "formation ouverte à tout projet")
    if not job_project:
        return Verdict(TRADE, NO_TRADE_KNOWN, "warning", "projet professionnel non renseigné", to_verify=True)
    if job_project in rome_codes:
        return Verdict(TRADE, SAME_TRADE, "success", f"même métier ({job_project})")
    if domain(job_project) in {domain(code) for code in rome_codes}:
        return Verdict(TRADE, SAME_DOMAIN, "info", f"même domaine professionnel ({domain(job_project)})")
    return Verdict(
        TRADE, OTHER_TRADE, "neutral", f"projet dans un autre métier ({job_project})", is_met=False
    )


def level(asp_code: str, lheo_code: str) -> Verdict:
    """Has the person the level of education that the course asks for?"""
    wanted, reached = levels.asked(lheo_code), levels.reached(asp_code)
    if wanted == levels.NONE_ASKED:
        return Verdict(LEVEL, 0, "success", "aucun niveau demandé")
    if wanted is None:
        return Verdict(LEVEL, 1, "neutral", "niveau demandé non renseigné", to_verify=True)
    if reached is None:
        said = f"niveau de la personne inconnu ({levels.NAMES[wanted]} demandé)"
        return Verdict(LEVEL, 1, "warning", said, to_verify=True)
    if reached >= wanted:
        return Verdict(LEVEL, 0, "success", f"niveau demandé atteint ({levels.NAMES[reached]})")
    said = f"niveau inférieur à celui demandé ({levels.NAMES[reached]} pour {levels.NAMES[wanted]})"
    return Verdict(LEVEL, 2, "danger", said, is_met=False)


def distance(km: float | None, reach_km: float) -> Verdict:
    """Does the person live within reach of the session? km: None when one of the two places is unknown."""
    if km is None:
        return Verdict(DISTANCE, len(BANDS) + 1, "warning", "distance inconnue", to_verify=True)
    band = next((number for number, limit in enumerate(BANDS) if km <= limit), len(BANDS))
    said = f"{round(km)}{NO_BREAK}km" if km >= 1 else f"moins de 1{NO_BREAK}km"
    if km > reach_km:
        return Verdict(DISTANCE, band, "danger", f"trop loin ({said})", is_met=False)
    return Verdict(DISTANCE, band, "success" if band == 0 else "neutral", said)


@dataclass(frozen=True)
class PastRefusal:
    """A refusal that the person met for the same course. is_same_session: for the very session."""

    reason: str
    decided_on: date | None
    next_step: str
    is_same_session: bool = False

    @property
    def opens_again(self) -> bool:
        """The provider itself proposed to come back to this course."""
        if self.next_step == NextStep.LATER:
            return True
        return self.next_step == NextStep.OTHER_SESSION and not self.is_same_session


def refusal(latest: PastRefusal | None) -> Verdict:
    """Has the person been refused this course before? latest: the last such refusal."""
    if latest is None:
        return Verdict(REFUSAL, 0, "success", "jamais refusé pour cette formation")
    where = "cette session" if latest.is_same_session else "cette formation"
    when = f" le {latest.decided_on:%d/%m/%Y}" if latest.decided_on else ""
    why = _label(RefusalReason, latest.reason)
    after = _label(NextStep, latest.next_step)
    said = f"refusé pour {where}{when} ({why}) ; suite proposée : {after}"
    if latest.opens_again:
        return Verdict(REFUSAL, 1, "info", said)
    return Verdict(REFUSAL, 2, "danger", said, is_met=False)


def _label(choices, value: str) -> str:
    return choices(value).label.lower() if value in choices.values else "non précisée"


def wait(since: date | None, day: date) -> Verdict:
    """How long the person has been looking for a seat, on `day`."""
    return wait_of((day - since).days if since else 0)


def wait_of(days: int) -> Verdict:
    """The same, from the number of days: the rank is minus that number."""
    if days <= 0:
        return Verdict(WAIT, 0, "neutral", "cherche une place depuis aujourd'hui")
    return Verdict(WAIT, -days, "neutral", f"cherche une place depuis {days}{NO_BREAK}j")
