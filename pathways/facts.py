"""Facts: what happened, as values. The engine folds them; the `Event` table keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pathways.enums import Origin

if TYPE_CHECKING:
    from django.db import models

    from pathways.actor import Actor
    from pathways.lifecycle import Standing
    from pathways.models import Pathway


class Kind:
    """The names of the facts that the engine itself treats apart from the tables."""

    IDENTIFY = "identify"
    ANNUL = "annul"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to one person.

    occurred_on: the day on which it was true. recorded_at: when we learnt it (None: being stated now).
    subject_id: the prescription that it is about, if any. position: the rank among the facts of one day; a correction
    takes the rank of the fact it replaces.
    """

    kind: str
    occurred_on: date
    subject_id: int | None = None
    reason: str = ""
    comment: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
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
    reasons, mandatory when there is one. needs: payload keys that must be filled, takes: payload keys that may be, each
    with its French name. day_label: what the date means on the form. by_hand: False for what only Jalons states.
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
    needs_comment: bool = False
    #: Sensitive kinds are shown to a provider without their reason and comment (domain.md, C, minimisation).
    discreet: bool = False
    day_label: str = "Date"
    help: str = ""


KINDS: dict[str, FactKind] = {}


def declare(*kinds: FactKind) -> None:
    """Make kinds of facts known. Called where the table that uses them is written."""
    for kind in kinds:
        if kind.name in KINDS:
            raise ValueError(f"fact kind {kind.name} is declared twice")
        KINDS[kind.name] = kind


@dataclass
class Context:
    """All that a guard may look at. `asking` is true for `explain()`: nothing has been typed yet."""

    fact: Fact
    actor: Actor
    pathway: Pathway
    standing: Standing
    asking: bool = False
    _loaded: dict[str, Any] = field(default_factory=dict)

    def object(self, lifecycle_name: str) -> models.Model | None:
        """The row that a lifecycle moves for this fact; locked for the transaction unless `asking`."""
        if lifecycle_name not in self._loaded:
            from pathways.lifecycle import REGISTRY

            rows = REGISTRY[lifecycle_name].model.objects.all()
            if not self.asking:
                rows = rows.select_for_update(of=("self",), no_key=True)
            self._loaded[lifecycle_name] = rows.filter(
                pk=self.fact.subject_id, pathway_id=self.pathway.pk
            ).first()
        return self._loaded[lifecycle_name]

    def once(self, key: str, load) -> Any:
        """Load something once for all guards of one fact."""
        if key not in self._loaded:
            self._loaded[key] = load()
        return self._loaded[key]


@dataclass(frozen=True)
class Change:
    """What a fact (or its annulment) changed, handed to the packages' hooks inside the transaction.

    was_due_on: the last day on which the state before was no blockage; the pathway's row says it only until written.
    """

    pathway: Pathway
    fact: Fact
    before: Standing
    after: Standing
    valid: tuple[Fact, ...]
    was_due_on: date | None = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "was_due_on", self.pathway.due_on)

    def moved(self, lifecycle_name: str) -> dict[int, tuple[str, str]]:
        """Subject id -> (state before, state after), for the subjects whose state differs."""
        old, new = self.before.subjects(lifecycle_name), self.after.subjects(lifecycle_name)
        return {
            subject: (old.get(subject, ""), new.get(subject, ""))
            for subject in old.keys() | new.keys()
            if old.get(subject, "") != new.get(subject, "")
        }


HOOKS: list = []


def on_change(hook):
    """Register `hook(change)`: it runs in the transaction of the fact, after the projections are written."""
    HOOKS.append(hook)
    return hook
