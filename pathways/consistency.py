"""Whether what the rows say is what the facts say, over the whole database, in constant memory.

Two kinds of checks, registered by each package: on a group of people at a time, with all their facts (`on_people`),
and on the database as a whole, one indexed query each (`on_database`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection, models, transaction

from config.garbage import fewer_collections
from pathways.facts import Fact, Kind
from pathways.lifecycle import PATHWAY, REGISTRY, Lifecycle, Standing, below
from pathways.models import Pathway
from pathways.projection import state_delays
from pathways.replay import ImpossibleHistory, fold, histories, valid, with_absorbed
from pathways.statements import array, every_fact, read

GROUP = 2000  # people read at a time


@dataclass(frozen=True)
class Incoherence:
    """One row that contradicts another. row: « prescriptions.Prescription 12 ». told: what differs, in French.

    repair: rewrites the row from the facts, when facts alone decide what it must be.
    """

    check: str
    row: str
    told: str
    repair: Callable[[], None] | None = field(default=None, compare=False, repr=False)


def incoherence(check: str, row: models.Model, told: str, repair=None) -> Incoherence:
    return Incoherence(check, f"{row._meta.label} {row.pk or ''}".strip(), told, repair)


@dataclass(frozen=True)
class Person:
    """A pathway with every fact recorded, those that hold, and where they lead."""

    pathway: Pathway
    recorded: list[Fact]
    valid: list[Fact]
    standing: Standing


@dataclass(frozen=True)
class People:
    """A group of people, as the checks of one round see them. rows: lifecycle model -> pathway id -> its rows."""

    persons: list[Person]
    delays: dict[str, int]
    rows: dict[type[models.Model], dict[int, list[models.Model]]]

    @cached_property
    def ids(self) -> list[int]:
        return [person.pathway.pk for person in self.persons]

    def by_pathway(self, queryset) -> dict[int, list[Any]]:
        """Rows with a `pathway` of this group, in one query: pathway id -> rows."""
        found: dict[int, list[Any]] = {pathway_id: [] for pathway_id in self.ids}
        for row in queryset.filter(pathway__in=self.ids).order_by("pk"):
            found[row.pathway_id].append(row)
        return found


PeopleCheck = Callable[[People], Iterable[Incoherence]]
DatabaseCheck = Callable[[], Iterable[Incoherence]]
PEOPLE_CHECKS: list[PeopleCheck] = []
DATABASE_CHECKS: list[DatabaseCheck] = []


def on_people(check: PeopleCheck) -> PeopleCheck:
    """Register a check (people) -> incoherences; it must read the rows of the whole group at once."""
    PEOPLE_CHECKS.append(check)
    return check


def on_database(check: DatabaseCheck) -> DatabaseCheck:
    """Register a check () -> incoherences over the whole database."""
    DATABASE_CHECKS.append(check)
    return check


@dataclass
class Progress:
    """How much has been read so far."""

    pathways: int = 0
    events: int = 0


def incoherences(progress: Progress | None = None) -> Iterator[Incoherence]:
    """Every incoherent row, read in one snapshot: facts recorded meanwhile are not taken for an incoherence."""
    progress = progress or Progress()
    with snapshot(), fewer_collections():
        for check in DATABASE_CHECKS:
            yield from check()
        facts = FactsInOrder()
        for pathways in groups():
            yield from examine(pathways, progress, facts.of)


class FactsInOrder:
    """The histories of all people, read in one pass; asked for in the order of the pathways' keys."""

    def __init__(self):
        self._facts = every_fact()
        self._next = next(self._facts, None)

    def of(self, pathway_ids: list[int]) -> dict[int, list[Fact]]:
        """Pathway id -> its history, as `replay.histories()`; facts of pathways before these are passed over."""
        found: dict[int, list[Fact]] = {pathway_id: [] for pathway_id in pathway_ids}
        merged: set[int] = set()
        last = pathway_ids[-1] if pathway_ids else 0
        while self._next is not None and self._next[0] <= last:
            pathway_id, fact = self._next
            if pathway_id in found:
                found[pathway_id].append(fact)
                if fact.kind == Kind.MERGE:
                    merged.add(pathway_id)
            self._next = next(self._facts, None)
        return found | {pathway_id: with_absorbed(found[pathway_id]) for pathway_id in merged}


