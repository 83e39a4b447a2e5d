"""Whether what the rows say is what the facts say, over the whole database, in constant memory.

Two kinds of checks, registered by each package: on a group of people at a time, with all their facts (`on_people`),
and on the database as a whole, one indexed query each (`on_database`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from pathways.facts import Fact
from pathways.lifecycle import REGISTRY, Standing
from pathways.models import Event, Pathway
from pathways.projection import state_delays
from pathways.replay import ImpossibleHistory, fold, valid
from pathways.statements import FACT_COLUMNS

GROUP = 500  # people read at a time


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

    @property
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
    with snapshot():
        for check in DATABASE_CHECKS:
            yield from check()
        for pathways in groups(Pathway.objects.all()):
            yield from examine(pathways, progress)


def examine(pathways: list[Pathway], progress: Progress) -> Iterator[Incoherence]:
    """The incoherences of some people: histories that cannot be read, then what each check finds."""
    persons = []
    for pathway, recorded in with_facts(pathways):
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
    for model in {lifecycle.model for lifecycle in REGISTRY.values()} - {Pathway}:
        people.rows[model] = people.by_pathway(model._base_manager)
    for check in PEOPLE_CHECKS:
        yield from check(people)


def groups(pathways) -> Iterator[list[Pathway]]:
    """All pathways of a queryset, GROUP at a time, in the order of their keys."""
    last = 0
    while group := list(pathways.filter(pk__gt=last).select_related("beneficiary").order_by("pk")[:GROUP]):
        yield group
        last = group[-1].pk


def with_facts(pathways: list[Pathway]) -> Iterator[tuple[Pathway, list[Fact]]]:
    """Each pathway with the facts recorded for it, in one query for the group."""
    facts: dict[int, list[Fact]] = {pathway.pk: [] for pathway in pathways}
    rows = Event.objects.filter(pathway__in=list(facts)).order_by("pathway_id", "id")
    for pathway_id, *columns in rows.values_list("pathway_id", *FACT_COLUMNS).iterator():
        facts[pathway_id].append(Fact(*columns))
    for pathway in pathways:
        yield pathway, facts[pathway.pk]


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

    One transaction per group of people, who are locked as by the door, so that facts may be recorded meanwhile.
    """
    last = 0
    while True:
        with transaction.atomic():
            locked = Pathway.objects.select_for_update(of=("self",), no_key=True).filter(pk__gt=last)
            pathways = list(locked.select_related("beneficiary").order_by("pk")[:GROUP])
            repaired = [found for found in examine(pathways, progress) if _repair(found)]
        yield from repaired
        if not pathways:
            break
        last = pathways[-1].pk
    with transaction.atomic():
        yield from [found for check in DATABASE_CHECKS for found in check() if _repair(found)]


def _repair(found: Incoherence) -> bool:
    if found.repair is None:
        return False
    found.repair()
    return True
