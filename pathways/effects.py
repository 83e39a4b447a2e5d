"""What a correction would change, told beforehand: each package adds what it knows, nothing is written.

Two readings of one person's history are compared: as it is, and as it would be. Sources are registered by each package
(as panels and lines of the pile are) and answer from facts folded in memory; they read rows of the database as they
are, before the correction, and never write.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models

from pathways.actor import Actor
from pathways.blockage import Delays
from pathways.enums import Role
from pathways.lifecycle import REGISTRY, Standing
from pathways.models import Pathway
from pathways.panels import subject_titles
from pathways.projection import wanted
from pathways.viewpoint import View

Row = TypeVar("Row", bound=models.Model)
Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Heading:
    """A group of effects, as the page titles it. order ranks the groups."""

    label: str
    icon: str
    order: int


STEPS = Heading("Étapes et dates", "stairs", 10)
AWAITED = Heading("Ce qui est attendu, et de qui", "checklist", 20)
ALERTS = Heading("Alertes", "bell-ringing", 30)
FIGURES = Heading("Chiffres", "chart-bar", 40)
#: Said for what exists on one side only.
NOTHING_AWAITED = "rien"


@dataclass(frozen=True)
class Effect:
    """One thing that changes: its name, how it stands now, how it would stand."""

    heading: Heading
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """One person's history as `actor` may know it: `before`, as recorded, and `after`, as it would be."""

    pathway: Pathway
    actor: Actor
    before: View
    after: View
    _loaded: dict[str, Any] = field(default_factory=dict, repr=False)

    def once(self, key: str, load: Callable[[], Loaded]) -> Loaded:
        """Load something once for all sources."""
        if key not in self._loaded:
            self._loaded[key] = load()
        return self._loaded[key]

    @property
    def delays(self) -> Delays:
        return self.once("delays", Delays.read)

    def subjects(self, lifecycle: str) -> list[int]:
        """The prescriptions that this lifecycle concerns on either side, in the order in which they were made."""
        both = (
            self.before.standing.subjects(lifecycle).keys() | self.after.standing.subjects(lifecycle).keys()
        )
        return sorted(both)

    @property
    def sides(self) -> tuple[View, View]:
        return self.before, self.after


def about(subject_ids: Iterable[int]) -> dict[int, str]:
    """Subject id -> what follows a label to say which request it is about; nothing when there is only one."""
    ids = set(subject_ids)
    titles = subject_titles(ids) if len(ids) > 1 else {}
    return {pk: f", {titles[pk]}" if pk in titles else "" for pk in ids}


def imagined(row: Row, standing: Standing) -> Row:
    """A copy of a row below the pathway as `standing` would have it; never to be saved."""
    twin = copy.copy(row)
    for lifecycle in REGISTRY.values():
        if lifecycle.model is type(row):
            twin.__dict__.update(wanted(lifecycle, standing, row.pk))
    return twin


EffectSource = Callable[[Comparison], Iterable[Effect]]
_SOURCES: list[tuple[frozenset[Role], EffectSource]] = []


def effect_source(*roles: Role):
    """Register a function Comparison -> Effects for readers of these roles; what does not change is left out.

    A source may raise TransitionRefused for what the door would refuse only while it writes.
    """

    def registered(function: EffectSource) -> EffectSource:
        _SOURCES.append((frozenset(roles), function))
        return function

    return registered


def effects(comparison: Comparison) -> list[Effect]:
    """Everything that changes, by heading. Empty when only the history does. Raises TransitionRefused."""
    found = [
        effect
        for roles, source in _SOURCES
        if comparison.actor.role in roles
        for effect in source(comparison)
        if effect.before != effect.after
    ]
    return sorted(found, key=lambda effect: effect.heading.order)


def grouped(found: Iterable[Effect]) -> list[tuple[Heading, list[Effect]]]:
    """The effects under their headings, for the page."""
    groups: dict[Heading, list[Effect]] = {}
    for effect in found:
        groups.setdefault(effect.heading, []).append(effect)
    return list(groups.items())


def differing(heading: Heading, before: dict[str, str], after: dict[str, str]) -> Iterator[Effect]:
    """One effect per key of two mappings {name: sentence} whose sentences differ; absent means nothing."""
    for label in [*before, *(label for label in after if label not in before)]:
        was, becomes = before.get(label, NOTHING_AWAITED), after.get(label, NOTHING_AWAITED)
        if was != becomes:
            yield Effect(heading, label, was, becomes)
