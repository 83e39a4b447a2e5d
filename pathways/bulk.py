"""The door for many: one fact about each of many people, set by set, with the answers that one by one would give.

Checks, steps and hooks are those of `pathways.transitions`: nothing is written twice. What differs is that people are
locked and read together, that the same fact about people who stand at the same place is decided once, and that
everything is written by one message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from config import clock
from config.short_transaction import short_transaction
from pathways import refusals
from pathways.actor import Actor
from pathways.enums import Origin
from pathways.facts import KINDS, Change, Context, Fact
from pathways.guards import Refusal, TransitionRefused
from pathways.held import Held, hold
from pathways.lifecycle import NOTHING, PATHWAY, PATHWAY_KEY, REGISTRY, Standing, concerned
from pathways.projection import dates, differing
from pathways.replay import histories, step
from pathways.statements import Writes
from pathways.transitions import check, decide, record, said_before


@dataclass(frozen=True, slots=True)
class Target:
    """One person, or one of their prescriptions. What is None is taken from the call."""

    pathway_id: int
    subject_id: int | None = None
    occurred_on: date | None = None
    reason: str | None = None
    comment: str | None = None
    payload: Mapping[str, Any] | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact recorded; `repeated` when the same statement had come before."""

    target: Target
    event_id: int
    repeated: bool = False


@dataclass
class BulkReport:
    """Who was recorded, and who was refused and why, each in the order of the targets."""

    done: list[Recorded] = field(default_factory=list)
    refused: list[tuple[Target, Refusal]] = field(default_factory=list)


def apply_many(
    kind: str,
    targets: Iterable[int | Target],
    actor: Actor,
    *,
    occurred_on: date | None = None,
    reason: str = "",
    comment: str = "",
    payload: Mapping[str, Any] | None = None,
    origin: Origin = Origin.DECLARED,
) -> BulkReport:
    """State that `kind` happened to each target (a pathway's id, or a Target), as a loop of `apply()` would.

    One transaction: all that is possible is recorded, or nothing if it fails; a refused target stops none of the
    others. Somebody whom the actor does not see is refused as `not_visible`. A target may come several times: each
    fact finds what those before it did.
    """
    common = Fact(
        kind, occurred_on or clock.today(), None, reason, comment.strip(), dict(payload or {}), origin
    )
    wanted = [target if isinstance(target, Target) else Target(target) for target in targets]
    report = BulkReport()
    if not wanted:
        return report
    with short_transaction():
        sittings = list(_sittings(wanted))
        if len(sittings) > 1:
            _hold(
                actor, kind, wanted
            )  # everybody at once, in the order of their keys: no deadlock between two calls
        for sitting in sittings:
            _Sitting(common, actor, _hold(actor, kind, sitting), report).run(sitting)
    return report


def _sittings(targets: Sequence[Target]) -> Iterator[list[Target]]:
    """Runs of targets in which nobody comes twice: within a run, what one fact does changes nobody else's place."""
    sitting: list[Target] = []
    present: set[int] = set()
    for target in targets:
        if target.pathway_id in present:
            yield sitting
            sitting, present = [], set()
        sitting.append(target)
        present.add(target.pathway_id)
    yield sitting


def _hold(actor: Actor, kind: str, targets: Sequence[Target]) -> Held:
    subjects = {target.subject_id for target in targets if target.subject_id is not None}
    keys = {target.idempotency_key for target in targets if target.idempotency_key}
    return hold(actor, (kind,), {target.pathway_id for target in targets}, subjects, keys)


#: For everybody at one place: the refusal, or the state and the columns after the fact, and which of them differ.
_Answer = tuple[Refusal | None, str, dict[str, Any], dict[str, Any]]


