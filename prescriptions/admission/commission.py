"""A commission: the provider decides on all candidates of a session at once, each by themselves (PE, art. 6).

Main list, waiting list (whose order is the rule's, not a choice), refusals with their own reason, explanation and next
step. Every decision goes through the door: one that is refused stops none of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from pathways.actor import Actor
from pathways.bulk import Target, apply_many
from prescriptions.enums import ASKING, PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.workflow import PRESCRIPTION

P = PrescriptionState

#: In the order in which they are recorded: nobody is seated while somebody else's refusal is still to be written, and
#: whoever is to wait waits before the last seats are given.
ORDER = ("refuse", "waitlist", "admit")
#: (kind of fact, what the page calls it), in the order of the page.
DECISIONS = (("admit", "Liste principale"), ("waitlist", "Liste d'attente"), ("refuse", "Refus"))
#: Prefixes of the fields of one line.
DECISION, REASON, COMMENT, NEXT_STEP = "d-", "m-", "e-", "s-"
LONGEST = 2000


def candidates(session: Session, actor: Actor) -> QuerySet[Prescription]:
    """Those about whom the commission decides, by name."""
    rows = Prescription.objects.visible_to(actor).filter(
        session=session, state__in=sorted(ASKING - {P.OFFERED})
    )
    return rows.with_all().order_by("pathway__beneficiary__sort_key", "pk")


def open_to(state: str) -> list[tuple[str, str]]:
    """The decisions that the table allows from a state."""
    return [(kind, label) for kind, label in DECISIONS if PRESCRIPTION.row(kind, state) is not None]


@dataclass(frozen=True)
class Decided:
    """What was typed about one candidate. kind is empty when nothing is decided."""

    kind: str = ""
    reason: str = ""
    comment: str = ""
    next_step: str = ""

    @classmethod
    def read(cls, pk: int, data: Mapping[str, str]) -> Decided:
        kind = data.get(f"{DECISION}{pk}", "")
        return cls(
            kind if kind in ORDER else "",
            data.get(f"{REASON}{pk}", "")[:40],
            data.get(f"{COMMENT}{pk}", "")[:LONGEST],
            data.get(f"{NEXT_STEP}{pk}", "")[:40],
        )


@dataclass
class Result:
    """done: kind -> how many were recorded. refused: prescription id -> why."""

    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.refused and not any(self.done.values())


def decide(
    people: Sequence[Prescription], said: Mapping[int, Decided], actor: Actor, key: str, on: date
) -> Result:
    """Record what was decided on a day about each of these candidates; `key` makes a second sending harmless.

    The last seats go to those seen first at the information session, then to the oldest requests.
    """
    result = Result()
    in_turn = sorted(people, key=lambda p: (p.attended_on is None, p.attended_on or p.submitted_on, p.pk))
    for kind in ORDER:
        decided = [p for p in in_turn if p.pk in said and said[p.pk].kind == kind]
        report = apply_many(kind, [_target(p, said[p.pk], kind, key) for p in decided], actor, occurred_on=on)
        result.done[kind] += len(report.done)
        result.refused |= {target.subject_id: str(refusal) for target, refusal in report.refused}
    return result


def _target(p: Prescription, said: Decided, kind: str, key: str) -> Target:
    once = f"{key}:{kind}:{p.pk}" if key else None
    if kind != "refuse":
        return Target(p.pathway_id, p.pk, idempotency_key=once)
    payload = {"next_step": said.next_step} if said.next_step else {}
    return Target(
        p.pathway_id, p.pk, reason=said.reason, comment=said.comment, payload=payload, idempotency_key=once
    )