Histories = Callable[[list[int]], dict[int, list[Fact]]]


def examine(
    pathways: list[Pathway], progress: Progress, read_facts: Histories = histories
) -> Iterator[Incoherence]:
    """The incoherences of some people: histories that cannot be read, then what each check finds."""
    persons = []
    for pathway, recorded in with_facts(pathways, read_facts):
        progress.pathways, progress.events = progress.pathways + 1, progress.events + len(recorded)
        facts = valid(recorded)
        try:
            persons.append(Person(pathway, recorded, facts, fold(facts)))
        except ImpossibleHistory as impossible:
            told = (
                f"le fait {impossible.fact.id} ({impossible.fact.kind}) est impossible depuis "
                f"{impossible.lifecycle.name} « {impossible.state} »"
            )
            yield incoherence("impossible_history", pathway, told)
    people = People(persons, state_delays(), {})
    for model in {lifecycle.model for lifecycle in below()}:
        people.rows[model] = _rows_below(model, people.ids)
    for check in PEOPLE_CHECKS:
        yield from check(people)


def _rows_below(model: type[models.Model], pathway_ids: list[int]) -> dict[int, list[models.Model]]:
    """Pathway id -> its rows of a model, with what facts project; the other columns are read when asked for."""
    found: dict[int, list[models.Model]] = {pathway_id: [] for pathway_id in pathway_ids}
    names = ("pathway_id", *(name for cycle in below() if cycle.model is model for name in columns_of(cycle)))
    for row in read(model, names, "pathway_id = ANY(%s)", [array(pathway_ids)]):
        found[row.pathway_id].append(row)
    return found


def groups() -> Iterator[list[Pathway]]:
    """All pathways, GROUP at a time, in the order of their keys, with what facts project."""
    last = 0
    while group := group_after(last):
        yield group
        last = group[-1].pk


def group_after(last: int) -> list[Pathway]:
    """The GROUP of pathways that follow this key."""
    names = ("beneficiary_id", "cohort_id", "pole_id", "area_id", "merged_into_id", "due_on", "last_fact_on")
    return list(read(Pathway, (*names, *columns_of(REGISTRY[PATHWAY])), "id > %s", [last], GROUP))


def columns_of(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The columns of a row that the facts of a lifecycle project."""
    return (
        lifecycle.state_field,
        *(lifecycle.model._meta.get_field(name).attname for name in lifecycle.projected),
    )


def with_facts(
    pathways: list[Pathway], read_facts: Histories = histories
) -> Iterator[tuple[Pathway, list[Fact]]]:
    """Each pathway with the facts recorded for it."""
    facts = read_facts([pathway.pk for pathway in pathways])
    for pathway in pathways:
        # What was recorded in a file joined to another is read with that one.
        yield pathway, facts[pathway.pk] if pathway.merged_into_id is None else []


@contextmanager
def snapshot() -> Iterator[None]:
    """One unchanging view of the database, read only; inside a transaction (a test), that transaction's view."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def rebuild(progress: Progress) -> Iterator[Incoherence]:
    """Rewrite every projection that differs from the facts, and name each row rewritten.

    Everybody is read without a lock, in one snapshot, a group at a time. The groups in which something differs are then
    locked as by the door and looked at again: facts may be recorded meanwhile.
    """
    suspects: list[tuple[int, int]] = []
    with snapshot(), fewer_collections():
        facts = FactsInOrder()
        for group in groups():
            if next(examine(group, progress, facts.of), None) is not None:
                suspects.append((group[0].pk, group[-1].pk))
    for bounds in suspects:
        yield from _mend(bounds)
    with transaction.atomic():
        yield from [found for check in DATABASE_CHECKS for found in check() if _repair(found)]


def _mend(bounds: tuple[int, int]) -> list[Incoherence]:
    with transaction.atomic():
        locked = Pathway.objects.select_for_update(of=("self",), no_key=True).filter(pk__range=bounds)
        pathways = list(locked.order_by("pk"))
        return [found for found in examine(pathways, Progress()) if _repair(found)]


def _repair(found: Incoherence) -> bool:
    if found.repair is None:
        return False
    found.repair()
    return True
