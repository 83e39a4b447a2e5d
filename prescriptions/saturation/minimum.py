"""What is decided of a session under its minimum: recorded with who, when, and on what figures (domain.md B13)."""

from __future__ import annotations

from django.db import transaction

from config import clock
from notifications.models import Touched
from pathways.actor import Actor
from pathways.guards import Refusal, TransitionRefused
from pathways.refusals import NotVisible
from prescriptions.models import MinimumDecision, Session


def decide(session_id: int, actor: Actor, decision: str, comment: str) -> MinimumDecision:
    """Record a decision. Raises NotVisible, TransitionRefused (there is nothing to decide any more)."""
    with transaction.atomic():
        rows = Session.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
        session = rows.filter(pk=session_id).first()
        if session is None:
            raise NotVisible()
        if not _is_to_decide(session):
            raise TransitionRefused(
                Refusal(
                    "nothing_to_decide",
                    "Cette session n'est plus sous son effectif minimal, ou elle a ouvert ou été annulée.",
                    "Il n'y a plus rien à décider.",
                )
            )
        made = MinimumDecision.objects.create(
            session=session,
            decision=decision,
            comment=comment.strip(),
            held=session.seats_held,
            minimum=session.minimum,
            starts_on=session.starts_on,
            decided_by=actor.user,
            organisation=actor.organisation,
        )
        Touched.objects.create(subject_key=f"session:{session.pk}")
        return made


def _is_to_decide(session: Session) -> bool:
    if session.cancelled_on is not None or session.starts_on is None or session.starts_on <= clock.today():
        return False
    return session.minimum is not None and session.seats_held < session.minimum
