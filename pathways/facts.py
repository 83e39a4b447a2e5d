"""Facts: what happened, as values. The engine folds them; the `Event` table keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pathways.enums import Origin

if TYPE_CHECKING:
    from django.db import models

    from pathways.actor import Actor
    from pathways.held import Held
    from pathways.lifecycle import Standing
    from pathways.models import Pathway


class Kind:
    """The names of the facts that the engine itself treats apart from the tables."""

    IDENTIFY = "identify"
    ANNUL = "annul"
    MERGE = "merge"


class Fact(NamedTuple):
    """One thing that happened to one person. A tuple, in the order of `statements.FACT_COLUMNS`: millions are read.

    occurred_on: the day on which it was true. recorded_at: when we learnt it (None: being stated now).
    subject_id: the prescription that it is about, if any. position: the rank among the facts of one day; a correction
    takes the rank of the fact it replaces.
    """

    kind: str
    occurred_on: date
    subject_id: int | None = None
    reason: str = ""
    comment: str = ""
    payload: Mapping[str, Any] = MappingProxyType({})
    origin: str = Origin.DECLARED
    id: int | None = None
    position: int | None = None
    recorded_at: datetime | None = None
    annuls_id: int | None = None

    @property
    def order(self) -> tuple:
        """Facts are read in the order in which they were true; within a day, in the order in which they were stated."""
        stated = float("inf") if self.id is None else self.id
        return (self.occurred_on, stated if self.position is None else self.position, stated)

    def value(self, path: str) -> Any:
        """`occurred_on`, `reason`, `comment`, or `payload.<key>` (None when the payload lacks the key)."""
        if path.startswith("payload."):
            return self.payload.get(path.removeprefix("payload."))
        return getattr(self, path)


@dataclass(frozen=True)
class FactKind:
    """How a kind of fact is named on screen and what it must carry.

    label: the button (« Retenir »). story: the line of the timeline (« Retenu… »). reasons: the closed list of
    reasons, mandatory when there is one. needs: payload keys that must be filled, takes: payload keys that may be,
    tells: payload keys that only Jalons fills, each with its French name. day_label: what the date means on the form.
    by_hand: False for what only Jalons states.
    """

    name: str
    label: str
    story: str
    icon: str = "point"
    tone: str = "neutral"
    group: str = "pathway"
    about_subject: bool = False
    by_hand: bool = True
    reasons: type[models.TextChoices] | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)
    tells: Mapping[str, str] = field(default_factory=dict)
    needs_comment: bool = False
    #: Sensitive kinds are shown to a provider without their reason and comment (domain.md, C, minimisation).
    discreet: bool = False
    day_label: str = "Date"
    help: str = ""

    @cached_property
    def reason_codes(self) -> frozenset[str]:
        """The values of the closed list of reasons."""
        return frozenset(self.reasons.values) if self.reasons is not None else frozenset()


KINDS: dict[str, FactKind] = {}


def declare(*kinds: FactKind) -> None:
    """Make kinds of facts known. Called where the table that uses them is written."""
    for kind in kinds:
        if kind.name in KINDS:
            raise ValueError(f"fact kind {kind.name} is declared twice")
        KINDS[kind.name] = kind


@dataclass
class Context:
    """All that a guard may look at. `asking` is true for `explain()`: nothing has been typed yet.

    held: the rows locked for the fact, when it is really being stated; None when only asking.
    """

    fact: Fact
    actor: Actor
    pathway: Pathway
    standing: Standing
    asking: bool = False
    held: Held | None = None
    _loaded: dict[str, Any] = field(default_factory=dict)

    def object(self, lifecycle_name: str) -> models.Model | None:
        """The row that a lifecycle moves for this fact; None for one that is still to be born."""
        if self.held is not None:
            return self.held.row(lifecycle_name, self.fact.subject_id)
        if lifecycle_name not in self._loaded:
            from pathways.lifecycle import REGISTRY

            rows = REGISTRY[lifecycle_name].model.objects.filter(
                pk=self.fact.subject_id, pathway_id=self.pathway.pk
            )
            self._loaded[lifecycle_name] = rows.first()
        return self._loaded[lifecycle_name]

    def once(self, key: str, load) -> Any:
        """Load something once for all guards of one fact."""
        if key not in self._loaded:
            self._loaded[key] = load()
        return self._loaded[key]


@dataclass(eq=False)
class Change:
    """What a fact (or its annulment) changed, handed to the packages inside the transaction of the fact.

    was_due_on: the last day on which the state before was no blockage; the pathway's row says it only until written.
    held: the rows that are locked (see `pathways.held`).
    """

    pathway: Pathway
    fact: Fact
    before: Standing
    after: Standing
    held: Held
    known: tuple[Fact, ...] | None = None
    #: Deduced facts that this one contradicts: they are taken back with it.
    gives_way: tuple[Fact, ...] = ()
    #: The fact that this one puts right; it no longer holds.
    replaces: Fact | None = None
    #: The file in which the fact is recorded, where it is not the one that `pathways.merging.homes` finds.
    home: int | None = None
    was_due_on: date | None = field(init=False)

    def __post_init__(self):
        self.was_due_on = self.pathway.due_on

    @property
    def valid(self) -> tuple[Fact, ...]:
        """Every fact that holds after this one, in order; read when first asked for, once the fact is recorded."""
        if self.known is None:
            from pathways.replay import history, valid

            self.known = tuple(valid(history(self.pathway.pk)))
        return self.known

    @property
    def kinds(self) -> set[str]:
        """The kind of the fact, and of the one that it puts right."""
        return {self.fact.kind} if self.replaces is None else {self.fact.kind, self.replaces.kind}

    def moved(self, lifecycle_name: str) -> dict[int, tuple[str, str]]:
        """Subject id -> (state before, state after), for the subjects whose state differs."""
        old, new = self.before.subjects(lifecycle_name), self.after.subjects(lifecycle_name)
        return {
            subject: (old.get(subject, ""), new.get(subject, ""))
            for subject in old.keys() | new.keys()
            if old.get(subject, "") != new.get(subject, "")
        }


@dataclass(frozen=True)
class Hook:
    """What a package does with facts just recorded. when: whether a change is its business, answered from memory."""

    when: Callable[[Change], bool]
    run: Callable[[Sequence[Change]], None]


HOOKS: list[Hook] = []


def on_change(when: Callable[[Change], bool]):
    """Register `hook(changes)`: it runs once, in the transaction of the facts, after everything is written.

    It is given the changes for which `when(change)` holds, in the order of the facts; `when` may not query, since most
    facts are nobody's business and must cost nothing.
    """

    def registered(hook):
        HOOKS.append(Hook(when, hook))
        return hook

    return registered


COMPANIONS: list[Hook] = []


def on_writing(when: Callable[[Change], bool]):
    """Register `statements(changes)` -> `statements.Statement`s sent in the very message that writes the facts.

    For what follows from the facts without reading anything back: it costs no round trip. `when` as for `on_change`.
    """

    def registered(hook):
        COMPANIONS.append(Hook(when, hook))
        return hook

    return registered


Rows = Iterable[tuple["models.Model", dict[str, Any]]]
STEPS: list[Callable[[Change], Rows]] = []


def on_step(step: Callable[[Change], Rows]):
    """Register `step(change)` -> rows to write with the fact: (instance, columns).

    It runs as soon as a fact is found possible, before anything is written, so that the next fact of the same sitting
    reads what this one did. It may refuse (TransitionRefused) before it has changed anything.
    """
    STEPS.append(step)
    return step
