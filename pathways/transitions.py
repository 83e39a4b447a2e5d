"""The one door. Nothing else in Jalons changes the state of a pathway, a prescription or an enrolment.

`apply()` states a new fact about one person, `pathways.bulk.apply_many()` the same fact about many;
`pathways.corrections` takes facts back. All of them check and record as here. Checks run in this order and a refusal
names the first that fails: visible (NotVisible), role, date, state, guards, then what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from config import clock
from config.short_transaction import short_transaction
from pathways import refusals
from pathways.actor import Actor
from pathways.enums import Origin, Role
from pathways.facts import COMPANIONS, HOOKS, KINDS, STEPS, Change, Context, Fact, Hook, Kind
from pathways.guards import Refusal, TransitionRefused
from pathways.held import hold
from pathways.lifecycle import NOTHING, PATHWAY_KEY, Standing, concerned
from pathways.merging.homes import home_of
from pathways.models import Event, Pathway
from pathways.projection import rows_of_last, rows_of_replay, run_fsm
from pathways.replay import ImpossibleHistory, fold, history, step, valid
from pathways.statements import EVENT_COLUMNS, Writes, all_columns, instances


@dataclass
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
    others is put in its place and the later ones are replayed. Two round trips, when it comes last and concerns no
    other package: one that locks and reads, one that writes and commits.

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
    with short_transaction():
        subjects = () if subject_id is None else (subject_id,)
        held = hold(actor, (kind,), (pathway_id,), subjects, (idempotency_key,) if idempotency_key else ())
        pathway = held.pathway(pathway_id)
        if pathway is None:
            raise refusals.NotVisible()
        if (said := held.said.get((pathway_id, idempotency_key))) is not None:
            return said_before(said, fact, pathway)
        context = Context(fact, actor, pathway, held.standing(pathway_id), held=held)
        writes = Writes()
        change = decide(context, writes)
        record([(change, tell(change, actor, writes, idempotency_key))], writes)
        return Outcome(recorded(writes), pathway)


# ---- deciding: what a fact would change, all checks made; nothing is written yet


def decide(context: Context, writes: Writes) -> Change:
    """Check `context.fact` and gather what it writes. Raises NotVisible, TransitionRefused.

    A fact that comes last is decided on the locked rows; one dated before others replays the history.
    """
    last = context.pathway.last_fact_on
    if last is None or context.fact.occurred_on >= last:
        return _decide_last(context, writes)
    known = context.held.histories.get(context.pathway.pk) or history(context.pathway.pk)
    return insert_among(context, valid(known), writes)


def _decide_last(context: Context, writes: Writes) -> Change:
    check(context)
    after = context.standing.copy()
    step(after, context.fact)
    change = Change(context.pathway, context.fact, context.standing, after, context.held)
    if context.fact.subject_id is not None:
        settle(change, writes)
    run_fsm(context, after)
    for instance, columns in rows_of_last(change, context):
        writes.row(instance, columns)
    return change


def insert_among(
    context: Context, facts: Sequence[Fact], writes: Writes, before: Standing | None = None
) -> Change:
    """Decide a fact among the valid `facts` of a person: those that come later are replayed after it.

    before: where the person stood, when that is not where `facts` lead (a correction). Deduced facts that the new one
    makes impossible give way to it: what somebody says prevails over what Jalons had concluded.
    """
    fact = context.fact
    earlier = [known for known in facts if known.order < fact.order]
    later = list(facts[len(earlier) :])
    try:
        context.standing = fold(earlier)
    except ImpossibleHistory as impossible:  # a corrected date leaves behind the facts that rest on it
        refusal = refusals.impossible_beside(impossible, fact, context.actor.role)
        raise TransitionRefused(refusal) from impossible
    check(context)
    if (refusal := refusals.of_deduction(fact, later)) is not None:
        raise TransitionRefused(refusal)
    if before is None:
        before = fold(later, context.standing.copy())
    gone: list[Fact] = []
    while True:
        try:
            after = fold([fact, *later], context.standing.copy())
            break
        except ImpossibleHistory as impossible:
            if fact.origin == Origin.DEDUCED or impossible.fact.origin != Origin.DEDUCED:
                refusal = refusals.impossible_beside(impossible, fact, context.actor.role)
                raise TransitionRefused(refusal) from impossible
            gone.append(impossible.fact)
            later.remove(impossible.fact)
    change = Change(context.pathway, fact, before, after, context.held, (*earlier, fact, *later))
    change.gives_way = tuple(gone)
    settle(change, writes)
    for instance, columns in rows_of_replay(change, context):
        writes.row(instance, columns)
    return change


def settle(change: Change, writes: Writes) -> None:
    """Let the packages follow a fact that is found possible. Raises TransitionRefused before anything is changed."""
    for follow in STEPS:
        for instance, columns in follow(change):
            writes.row(instance, columns)


# ---- recording: the events, the rows, then the packages


def tell(change: Change, actor: Actor, writes: Writes, key: str | None = None) -> int:
    """Add a decided fact to what will be written; returns its place among the events."""
    now = clock.now()
    for fact in change.gives_way:
        writes.event(*_giving_way(fact, change, now))
    writes.event(*event_values(change.fact, change, actor, now, key))
    return len(writes.events) - 1


def record(told: Sequence[tuple[Change, int]], writes: Writes, *, is_last: bool = True) -> None:
    """Write everything, then run the packages' hooks about changes, each given with the place of its event.

    is_last: the transaction has nothing more to do than this.
    """
    for companion, mine in _wanted(COMPANIONS, told):
        writes.companions.extend(companion.run(mine))
    wanted = _wanted(HOOKS, told)
    writes.send(is_last=is_last and not wanted)
    if wanted:
        for change, place in told:
            _number(change, writes.ids[place], writes.events[place][_RECORDED_AT])
        for hook, mine in wanted:
            hook.run(mine)


def _wanted(hooks: list[Hook], told: Sequence[tuple[Change, int]]) -> list[tuple[Hook, list[Change]]]:
    """Each hook that one of the changes is for, with its changes."""
    return [(hook, mine) for hook in hooks if (mine := [change for change, _ in told if hook.when(change)])]


_RECORDED_AT = list(EVENT_COLUMNS).index("recorded_at")


def event_values(fact: Fact, change: Change, actor: Actor, now: datetime, key: str | None) -> tuple:
    """The row of a fact in the history, in the order of `statements.EVENT_COLUMNS`."""
    return (
        home_of(fact, change) if change.pathway.has_absorbed else change.pathway.pk,
        fact.kind,
        fact.subject_id,
        fact.occurred_on,
        now,
        fact.position,
        actor.user_id,
        actor.organisation_id,
        actor.role,
        fact.origin,
        change.before.states.get(PATHWAY_KEY, NOTHING),
        change.after.states.get(PATHWAY_KEY, NOTHING),
        fact.reason,
        fact.comment,
        fact.payload,
        key,
        fact.annuls_id,
    )


def _giving_way(deduced: Fact, change: Change, now: datetime) -> tuple:
    """The annulment of a fact that Jalons had deduced and that the new one contradicts."""
    said = f"« {KINDS[change.fact.kind].story} » du {change.fact.occurred_on:%d/%m/%Y}"
    annulment = Fact(
        Kind.ANNUL,
        clock.today(),
        deduced.subject_id,
        comment=f"Déduit par Jalons ; un fait déclaré dit autre chose : {said}.",
        payload={},
        origin=Origin.DEDUCED,
        annuls_id=deduced.id,
    )
    return event_values(annulment, change, Actor.system(), now, None)


def recorded(writes: Writes) -> Event:
    """The last event that was written."""
    (event,) = instances(Event, all_columns(Event), [(writes.ids[-1], *writes.events[-1])])
    return event


def _number(change: Change, event_id: int, now: datetime) -> None:
    """Hooks key what they write by the event: the fact they are shown must carry its id."""
    stated = change.fact._replace(id=event_id, recorded_at=now)
    if change.known is not None:
        change.known = tuple(stated if fact is change.fact else fact for fact in change.known)
    change.fact = stated


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


# ---- checking


def check(context: Context) -> None:
    """Raises NotVisible for a prescription that the actor does not see, TransitionRefused with the first refusal."""
    subject_id = context.fact.subject_id
    if subject_id is not None and not sees_subject(context, subject_id):
        raise refusals.NotVisible()
    refusal = first_refusal(context)
    if refusal is not None:
        raise TransitionRefused(refusal)


def sees_subject(context: Context, subject_id: int) -> bool:
    """Whether the prescription is one of this person's and one that the actor sees."""
    prescription = context.held.row("prescription", subject_id)
    return prescription is not None and prescription.pathway_id == context.pathway.pk


