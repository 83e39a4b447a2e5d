"""What can be recorded about each candidate of a list: the table and its guards, without reading every history.

A person's file asks the whole history (`pathways.explanation`); a list of two hundred people reads the lifecycle's
table and asks each guard once per session. The door checks everything again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from config import clock
from pathways.actor import Actor
from pathways.facts import KINDS, Context, Fact
from pathways.guards import Guard, Refusal
from pathways.lifecycle import Standing
from pathways.possibilities import fact_url
from prescriptions import guards
from prescriptions.models import Prescription
from prescriptions.workflow import PRESCRIPTION

#: The same answer for every candidate of a session.
PER_SESSION = frozenset({guards.CAPACITY_KNOWN, guards.SEAT_LEFT, guards.SESSION_HAS_OPENED})
#: What a line offers, in this order; « Plus » holds what is not said here.
FIRST = ("accept", "admit", "enter", "register", "attend", "convene", "offer")


@dataclass
class LineActions:
    """Actions for the lines of one page. following: where to come back once a fact is recorded."""

    actor: Actor
    following: str
    _known: dict[tuple[str, int], Refusal | None] = field(default_factory=dict)

    def kinds(self, prescription: Prescription) -> list[str]:
        """The facts that the reader may state about this candidate by hand, the likeliest first."""
        names = {
            row.name
            for row in PRESCRIPTION.rows
            if prescription.state in row.sources and self.actor.role in row.roles and KINDS[row.name].by_hand
        }
        return sorted(names, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))

    def of(self, prescription: Prescription) -> list[dict[str, Any]]:
        """Items for a line: `label`, `url`, `icon`, and `why`, `remedy` when a guard stands in the way."""
        items = []
        for name in self.kinds(prescription):
            kind, refusal = KINDS[name], self.refusal(name, prescription)
            url = fact_url(prescription.pathway_id, name, prescription.pk, self.following)
            item = {"kind": name, "label": kind.label, "icon": kind.icon, "url": url, "why": "", "remedy": ""}
            if refusal is not None:
                item |= {"url": "", "why": refusal.sentence, "remedy": refusal.next_step}
            items.append(item)
        return items

    def refusal(self, name: str, prescription: Prescription) -> Refusal | None:
        """The first guard of the prescription's table that refuses."""
        row = PRESCRIPTION.row(name, prescription.state)
        context = Context(
            Fact(name, clock.today(), prescription.pk),
            self.actor,
            prescription.pathway,
            Standing(),
            asking=True,
            _loaded={"prescription": prescription, "session": prescription.session},
        )
        answers = (self._ask(guard, context, prescription.session_id) for guard in row.guards)
        return next((refusal for refusal in answers if refusal is not None), None)

    def _ask(self, guard: Guard, context: Context, session_id: int) -> Refusal | None:
        if guard not in PER_SESSION:
            return guard.refusal(context)
        key = (guard.code, session_id)
        if key not in self._known:
            self._known[key] = guard.refusal(context)
        return self._known[key]
