"""What people do with prescriptions and sessions that takes more than one fact. States move through the door alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from pathways.actor import Actor
from pathways.bulk import Target, apply_many
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Event, Pathway
from pathways.refusals import NotVisible
from pathways.transitions import apply, lock
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session

P = PrescriptionState

# ---- prescribing


def prescribe(
    pathway: Pathway,
    session: Session,
    actor: Actor,
    occurred_on: date | None = None,
    comment: str = "",
    idempotency_key: str | None = None,
) -> Prescription:
    """Prescribe a session to a person: the request and its submission, or neither.

    The same `idempotency_key` answers the prescription that it made the first time. A draft of the same session is sent
    rather than doubled. Raises NotVisible, TransitionRefused.
    """
    with transaction.atomic():
        lock(pathway.pk, actor)  # two clicks wait for each other here
        made = _made_by(pathway, idempotency_key)
        if made is not None:
            return made
        prescription = _draft(pathway, session, actor)
        apply(
            "submit",
            pathway.pk,
            actor,
            subject_id=prescription.pk,
            occurred_on=occurred_on,
            comment=comment,
            idempotency_key=idempotency_key,
        )
        return Prescription.objects.get(pk=prescription.pk)


def save_draft(pathway: Pathway, session: Session, actor: Actor, comment: str = "") -> Prescription:
    """Keep the choice of a session without sending it; one draft per person and session. Raises NotVisible."""
    with transaction.atomic():
        lock(pathway.pk, actor)
        return _draft(pathway, session, actor, comment)


def discard_draft(prescription: Prescription, actor: Actor) -> None:
    """Forget a draft. Raises NotVisible, and TransitionRefused when it has been sent since or has a history."""
    with transaction.atomic():
        lock(prescription.pathway_id, actor)
        drafts = Prescription.objects.visible_to(actor).select_for_update(of=("self",))
        draft = drafts.filter(pk=prescription.pk).first()
        if draft is None:
            raise NotVisible()
        has_history = Event.objects.about([draft.pathway_id]).filter(subject_id=draft.pk).exists()
        if draft.state != P.DRAFT or has_history:
            raise TransitionRefused(
                Refusal(
                    "draft_already_sent",
                    "Cette prescription a déjà été envoyée : son histoire se garde.",
                    "Retirez la candidature si la personne renonce.",
                )
            )
        draft.delete()


def _made_by(pathway: Pathway, idempotency_key: str | None) -> Prescription | None:
    if not idempotency_key:
        return None
    events = Event.objects.about([pathway.pk])
    said = events.filter(idempotency_key=idempotency_key, kind="submit").order_by("pk").first()
    return Prescription.objects.get(pk=said.subject_id) if said else None


def _draft(pathway: Pathway, session: Session, actor: Actor, comment: str = "") -> Prescription:
    """The person's draft for this session, in the name of who prescribes now."""
    who = {"prescriber": actor.user, "prescriber_organisation": actor.organisation, "draft_comment": comment}
    draft = Prescription.objects.filter(pathway=pathway, session=session, state=P.DRAFT).first()
    if draft is None:
        return Prescription.objects.create(pathway=pathway, session=session, **who)
    Prescription.objects.filter(pk=draft.pk).update(**who)
    return draft


# ---- the same fact about several people


@dataclass
class Report:
    """Who was recorded, and who was refused and why."""

    done: list[Prescription] = field(default_factory=list)
    refused: list[tuple[Prescription, Refusal]] = field(default_factory=list)


def record_many(
    kind: str,
    prescriptions: Iterable[Prescription],
    actor: Actor,
    key: str,
    *,
    occurred_on: date | None = None,
    reason: str = "",
    comment: str = "",
    payload: Mapping[str, Any] | None = None,
) -> Report:
    """State one fact about each prescription: one refusal stops nobody else.

    `key` identifies the sending: the same one sent twice records once.
    """
    by_target = {
        Target(
            prescription.pathway_id,
            prescription.pk,
            idempotency_key=f"{key}:{prescription.pk}" if key else None,
        ): prescription
        for prescription in prescriptions
    }
    told = apply_many(
        kind,
        by_target,
        actor,
        occurred_on=occurred_on,
        reason=reason,
        comment=comment,
        payload=payload,
    )
    return Report(
        [by_target[recorded.target] for recorded in told.done],
        [(by_target[target], refusal) for target, refusal in told.refused],
    )
