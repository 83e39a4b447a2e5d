"""Choosing a session for a person: whether the door would accept it, asked before anything is typed."""

from __future__ import annotations

from django.db.models import F, Q

from config import clock
from pathways.actor import Actor
from pathways.facts import Context, Fact
from pathways.guards import Refusal
from pathways.lifecycle import PATHWAY, REGISTRY
from pathways.models import Pathway
from pathways.refusals import wrong_state
from pathways.replay import fold, history, valid
from pathways.transitions import first_refusal
from prescriptions.guards import live_sessions
from prescriptions.models import Prescription, Session
from prescriptions.search import Criteria, find

SUBMIT = "submit"
#: No prescription has this key: the request does not exist yet.
NOT_YET = 0
#: How many sessions are asked before giving up finding alternatives.
ALTERNATIVES_ASKED = 20


class Chooser:
    """Asks the door, for one person and one actor, about as many sessions as a page shows; the history is read once."""

    def __init__(self, pathway: Pathway, actor: Actor):
        self.pathway = pathway
        self.actor = actor
        self._standing = fold(valid(history(pathway.pk)))
        self._asked = live_sessions(pathway.pk)

    def refusal(self, session: Session) -> Refusal | None:
        """Why this person cannot be prescribed this session today; None when they can."""
        return first_refusal(self._context(session))

    def refusal_of_person(self) -> Refusal | None:
        """Why this person can be prescribed nothing at all today, whatever the session; None when they can."""
        context = self._context(None)
        state = self._standing.state(PATHWAY)
        row = REGISTRY[PATHWAY].row(SUBMIT, state)
        if row is None:
            return wrong_state(REGISTRY[PATHWAY], SUBMIT, state)
        refusals = (guard.refusal(context) for guard in row.guards)
        return next((refusal for refusal in refusals if refusal is not None), None)

    def _context(self, session: Session | None) -> Context:
        return Context(
            Fact(SUBMIT, clock.today(), NOT_YET),
            self.actor,
            self.pathway,
            self._standing,
            asking=True,
            _loaded={
                "prescription": Prescription(pathway=self.pathway, session=session) if session else None,
                "session": session,
                "live_sessions": self._asked,
            },
        )

    def alternatives(self, session: Session, limit: int = 3) -> list[Session]:
        """Other sessions of the same trade that would be accepted: those with a free seat, then the earliest."""
        formation = session.action.formation
        same_trade = Q(action__formation=formation) | Q(title=session.title)
        if formation.rome_codes:
            same_trade |= Q(action__formation__rome_codes__overlap=formation.rome_codes)
        others = Session.objects.visible_to(self.actor).with_offer().filter(same_trade).exclude(pk=session.pk)
        asked = find(others, Criteria()).order_by(F("starts_on").asc(nulls_last=True), "pk")[
            :ALTERNATIVES_ASKED
        ]
        accepted = [other for other in asked if self.refusal(other) is None]
        return sorted(accepted, key=lambda other: other.seats_left == 0)[:limit]