@cache
def roles_of(kind: str) -> frozenset[Role]:
    """Who may state a fact: the roles of the table that owns it (rows that follow it carry none)."""
    return frozenset().union(*(row.roles for cycle in concerned(kind) for row in cycle.rows_named(kind)))


def first_refusal(context: Context) -> Refusal | None:
    """The first reason why the fact cannot be stated, in the order of the module's docstring; None when it can."""
    fact, actor = context.fact, context.actor
    if fact.kind not in KINDS or not concerned(fact.kind):
        return refusals.unknown_fact(fact.kind)
    if actor.role not in roles_of(fact.kind):
        return refusals.wrong_role(roles_of(fact.kind))
    if KINDS[fact.kind].about_subject and fact.subject_id is None:
        return refusals.subject_missing()
    if not context.asking and (refusal := refusals.of_date(context)) is not None:
        return refusal
    rows = []
    for lifecycle in concerned(fact.kind):
        state = context.standing.states.get(lifecycle.key(fact.subject_id), lifecycle.initial)
        row = lifecycle.row(fact.kind, state)
        # Of where the person stands, whoever knows of one request only learns that it is in the way.
        is_told = not lifecycle.is_pathway or refusals.tells_all(actor.role)
        if row is None:
            if not is_told:
                return refusals.elsewhere("wrong_state")
            return refusals.wrong_state(lifecycle, fact.kind, state)
        if row.roles and actor.role not in row.roles:
            return refusals.wrong_role(row.roles)
        rows.append((row, is_told))
    for guard, is_told in ((guard, is_told) for row, is_told in rows for guard in row.guards):
        refusal = guard.refusal(context)
        if refusal is not None:
            return refusal if is_told or guard.on_input else refusals.elsewhere(refusal.code)
    return None if context.asking else refusals.of_input(context)


def said_before(said: Event, fact: Fact, pathway: Pathway) -> Outcome:
    """The same statement again: answer as the first time; another statement under the same key is a mistake."""
    if (said.kind, said.subject_id) != (fact.kind, fact.subject_id):
        raise TransitionRefused(refusals.key_reused())
    return Outcome(said, pathway, repeated=True)
