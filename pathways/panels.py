"""What packages above add to a person's file, to the timeline and to a line of the pile, without being imported here.

They register functions in their own `panels.py`, imported by `apps.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pathways.actor import Actor
from pathways.enums import Role
from pathways.lifecycle import Standing
from pathways.models import Pathway
from pathways.pile import Action

# ---- panels: a block of the file


@dataclass(frozen=True)
class Panel:
    """A block of the file: its template reads `panel.<key>` for each key of `context`."""

    template: str
    context: Mapping[str, Any]


PanelSource = Callable[[Pathway, Actor, Standing], Panel | None]
_PANELS: list[tuple[int, frozenset[Role], PanelSource]] = []


def panel(order: int, *roles: Role):
    """Register a function (pathway, actor, standing) -> Panel | None for the files of these roles.

    `standing` is what the actor may know of: a provider's holds only the provider's own prescriptions.
    """

    def registered(function: PanelSource) -> PanelSource:
        _PANELS.append((order, frozenset(roles), function))
        _PANELS.sort(key=lambda entry: entry[0])
        return function

    return registered


def panels(pathway: Pathway, actor: Actor, standing: Standing) -> list[Panel]:
    found = (read(pathway, actor, standing) for _, roles, read in _PANELS if actor.role in roles)
    return [shown for shown in found if shown is not None]


# ---- actions of the file that are more than one fact: « Prescrire » first looks for a session


@dataclass(frozen=True)
class FileAction:
    """A button of the file, or the reason why it is not one (`why`, `remedy`)."""

    label: str
    url: str
    icon: str = ""
    is_primary: bool = False
    why: str = ""
    remedy: str = ""
    remedy_url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    is_post: bool = False


ActionSource = Callable[[Pathway, Actor, Standing], Iterable[FileAction]]
_ACTIONS: list[tuple[int, frozenset[Role], ActionSource]] = []
#: Kinds of facts that a registered action replaces in the file.
_REPLACED: set[str] = set()


def file_action(order: int, *roles: Role, instead_of: Iterable[str] = ()):
    """Register a function (pathway, actor, standing) -> FileActions; the facts `instead_of` get no own button."""

    def registered(function: ActionSource) -> ActionSource:
        _ACTIONS.append((order, frozenset(roles), function))
        _ACTIONS.sort(key=lambda entry: entry[0])
        _REPLACED.update(instead_of)
        return function

    return registered


def file_actions(pathway: Pathway, actor: Actor, standing: Standing) -> list[FileAction]:
    return [
        action
        for _, roles, read in _ACTIONS
        if actor.role in roles
        for action in read(pathway, actor, standing)
    ]


def replaced_kinds() -> frozenset[str]:
    return frozenset(_REPLACED)


# ---- what a fact's subject is called


TitleSource = Callable[[Iterable[int]], Mapping[int, str]]
_TITLES: list[TitleSource] = []


def titles(function: TitleSource) -> TitleSource:
    """Register a function (subject ids) -> {id: « Maçon, AFPA Marseille (24_SE_1183) »}."""
    _TITLES.append(function)
    return function


def subject_titles(ids: Iterable[int | None]) -> dict[int, str]:
    """The titles of the subjects of some facts; an id that nobody names is absent."""
    wanted = {subject_id for subject_id in ids if subject_id is not None}
    named: dict[int, str] = {}
    if wanted:
        for function in _TITLES:
            named.update(function(wanted))
    return named


# ---- what to do first about somebody stuck, on the line of the pile


RemedySource = Callable[[Actor, list[int]], Mapping[int, Action]]
_REMEDIES: dict[str, RemedySource] = {}


def remedy(*states: str):
    """Register a function (actor, pathway ids) -> {pathway id: Action} for people stuck in these states; set-based."""

    def registered(function: RemedySource) -> RemedySource:
        for state in states:
            if state in _REMEDIES:
                raise ValueError(f"two remedies for the state {state}")
            _REMEDIES[state] = function
        return function

    return registered


def remedies(actor: Actor, pathways: Iterable[Pathway]) -> dict[int, Action]:
    """The first thing to do about each of these pathways, where a package knows one."""
    by_function: dict[RemedySource, list[int]] = {}
    for pathway in pathways:
        if pathway.state in _REMEDIES:
            by_function.setdefault(_REMEDIES[pathway.state], []).append(pathway.pk)
    found: dict[int, Action] = {}
    for function, ids in by_function.items():
        found.update(function(actor, ids))
    return found
