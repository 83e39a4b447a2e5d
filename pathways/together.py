"""The same fact about several people at once: which facts may be stated so, about whom, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from pathways.actor import Actor
from pathways.bulk import Target, apply_many
from pathways.facts import KINDS, FactKind
from pathways.guards import Refusal
from pathways.lifecycle import PATHWAY, REGISTRY, Lifecycle, concerned
from pathways.models import Pathway
from pathways.panels import subject_titles
from pathways.reading.moment import reading_now
from pathways.transitions import roles_of

#: How many people one sending may be about.
AT_MOST = 200
#: What a check box of a list carries: « p12 » the pathway 12, « s34 » the prescription 34 and whose it is.
_ROW = re.compile(r"([ps])(\d{1,18})")

_OFFERED: list[str] = []


def offer_together(*kinds: str) -> None:
    """Let these kinds of facts be stated of several people at once, in the order of the buttons.

    What must be said to each person with a reason of their own (a refusal: PE, art. 6) is never among them.
    """
    _OFFERED.extend(kinds)


def is_offered(kind: str) -> bool:
    return kind in _OFFERED


def row_of_pathway(pathway_id: int) -> str:
    """What the check box of somebody carries."""
    return f"p{pathway_id}"


def row_of_subject(subject_id: int) -> str:
    """What the check box of a prescription, or of the course that it led to, carries."""
    return f"s{subject_id}"


@dataclass(frozen=True)
class Button:
    """A fact that a list offers for the people ticked."""

    kind: str
    label: str
    icon: str


def buttons(actor: Actor, possible: Iterable[str], labels: dict[str, str] | None = None) -> list[Button]:
    """The buttons of a list among whose lines these facts are possible, for what the actor's role may state.

    None in a past reading: nothing is recorded there.
    """
    if reading_now() is not None:
        return []
    possible, labels = set(possible), labels or {}
    return [
        Button(name, labels.get(name, KINDS[name].label), KINDS[name].icon)
        for name in _OFFERED
        if name in possible and actor.role in roles_of(name)
    ]


def possible_from(lifecycle_name: str, states: Iterable[str]) -> set[str]:
    """The facts offered for several people that the table of a lifecycle knows from one of these states at least."""
    table, states = REGISTRY[lifecycle_name], set(states)
    return {name for name in _OFFERED if table.sources(name) & states}


def possible_for(actor: Actor, pathways: Sequence[Pathway]) -> set[str]:
    """The facts offered for several people that could be stated of one of these people at least, by the tables."""
    found = possible_from(PATHWAY, {pathway.state for pathway in pathways})
    below = [name for name in _OFFERED if KINDS[name].about_subject and actor.role in roles_of(name)]
    return found | {name for name in below if _subjects_open_to(KINDS[name], pathways, actor)}


@dataclass(frozen=True)
class Line:
    """Somebody whom the fact is about; `subject` says which of their prescriptions, when it is about one."""

    pathway: Pathway
    subject_id: int | None = None
    subject: str = ""

    @property
    def row(self) -> str:
        return row_of_pathway(self.pathway.pk) if self.subject_id is None else row_of_subject(self.subject_id)


@dataclass
class Chosen:
    """lines: who was ticked, by name, AT_MOST of them; left_out: how many more were.

    idle: people ticked about none of whose prescriptions the fact could be stated.
    """

    lines: list[Line] = field(default_factory=list)
    left_out: int = 0
    idle: list[Pathway] = field(default_factory=list)


class UnknownRow(Exception):
    """A row that does not exist, or that is not the actor's."""


def chosen(kind: FactKind, rows: Sequence[str], actor: Actor) -> Chosen:
    """Who the rows of a list stand for. Raises UnknownRow for one that the actor does not see."""
    pathway_ids, subject_ids = _ids(rows, "p"), _ids(rows, "s")
    people = _visible(Pathway.objects.visible_to(actor).select_related("beneficiary"), pathway_ids)
    model = REGISTRY["prescription"].model
    subjects = _visible(model.objects.visible_to(actor).select_related("pathway__beneficiary"), subject_ids)
    if not kind.about_subject:
        everybody = {row.pk: row for row in [*people, *(subject.pathway for subject in subjects)]}
        return _cut([Line(pathway) for pathway in everybody.values()])
    found = [(row.pathway, row.pk) for row in subjects]
    open_to = _subjects_open_to(kind, people, actor)
    found += [
        (pathway, pk) for pathway in people for pk in open_to.get(pathway.pk, ()) if pk not in subject_ids
    ]
    titles = subject_titles(pk for _, pk in found)
    result = _cut([Line(pathway, pk, titles.get(pk, "")) for pathway, pk in found])
    result.idle = [pathway for pathway in people if pathway.pk not in open_to]
    return result


def _ids(rows: Sequence[str], prefix: str) -> set[int]:
    matches = [_ROW.fullmatch(row) for row in rows]
    if None in matches:
        raise UnknownRow
    return {int(match[2]) for match in matches if match[1] == prefix}


def _visible(rows: QuerySet, ids: set[int]) -> list[Any]:
    found = list(rows.filter(pk__in=ids).order_by("pk")) if ids else []
    if len(found) < len(ids):
        raise UnknownRow
    return found


def _subjects_open_to(kind: FactKind, people: Sequence[Pathway], actor: Actor) -> dict[int, list[int]]:
    """Pathway id -> those of the person's prescriptions from whose state the table knows this fact."""
    if not people:
        return {}
    table: Lifecycle = next(cycle for cycle in concerned(kind.name) if cycle.name != PATHWAY)
    states = {f"{table.state_field}__in": sorted(table.sources(kind.name))}
    rows = table.model.objects.visible_to(actor).filter(pathway__in=people, **states).order_by("pk")
    found: dict[int, list[int]] = {}
    for pathway_id, pk in rows.values_list("pathway", "pk"):
        found.setdefault(pathway_id, []).append(pk)
    return found


def _cut(lines: list[Line]) -> Chosen:
    lines.sort(key=lambda line: (line.pathway.beneficiary.sort_key, line.pathway.pk, line.subject_id or 0))
    return Chosen(lines[:AT_MOST], max(0, len(lines) - AT_MOST))


@dataclass(frozen=True)
class Told:
    """What became of a sending: how many were recorded, and who was refused and why."""

    done: int
    refused: list[tuple[Line, Refusal]]


def state_together(kind: str, lines: Sequence[Line], actor: Actor, key: str, **said: Any) -> Told:
    """State one fact about each line; `said` are the other arguments of `apply_many()`. `key` makes a second send
    harmless."""
    by_target = {
        Target(line.pathway.pk, line.subject_id, idempotency_key=f"{key}:{line.row}" if key else None): line
        for line in lines
    }
    report = apply_many(kind, by_target, actor, **said)
    return Told(len(report.done), [(by_target[target], refusal) for target, refusal in report.refused])


offer_together("contact", "note", "record_outcome", "lose_contact", "close")