class _Sitting:
    """One run of targets, read and written together."""

    def __init__(self, common: Fact, actor: Actor, held: Held, report: BulkReport):
        self.common, self.actor, self.held, self.report = common, actor, held, report
        self.writes = Writes()
        self.changes: list[Change] = []
        self.stated: list[Target] = []
        self.answers: dict[tuple, _Answer] = {}
        self.decides_by_place = _decided_by_place(common.kind)

    def run(self, targets: Sequence[Target]) -> None:
        self._read_histories(targets)
        for target in targets:
            try:
                self._state(target)
            except TransitionRefused as refused:
                self.report.refused.append((target, refused.refusal))
            except refusals.NotVisible:
                self.report.refused.append((target, refusals.not_visible()))
        if self.changes:
            keys = [target.idempotency_key for target in self.stated]
            ids = record(self.changes, self.actor, self.writes, keys)
            self.report.done += map(Recorded, self.stated, ids)

    def _read_histories(self, targets: Sequence[Target]) -> None:
        """The histories of those whose fact does not come last, in one query."""
        late = [
            target.pathway_id
            for target in targets
            if (pathway := self.held.pathways.get(target.pathway_id)) is not None
            and pathway.last_fact_on is not None
            and (target.occurred_on or self.common.occurred_on) < pathway.last_fact_on
        ]
        if late:
            self.held.histories = histories(late)

    def _state(self, target: Target) -> None:
        held = self.held
        pathway = held.pathways.get(target.pathway_id)
        if pathway is None:
            raise refusals.NotVisible()
        fact = self._fact(target)
        if target.idempotency_key and (said := held.said.get((pathway.pk, target.idempotency_key))):
            self.report.done.append(
                Recorded(target, said_before(said, fact, pathway).event.pk, repeated=True)
            )
            return
        context = Context(fact, self.actor, pathway, held.standings[pathway.pk], held=held)
        if self.decides_by_place and (pathway.last_fact_on or date.min) <= fact.occurred_on:
            change = self._decide_by_place(context)
        else:
            change = decide(context, self.writes)
        self.changes.append(change)
        self.stated.append(target)

    def _fact(self, target: Target) -> Fact:
        common = self.common
        if (
            target.subject_id
            is target.occurred_on
            is target.reason
            is target.comment
            is target.payload
            is None
        ):
            return common
        return common._replace(
            subject_id=target.subject_id,
            occurred_on=target.occurred_on or common.occurred_on,
            reason=common.reason if target.reason is None else target.reason,
            comment=common.comment if target.comment is None else target.comment.strip(),
            payload=common.payload if target.payload is None else dict(target.payload),
        )

    def _decide_by_place(self, context: Context) -> Change:
        """As `decide()`: the same fact about somebody who stands at the same place has the same answer."""
        fact, standing, pathway = context.fact, context.standing, context.pathway
        place = (
            *(fact.occurred_on, fact.reason, id(fact.payload), bool(fact.comment)),
            frozenset([(name, state) for (name, _), state in standing.states.items()]),
            tuple(standing.columns[PATHWAY_KEY].values()),
        )
        answer = self.answers.get(place)
        if answer is None or standing.states[PATHWAY_KEY] == NOTHING:  # births are looked at one by one
            answer = self.answers[place] = self._ask(context)
        refusal, state, known, columns = answer
        if refusal is not None:
            raise TransitionRefused(refusal)
        after = Standing({**standing.states, PATHWAY_KEY: state}, {PATHWAY_KEY: known})
        change = Change(pathway, fact, standing, after, self.held)
        self.writes.row(pathway, {**columns, **dates(change, fact.occurred_on)})
        return change

    def _ask(self, context: Context) -> _Answer:
        try:
            check(context)
        except TransitionRefused as refused:
            return refused.refusal, "", {}, {}
        after = context.standing.copy()
        step(after, context.fact)
        change = Change(context.pathway, context.fact, context.standing, after, self.held)
        columns = differing(REGISTRY[PATHWAY], change, PATHWAY_KEY)
        return None, after.states[PATHWAY_KEY], after.columns[PATHWAY_KEY], columns


def _decided_by_place(kind: str) -> bool:
    """Whether a fact of this kind moves the pathway alone, by rules that look at nothing but the person's place."""
    cycles = concerned(kind)
    return (
        kind in KINDS
        and not KINDS[kind].about_subject
        and all(cycle.is_pathway for cycle in cycles)
        and all(
            guard.reads_place_only
            for cycle in cycles
            for row in cycle.rows_named(kind)
            for guard in row.guards
        )
    )
