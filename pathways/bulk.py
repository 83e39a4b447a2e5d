"""The door for many: one fact about each of many people, set by set, with the answers that one by one would give.

Checks, steps and hooks are those of `pathways.transitions`: nothing is written twice. What differs is that people are
locked and read together, that the same fact about people who stand at the same place is decided once, and that
everything is written by one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any

from config import clock
from config.short_transaction import short_transaction
from pathways import refusals
from pathways.actor import Actor
from pathways.enums import Origin
from pathways.facts import HOOKS, KINDS, Change, Context, Fact
from pathways.guards import Refusal, TransitionRefused
from pathways.held import Held, hold
from pathways.lifecycle import PATHWAY_KEY, concerned
from pathways.models import Pathway
from pathways.projection import columns_after
from pathways.replay import histories, step
from pathways.statements import EVENT_COLUMNS, Writes, all_columns
from pathways.transitions import check, decide, event_values, record, said_before, tell


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
        # Everybody at once, in the order of their keys: no deadlock between two calls. Who comes into sight later
        # would be locked out of that order, and stays unseen.
        everybody = _hold(actor, kind, wanted)
        for sitting in sittings:
            seen = [target for target in sitting if target.pathway_id in everybody.raw]
            held = everybody if len(sittings) == 1 else _hold(actor, kind, seen)
            _Sitting(common, actor, held, report).run(sitting, is_last=sitting is sittings[-1])
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


_ROW = all_columns(Pathway)
_LAST, _DUE = _ROW.index("last_fact_on"), _ROW.index("due_on")
_KEY = list(EVENT_COLUMNS).index("idempotency_key")


@dataclass(slots=True)
class _Answer:
    """What the rule answers about one fact to everybody at one place.

    event: the row of the history, but for whom it is about. columns: what the pathways' rows hold after it, for the
    people of `keys`. is_watched: whether a package has something to do then (hooks look at states and lateness).
    """

    refusal: Refusal | None = None
    change: Change | None = None
    event: tuple = ()
    columns: dict[str, Any] = field(default_factory=dict)
    is_watched: bool = False
    keys: list[int] = field(default_factory=list)


class _Sitting:
    """One run of targets, read and written together.

    Most facts about many people meet few places: people identified on one day, with nothing below. A fact that moves
    the pathway alone is decided once per place; the others are decided one by one.
    """

    def __init__(self, common: Fact, actor: Actor, held: Held, report: BulkReport):
        self.common, self.actor, self.held, self.report = common, actor, held, report
        self.writes = Writes()
        self.stated: list[tuple[Target, int]] = []
        self.changes: list[tuple[Change, int]] = []
        self.answers: dict[tuple, _Answer] = {}
        self.place_of = _place_of(common.kind)
        self.today = clock.today()

    def run(self, targets: Sequence[Target], *, is_last: bool) -> None:
        self._read_histories(targets)
        for target in targets:
            try:
                self._state(target)
            except TransitionRefused as refused:
                self.report.refused.append((target, refused.refusal))
            except refusals.NotVisible:
                self.report.refused.append((target, refusals.not_visible()))
        if self.stated:
            for answer in self.answers.values():
                self.writes.alike(Pathway, answer.keys, answer.columns)
            record(self.changes, self.writes, is_last=is_last)
            ids = self.writes.ids
            self.report.done += [Recorded(target, ids[place]) for target, place in self.stated]

    def _read_histories(self, targets: Sequence[Target]) -> None:
        """The histories of those whose fact does not come last, in one query."""
        raw, common = self.held.raw, self.common
        late = [
            target.pathway_id
            for target in targets
            if (row := raw.get(target.pathway_id)) is not None
            and (last := row[_LAST]) is not None
            and (target.occurred_on or common.occurred_on) < last
        ]
        if late:
            self.held.histories = histories(late)

    def _state(self, target: Target) -> None:
        held, pathway_id, key = self.held, target.pathway_id, target.idempotency_key
        row = held.raw.get(pathway_id)
        if row is None:
            raise refusals.NotVisible()
        fact = self._fact(target)
        if key and (said := held.said.get((pathway_id, key))):
            event = said_before(said, fact, held.pathway(pathway_id)).event
            self.report.done.append(Recorded(target, event.pk, repeated=True))
        elif self._may_be_alike(fact, pathway_id, row):
            self.stated.append((target, self._state_by_place(fact, pathway_id, row, key)))
        else:
            context = Context(
                fact, self.actor, held.pathway(pathway_id), held.standing(pathway_id), held=held
            )
            change = decide(context, self.writes)
            place = tell(change, self.actor, self.writes, key)
            self.changes.append((change, place))
            self.stated.append((target, place))

    def _may_be_alike(self, fact: Fact, pathway_id: int, row: tuple) -> bool:
        """Whether everybody at the same place has the same answer: not for whom the fact precedes the birth."""
        if self.place_of is None or (row[_LAST] or date.min) > fact.occurred_on:
            return False
        birth = self.held.births.get(pathway_id)
        return birth is None or birth < fact.occurred_on

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

    def _state_by_place(self, fact: Fact, pathway_id: int, row: tuple, key: str | None) -> int:
        below = self.held.below.get(pathway_id)
        place = (
            None
            if fact is self.common
            else (fact.subject_id, fact.occurred_on, fact.reason, fact.comment, id(fact.payload)),
            self.place_of(row),
            row[_DUE] is not None and row[_DUE] < self.today,
            below and frozenset([(name, state) for (name, _), state in below.items()]),
        )
        answer = self.answers.get(place)
        if answer is None:
            answer = self.answers[place] = self._ask(fact, pathway_id)
        if answer.refusal is not None:
            raise TransitionRefused(answer.refusal)
        answer.keys.append(pathway_id)
        told = answer.event
        self.writes.event(pathway_id, *(told if key is None else (*told[: _KEY - 1], key, *told[_KEY:])))
        at = len(self.writes.events) - 1
        if answer.is_watched:
            self.changes.append((self._own(answer, fact, pathway_id), at))
        return at

    def _ask(self, fact: Fact, pathway_id: int) -> _Answer:
        held = self.held
        pathway, standing = held.pathway(pathway_id), held.standing(pathway_id)
        try:
            check(Context(fact, self.actor, pathway, standing, held=held))
        except TransitionRefused as refused:
            return _Answer(refused.refusal)
        after = standing.copy()
        step(after, fact)
        change = Change(pathway, fact, standing, after, held)
        columns = columns_after(change)
        _, *event = event_values(fact, change, self.actor, clock.now(), None)
        is_watched = any(hook.when(change) for hook in HOOKS)
        return _Answer(None, change, tuple(event), columns, is_watched)

    def _own(self, answer: _Answer, fact: Fact, pathway_id: int) -> Change:
        """The change of one of those at a place, for the packages."""
        standing = self.held.standing(pathway_id)
        moved = answer.change.after
        after = standing.copy()
        after.states[PATHWAY_KEY] = moved.states[PATHWAY_KEY]
        after.columns[PATHWAY_KEY] = dict(moved.columns[PATHWAY_KEY])
        return Change(self.held.pathway(pathway_id), fact, standing, after, self.held)


@cache
def _place_of(kind: str) -> Callable[[tuple], Any] | None:
    """Reads from a pathway's row all that a fact of this kind looks at: its state and the columns of guards and rules.

    None for a kind that moves more than the pathway, or whose guards look at other rows.
    """
    cycles = concerned(kind)
    if kind not in KINDS or KINDS[kind].about_subject or any(not cycle.is_pathway for cycle in cycles):
        return None
    rows = [row for cycle in cycles for row in cycle.rows_named(kind)]
    read = [guard.reads for row in rows for guard in row.guards]
    if None in read:
        return None
    names = {name for columns in read for name in columns}
    names |= {name for row in rows for name, rule in row.sets.items() if callable(rule)}
    return itemgetter(*(_ROW.index(name) for name in ("state", *sorted(names))))
