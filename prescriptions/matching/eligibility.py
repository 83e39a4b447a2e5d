"""Whether the scheme that pays for a session accepts a person. Without an answer: to verify, never refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from prescriptions.matching.criteria import ELIGIBILITY, Reason
from prescriptions.models import Session


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


def answers(session: Session, pathway_ids: Collection[int], day: date) -> dict[int, Answer]:
    """Pathway id -> the answer of the session's scheme on that day; people it says nothing about are absent."""
    return {}
