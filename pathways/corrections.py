"""Nobody edits history: a mistake is taken back by a fact that annuls it and, where needed, the right one is stated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models.functions import Coalesce

from config import clock
from config.short_transaction import short_transaction
from pathways import refusals
from pathways.actor import Actor
from pathways.enums import Role
from pathways.facts import KINDS, Change, Context, Fact, Kind
from pathways.guards import Refusal, TransitionRefused
from pathways.held import Held, hold
from pathways.merging.parting import annul_merge, lock_people_first, merge_behind, refusal_to_part
from pathways.models import Event
from pathways.projection import rows_of_replay
from pathways.replay import ImpossibleHistory, annulled_ids, fold, history, valid
from pathways.statements import Writes
from pathways.transitions import Outcome, insert_among, record, recorded, settle, tell


def annul(event_id: int, actor: Actor, *, comment: str, idempotency_key: str | None = None) -> Outcome:
    """Take back a recorded fact; taking back an annulment states the fact again. `comment` says why, and is mandatory.

    Raises NotVisible, TransitionRefused (not_yours, founding_fact, annulled_already, comment_missing,
    impossible_history when what came after supposes this fact).
    """
    with short_transaction():
        event, held = _held_event(event_id, actor, idempotency_key)
        if said := _said(held, event, idempotency_key):
            return said
        return _annul(event, held, actor, comment, idempotency_key)


def correct(
    event_id: int,
    actor: Actor,
    *,
    comment: str,
    occurred_on: date | None = None,
    reason: str | None = None,
    payload: Mapping[str, Any] | None = None,
    fact_comment: str | None = None,
    kind: str | None = None,
    idempotency_key: str | None = None,
) -> Outcome:
    """Take a fact back and state it right in its place: other date, reason, details, or another kind of fact.

    What is not given stays as it was. Both events or none; the same `idempotency_key` answers again the fact stated the
    first time. Raises as `annul()` and `apply()`.
    """
    with short_transaction():
        event, held = _held_event(event_id, actor, idempotency_key, kind)
        if said := _said(held, event, idempotency_key):
            return said
        known = history(event.pathway_id)
        _check_annulment(event, known, actor, comment)
        if event.kind == Kind.ANNUL:
            raise TransitionRefused(refusals.only_taken_back())
        right = Fact(
            kind=kind or event.kind,
            occurred_on=occurred_on or event.occurred_on,
            subject_id=event.subject_id,
            reason=event.reason if reason is None else reason,
            comment=event.comment if fact_comment is None else fact_comment,
            payload=dict(event.payload if payload is None else payload),
            position=event.position if event.position is not None else event.pk,
        )
        annulment = Fact(
            Kind.ANNUL,
            clock.today(),
            event.subject_id,
            comment=comment.strip(),
            payload={},
            annuls_id=event.pk,
        )
        holding = valid(known)
        before = fold(holding)
        context = Context(right, actor, event.pathway, before, held=held)
        writes = Writes()
        others = [fact for fact in holding if fact.id != event.pk]
        # What the correction changes is measured from where the person stood before both.
        change = insert_among(context, others, writes, before)
        change.replaces = next(fact for fact in holding if fact.id == event.pk)
        change.home = event.home_id
        tell(Change(event.pathway, annulment, before, before, held), actor, writes)
        record([(change, tell(change, actor, writes, idempotency_key))], writes)
        return Outcome(recorded(writes), event.pathway)


def _annul(event: Event, held: Held, actor: Actor, comment: str, idempotency_key: str | None) -> Outcome:
    known = history(event.pathway_id)
    _check_annulment(event, known, actor, comment)
    if (merge := merge_behind(event, known)) is not None:
        return annul_merge(merge, event, held, actor, comment.strip(), idempotency_key)
    annulment = Fact(
        Kind.ANNUL,
        clock.today(),
        event.subject_id,
        comment=comment.strip(),
        payload={},
        annuls_id=event.pk,
        id=_next(known),
    )
    before, facts = fold(valid(known)), valid([*known, annulment])
    try:
        after = fold(facts)
    except ImpossibleHistory as impossible:
        raise TransitionRefused(refusals.impossible_history(impossible)) from impossible
    context = Context(annulment, actor, event.pathway, before, held=held)
    change = Change(event.pathway, annulment, before, after, held, tuple(facts))
    writes = Writes()
    settle(change, writes)
    for instance, columns in rows_of_replay(change, context):
        writes.row(instance, columns)
    record([(change, tell(change, actor, writes, idempotency_key))], writes)
    return Outcome(recorded(writes), event.pathway)


def _next(known: list[Fact]) -> int:
    """A rank after every recorded fact, so that the new annulment is read as the latest."""
    return max((fact.id for fact in known), default=0) + 1


def _held_event(
    event_id: int, actor: Actor, idempotency_key: str | None, becomes: str | None = None
) -> tuple[Event, Held]:
    # What was recorded in a file joined since to another is corrected in the file that they now are.
    holder = Coalesce("pathway__merged_into", "pathway")
    event = Event.objects.visible_to(actor).filter(pk=event_id).annotate(holder_id=holder).first()
    if event is None:
        raise refusals.NotVisible()
    event.home_id, event.pathway_id = event.pathway_id, event.holder_id
    if event.kind in (Kind.MERGE, Kind.ANNUL):
        lock_people_first(event)
    subjects = () if event.subject_id is None else (event.subject_id,)
    keys = (idempotency_key,) if idempotency_key else ()
    kinds = {event.kind, becomes or event.kind}
    held = hold(actor, kinds, (event.pathway_id,), subjects, keys)
    pathway = held.pathway(event.pathway_id)
    if pathway is None:
        raise refusals.NotVisible()
    event.pathway = pathway
    return event, held


def _said(held: Held, event: Event, idempotency_key: str | None) -> Outcome | None:
    """What the same correction answered the first time."""
    said = held.said.get((event.pathway_id, idempotency_key))
    return Outcome(said, event.pathway, repeated=True) if said is not None else None


def refusal_to_annul(event: Event, known: list[Fact], actor: Actor) -> Refusal | None:
    """Why the actor may not take this fact back (None: they may, provided that what follows stays possible)."""
    if event.kind == Kind.IDENTIFY:
        return Refusal(
            "founding_fact",
            "L'entrée dans la cohorte fonde le dossier : elle ne se corrige pas ici.",
            "Adressez-vous au responsable de la cohorte.",
        )
    if not _may_annul(event, actor):
        return Refusal(
            "not_yours",
            f"Ce fait a été saisi par {event.organisation or 'Jalons'}.",
            "Demandez-lui de le corriger, ou adressez-vous au responsable de la cohorte.",
        )
    if event.pk in annulled_ids(known):
        return Refusal(
            "annulled_already", "Ce fait a déjà été corrigé.", "Rechargez le dossier pour voir la correction."
        )
    return refusal_to_part(event, known)


def _may_annul(event: Event, actor: Actor) -> bool:
    """Whoever's organisation stated it, and the manager of the cohort for everything."""
    if actor.has_role(Role.DEPARTMENT_MANAGER, Role.SYSTEM):
        return True
    return event.organisation_id is not None and event.organisation_id == actor.organisation_id


def _check_annulment(event: Event, known: list[Fact], actor: Actor, comment: str) -> None:
    refusal = refusal_to_annul(event, known, actor)
    if refusal is None and all(fact.id != event.pk for fact in known):
        refusal = Refusal("file_changed", "Ce dossier vient de changer.", "Rechargez-le, puis recommencez.")
    if refusal is None and not comment.strip():
        refusal = Refusal(
            "comment_missing",
            "Il manque la raison de la correction.",
            "Dites en une phrase ce qui était faux.",
        )
    if refusal is not None:
        raise TransitionRefused(refusal)


def is_correctable(kind: str) -> bool:
    """Whether a correction may restate this kind of fact with a form (an annulment can only be taken back)."""
    return KINDS[kind].by_hand
