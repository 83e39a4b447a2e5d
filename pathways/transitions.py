"""The one door. Nothing else in Jalons changes the state of a pathway, a prescription or an enrolment.

`apply()` states a new fact; `pathways.corrections` takes facts back through the same `settle()`. Checks run in this
order and a refusal names the first that fails: visible (NotVisible), role, date, state, guards, then what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from config import clock
from pathways import refusals
from pathways.actor import Actor
from pathways.enums import Origin, Role
from pathways.facts import HOOKS, KINDS, Change, Context, Fact
from pathways.guards import Refusal, TransitionRefused
from pathways.lifecycle import PATHWAY, REGISTRY, Standing, concerned
from pathways.models import Event, Pathway
from pathways.projection import place, run_fsm
from pathways.replay import ImpossibleHistory, fold, history, valid
from pathways.statements import insert


@dataclass(frozen=True)
class Outcome:
    """What was recorded: the event, the pathway after it; `repeated` when the same statement had come before."""

    event: Event
    pathway: Pathway
    repeated: bool = False


def apply(
    kind: str,
    pathway_id: int,
    actor: Actor,
    *,
    subject_id: int | None = None,
    occurred_on: date | None = None,
    reason: str = "",
    comment: str = "",
    payload: Mapping[str, Any] | None = None,
    origin: Origin = Origin.DECLARED,
    idempotency_key: str | None = None,
) -> Outcome:
    """State that `kind` happened to a person on `occurred_on` (today when None), and let it move what it moves.

    The same `idempotency_key` on the same pathway answers again what it answered the first time. A fact dated before
    others is put in its place and the later ones are replayed.

    Raises NotVisible (the actor does not see this person or this prescription), TransitionRefused (with its Refusal).
    """
    fact = Fact(
        kind=kind,
        occurred_on=occurred_on or clock.today(),
        subject_id=subject_id,
        reason=reason,
        comment=comment.strip(),
        payload=dict(payload or {}),
        origin=origin,
    )
    with transaction.atomic():
        pathway = lock(pathway_id, actor)
        if idempotency_key:
            said = pathway.events.filter(idempotency_key=idempotency_key).first()
            if said is not None:
                return _said_before(said, fact, pathway)
        facts = valid(history(pathway.pk))
        return state(Context(fact, actor, pathway, Standing()), facts, idempotency_key)


def state(context: Context, facts: Sequence[Fact], idempotency_key: str | None = None) -> Outcome:
    """Check and record `context.fact` among the valid `facts` of a locked pathway, and settle what it changes."""
    fact = context.fact
    earlier = [known for known in facts if known.order < fact.order]
    later = facts[len(earlier) :]
    context.standing = fold(earlier)
    check(context)
    before = fold(later, context.standing.copy()) if later else context.standing.copy()
    try:
        after = fold([fact, *later], context.standing.copy())
    except ImpossibleHistory as impossible:
        raise TransitionRefused(refusals.impossible_history(impossible)) from impossible
    if not later:
        run_fsm(context, after)
    event = insert_event(context, before, after, idempotency_key)
    valid_now = (*earlier, replace(fact, id=event.pk, recorded_at=event.recorded_at), *later)
    settle(Change(context.pathway, fact, before, after, valid_now), context)
    return Outcome(event, context.pathway)


def settle(change: Change, context: Context) -> None:
    """Write the projections that differ and run the packages' hooks, inside the transaction of the fact."""
    place(change, context)
    for hook in HOOKS:
        hook(change)


def insert_event(
    context: Context, before: Standing, after: Standing, idempotency_key: str | None = None
) -> Event:
    """Add the row of `context.fact` to the history."""
    fact, actor = context.fact, context.actor
    event = Event(
        pathway=context.pathway,
        kind=fact.kind,
        subject_id=fact.subject_id,
        occurred_on=fact.occurred_on,
        position=fact.position,
        actor=actor.user,
        organisation=actor.organisation,
        role=actor.role,
        origin=fact.origin,
        from_state=before.state(PATHWAY),
        to_state=after.state(PATHWAY),
        reason=fact.reason,
        comment=fact.comment,
        payload=fact.payload,
        idempotency_key=idempotency_key,
        annuls_id=fact.annuls_id,
    )
    insert(event)
    return event


def lock(pathway_id: int, actor: Actor) -> Pathway:
    """The pathway, locked until the end of the transaction. Raises NotVisible when it is not the actor's to see."""
    pathway = (
        Pathway.objects.visible_to(actor)
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=pathway_id)
        .first()
    )
    if pathway is None:
        raise refusals.NotVisible()
    return pathway


def check(context: Context) -> None:
    """Raises NotVisible for a prescription that the actor does not see, TransitionRefused with the first refusal."""
    subject_id = context.fact.subject_id
    if subject_id is not None and not sees_subject(context, subject_id):
        raise refusals.NotVisible()
    refusal = first_refusal(context)
    if refusal is not None:
        raise TransitionRefused(refusal)


def sees_subject(context: Context, subject_id: int) -> bool:
    """Whether the prescription is one of this person's and one that the actor sees; it is locked by the same statement.

    `context.object("prescription")` then answers the row found here.
    """

    def load():
        rows = REGISTRY["prescription"].model.objects.visible_to(context.actor)
        rows = rows.select_for_update(of=("self",), no_key=True)
        return rows.filter(pk=subject_id, pathway_id=context.pathway.pk).first()

    return context.once("prescription", load) is not None


def roles_of(kind: str) -> frozenset[Role]:
    """Who may state a fact: the roles of the table that owns it (rows that follow it carry none)."""
    return frozenset().union(*(row.roles for cycle in concerned(kind) for row in cycle.rows_named(kind)))


def first_refusal(context: Context) -> Refusal | None:
    """The first reason why the fact cannot be stated, in the order of the module's docstring; None when it can."""
    fact, actor = context.fact, context.actor
    if fact.kind not in KINDS:
        return refusals.unknown_fact(fact.kind)
    if actor.role not in roles_of(fact.kind):
        return refusals.wrong_role(roles_of(fact.kind))
    if KINDS[fact.kind].about_subject and fact.subject_id is None:
        return refusals.subject_missing()
    if not context.asking and (refusal := refusals.of_date(context)) is not None:
        return refusal
    rows = []
    for lifecycle in concerned(fact.kind):
        state = context.standing.state(lifecycle.name, None if lifecycle.name == PATHWAY else fact.subject_id)
        row = lifecycle.row(fact.kind, state)
        if row is None:
            return refusals.wrong_state(lifecycle, fact.kind, state)
        if row.roles and actor.role not in row.roles:
            return refusals.wrong_role(row.roles)
        rows.append(row)
    for guard in (guard for row in rows for guard in row.guards):
        refusal = guard.refusal(context)
        if refusal is not None:
            return refusal
    return None if context.asking else refusals.of_input(context)


def _said_before(said: Event, fact: Fact, pathway: Pathway) -> Outcome:
    """The same statement again: answer as the first time; another statement under the same key is a mistake."""
    if (said.kind, said.subject_id) != (fact.kind, fact.subject_id):
        raise TransitionRefused(refusals.key_reused())
    return Outcome(said, pathway, repeated=True)
