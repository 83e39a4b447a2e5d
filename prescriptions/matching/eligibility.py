"""Whether the scheme that pays for a session accepts a person. Without an answer: to verify, never refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from prescriptions.matching.criteria import ELIGIBILITY, Reason
from prescriptions.models import Session
from prescriptions.schemes import eligibility as schemes
from prescriptions.schemes.rules import Outcome


@dataclass(frozen=True)
class Answer:
    """is_eligible: True, False, or None when somebody has to verify. because: in words, may be empty."""

    is_eligible: bool | None
    because: str = ""

    @property
    def reason(self) -> Reason | None:
        if self.is_eligible is None:
            said = f"éligibilité à vérifier : {self.because}" if self.because else "éligibilité à vérifier"
            return Reason(ELIGIBILITY, "warning", said)
        if self.is_eligible:
            return Reason(ELIGIBILITY, "success", f"éligible{self._tail}")
        return Reason(ELIGIBILITY, "danger", f"non éligible{self._tail}")

    @property
    def _tail(self) -> str:
        return f" : {self.because}" if self.because else ""


UNKNOWN = Answer(None)
_SAID = {Outcome.YES: True, Outcome.NO: False, Outcome.TO_VERIFY: None}


def of_verdict(verdict: schemes.Verdict) -> Answer:
    """What the schemes answer: the name of the one that is open, else what decides against or is missing."""
    if verdict.outcome is Outcome.YES:
        return Answer(True, verdict.best.name)
    return Answer(_SAID[verdict.outcome], verdict.because)


def answers(session: Session, pathway_ids: Collection[int], day: date) -> dict[int, Answer]:
    """Pathway id -> the answer of the schemes in force on that day; a bounded number of queries."""
    found = schemes.for_people(session, pathway_ids, day)
    return {pathway_id: of_verdict(verdict) for pathway_id, verdict in found.items()}
