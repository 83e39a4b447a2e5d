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
from pathways.reading.moment import reading_now
from prescriptions import guards
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription
from prescriptions.workflow import PRESCRIPTION

P = PrescriptionState
#: The facts in the order of the table, which is that of an admission.
ORDER = tuple(dict.fromkeys(row.name for row in PRESCRIPTION.rows))
#: The same answer for every candidate of a session.
PER_SESSION = frozenset(
    {guards.CAPACITY_KNOWN, guards.SEAT_LEFT, guards.SEAT_TO_PASS, guards.SESSION_HAS_OPENED}
)
#: What a line offers first, by state.
LIKELIEST = {
    P.SUBMITTED: "convene",
    P.CONVENED: "attend",
    P.ATTENDED: "admit",
    P.ABSENT: "convene",
    P.WAITLISTED: "offer",
    P.OFFERED: "accept",
    P.ADMITTED: "register",
    P.REGISTERED: "enter",
}
#: Buttons of a list, where the person's name and state stand beside.
SHORT = {
    "convene": "Convoquer",
    "attend": "Présent",
    "miss": "Absent",
    "waitlist": "Liste d'attente",
    "offer": "Proposer la place",
    "accept": "Accepter",
    "register": "Inscrire (AIS)",
    "enter": "Entrée (AES)",
    "no_show": "Pas venu",
    "remind": "Relancer",
    "withdraw": "Retirer",
}


def short_label(name: str) -> str:
    return SHORT.get(name, KINDS[name].label)


@dataclass
class LineActions:
    """Actions for the lines of one page. following: where to come back once a fact is recorded."""

    actor: Actor
    following: str
    _known: dict[tuple[str, int], Refusal | None] = field(default_factory=dict)
    _reserved: dict[int, Any] = field(default_factory=dict)

    def kinds(self, prescription: Prescription) -> list[str]:
        """The facts that the reader may state about this candidate by hand, the likeliest first."""
        names = {
            row.name
            for row in PRESCRIPTION.rows
            if prescription.state in row.sources and self.actor.role in row.roles and KINDS[row.name].by_hand
        }
        likeliest = LIKELIEST.get(P(prescription.state))
        return sorted(names, key=lambda name: (name != likeliest, ORDER.index(name)))

    def of(self, prescription: Prescription) -> list[dict[str, Any]]:
        """Items for a line: `label`, `short`, `url`, `icon`, and `why`, `remedy` when a guard stands in the way.

        None in a past reading: nothing is recorded there.
        """
        if reading_now() is not None:
            return []
        items = []
        for name in self.kinds(prescription):
            kind, refusal = KINDS[name], self.refusal(name, prescription)
            url = fact_url(prescription.pathway_id, name, prescription.pk, self.following)
            item = {"label": kind.label, "short": short_label(name), "icon": kind.icon, "url": url}
            item |= {"why": "", "remedy": ""}
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
            _loaded={
                "prescription": prescription,
                "session": prescription.session,
                guards.RESERVED: self._reserved,
            },
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
