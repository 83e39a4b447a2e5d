"""What a lifecycle is: one declarative table of transitions, read by the engine, the pages, the docs and the tests.

A transition's name is the kind of a fact. A fact may move several lifecycles at once: « admit » moves the prescription
to its main list and the pathway to « Retenu ». Each package states its row of that name in its `workflow.py` and
registers its lifecycle here, so that `pathways` never has to know what a prescription is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django_fsm import RETURN_VALUE, transition

from pathways.enums import Role

if TYPE_CHECKING:
    from django.db import models

    from pathways.facts import Context, Fact
    from pathways.guards import Guard

#: The state of an object of which no valid fact has been recorded yet.
NOTHING = ""

PATHWAY = "pathway"
#: (lifecycle name, subject id; None for the pathway itself).
Key = tuple[str, int | None]
PATHWAY_KEY: Key = (PATHWAY, None)


@dataclass(frozen=True)
class Choice:
    """A target that depends on what else is true: « identifié, sauf si une autre demande est en cours »."""

    label: str
    states: tuple[str, ...]
    pick: Callable[[str, Fact, Standing], str]


@dataclass(frozen=True)
class Row:
    """One line of a lifecycle's table.

    sources: states from which the fact is possible (NOTHING: before the first one).
    target: the state it leads to; None leaves the state as it is; a Choice picks one of its states.
    roles: who may state the fact. guards: what must hold besides, in the order in which it is explained.
    sets: projected column -> value read from the fact (an attribute path such as `occurred_on` or `payload.ccp`),
    or a function (fact, previous value) -> value.
    """

    name: str
    sources: frozenset[str]
    target: str | Choice | None
    roles: frozenset[Role] = frozenset()
    guards: tuple[Guard, ...] = ()
    sets: Mapping[str, str | Callable[[Fact, Any], Any]] = field(default_factory=dict)

    def targets(self, source: str) -> tuple[str, ...]:
        """Every state this row can lead to from `source`."""
        if self.target is None:
            return (source,)
        return self.target.states if isinstance(self.target, Choice) else (self.target,)


@dataclass(frozen=True)
class Lifecycle:
    """A named table, and how the engine finds the row of the database that it moves.

    key: `pathway` for the pathway itself, `subject` for what hangs below it (one per prescription).
    """

    name: str
    label: str
    states: type[models.TextChoices]
    rows: tuple[Row, ...]
    state_field: str = "state"
    initial: str = NOTHING
    model_label: str = ""
    since_field: str | None = None
    #: Makes the object that a first fact brings to life. None: it exists before its first fact.
    birth: Callable[[Context], models.Model] | None = None
    #: The state of an object whose first fact has been taken back.
    void: str | None = None

    @property
    def is_pathway(self) -> bool:
        return self.name == PATHWAY

    def key(self, subject_id: int | None) -> Key:
        """Where a standing keeps the state that a fact about this subject moves."""
        return PATHWAY_KEY if self.name == PATHWAY else (self.name, subject_id)

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for row in self.rows:
            for source in row.sources:
                if (row.name, source) in seen:
                    raise ValueError(f"{self.name}: two rows for {row.name} from {source!r}")
                seen.add((row.name, source))

    @cached_property
    def model(self) -> type[models.Model]:
        from django.apps import apps

        return apps.get_model(self.model_label)

    def rows_named(self, name: str) -> tuple[Row, ...]:
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> dict[str, tuple[Row, ...]]:
        named: dict[str, tuple[Row, ...]] = {}
        for row in self.rows:
            named[row.name] = (*named.get(row.name, ()), row)
        return named

    @cached_property
    def table(self) -> dict[tuple[str, str], Row]:
        """(name, source) -> row: what the engine looks up for every fact it reads."""
        return {(row.name, source): row for row in self.rows for source in row.sources}

    @cached_property
    def projected(self) -> tuple[str, ...]:
        """The columns, besides the state, that the facts of this lifecycle can set."""
        columns = {column for row in self.rows for column in row.sets}
        return tuple(sorted(columns | ({self.since_field} if self.since_field else set())))

    def row(self, name: str, source: str) -> Row | None:
        return self.table.get((name, source))

    def sources(self, name: str) -> frozenset[str]:
        return frozenset().union(*(row.sources for row in self.rows_named(name)))

    def fsm_methods(self) -> dict[str, Callable]:
        """The django_fsm transitions of this table, one method per name, for the body of the model's class.

        They are generated so that the table stays the only place where a transition is written. Only
        `pathways.transitions` calls them (a test looks for any other call).
        """
        return {f"fsm_{self.state_field}_{name}": self._fsm_method(name) for name in self._by_name}

    def _fsm_method(self, name: str) -> Callable:
        def method(instance, fact, standing):
            source = getattr(instance, self.state_field)
            return next_state(self.row(name, source), source, fact, standing)

        method.__name__ = method.__qualname__ = f"fsm_{self.state_field}_{name}"
        method.__doc__ = f"django_fsm transition « {name} » of the lifecycle « {self.name} »."
        decorated = method
        for row in self.rows_named(name):
            for source in sorted(row.sources):
                decorated = transition(
                    field=self.state_field, source=source, target=RETURN_VALUE(*row.targets(source))
                )(decorated)
        return decorated


@dataclass
class Standing:
    """Where a person stands after some facts: the state of the pathway and of each prescription below it.

    `states` maps (lifecycle name, subject id or None) to a state; `columns` to the projected columns.
    """

    states: dict[tuple[str, int | None], str] = field(default_factory=dict)
    columns: dict[tuple[str, int | None], dict[str, Any]] = field(default_factory=dict)

    def state(self, lifecycle: str, subject_id: int | None = None) -> str:
        found = self.states.get((lifecycle, subject_id))
        return REGISTRY[lifecycle].initial if found is None else found

    def subjects(self, lifecycle: str) -> dict[int, str]:
        return {subject: state for (name, subject), state in self.states.items() if name == lifecycle}

    def copy(self) -> Standing:
        return Standing(dict(self.states), {key: dict(value) for key, value in self.columns.items()})


def next_state(row: Row, source: str, fact: Fact, standing: Standing) -> str:
    """The state that `fact` leads to from `source` by `row`."""
    if row.target is None:
        return source
    if isinstance(row.target, Choice):
        return row.target.pick(source, fact, standing)
    return row.target


REGISTRY: dict[str, Lifecycle] = {}


def register(lifecycle: Lifecycle) -> Lifecycle:
    """Make a lifecycle known to the engine. Called once, where the table is written."""
    if lifecycle.name in REGISTRY:
        raise ValueError(f"lifecycle {lifecycle.name} is registered twice")
    REGISTRY[lifecycle.name] = lifecycle
    concerned.cache_clear()
    return lifecycle


@cache
def concerned(name: str) -> tuple[Lifecycle, ...]:
    """The lifecycles that a fact of this kind can move, subjects before the pathway.

    The order matters: what the pathway becomes may depend on what its prescriptions have just become.
    """
    moved = [lifecycle for lifecycle in REGISTRY.values() if lifecycle.rows_named(name)]
    return tuple(sorted(moved, key=lambda lifecycle: lifecycle.is_pathway))


def below() -> list[Lifecycle]:
    """Every lifecycle but the pathway's."""
    return [lifecycle for lifecycle in REGISTRY.values() if not lifecycle.is_pathway]
