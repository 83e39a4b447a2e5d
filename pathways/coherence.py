"""The checks of the engine: rows are what their facts say, facts are about who they say and stated by who could.

The projections of every lifecycle are compared here, whatever package owns the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from pathways import projection
from pathways.actor import Actor
from pathways.consistency import Incoherence, People, Person, incoherence, on_database, on_people
from pathways.enums import Role
from pathways.facts import Context, Kind
from pathways.lifecycle import PATHWAY, REGISTRY, Lifecycle
from pathways.models import Beneficiary, Event, Membership, Pathway
from pathways.statements import array, read

PROJECTION = "projection"


@on_people
def projections(people: People) -> Iterator[Incoherence]:
    """State and projected columns of the pathway and of every row below it ≠ replay."""
    for person in people.persons:
        columns = projection.wanted(REGISTRY[PATHWAY], person.standing, None)
        columns |= projection.pathway_columns(
            person.standing, person.valid[-1].occurred_on if person.valid else None, people.delays
        )
        yield from differing(person.pathway, columns)
        for lifecycle in REGISTRY.values():
            if lifecycle.name != PATHWAY:
                yield from _below(people, person, lifecycle)


def _below(people: People, person: Person, lifecycle: Lifecycle) -> Iterator[Incoherence]:
    rows = {row.pk: row for row in people.rows[lifecycle.model][person.pathway.pk]}
    for row in rows.values():
        yield from differing(row, projection.wanted(lifecycle, person.standing, row.pk))
    for subject_id in sorted(person.standing.subjects(lifecycle.name).keys() - rows.keys()):
        # Two lifecycles may share a table: the one that brings its rows to life speaks of the missing one.
        if lifecycle.birth is not None:
            told = f"la ligne {subject_id} manque, alors que des faits la disent"
            yield Incoherence(
                "missing_row",
                f"{lifecycle.model_label} {subject_id}",
                told,
                _birth(person, lifecycle, subject_id),
            )


def differing(row, columns: dict[str, Any]) -> Iterator[Incoherence]:
    """One incoherence for a row whose columns are not what the facts say."""
    held = row.__dict__
    wrong = {name: (held[name], value) for name, value in columns.items() if held[name] != value}
    if wrong:
        told = ", ".join(
            f"{name} {_shown(found)} au lieu de {_shown(value)}" for name, (found, value) in wrong.items()
        )
        yield incoherence(PROJECTION, row, told, lambda: projection.write(row, columns))


def _shown(value: Any) -> str:
    return "« »" if value in (None, "") else f"« {value} »"


def _birth(person: Person, lifecycle: Lifecycle, subject_id: int):
    def repair() -> None:
        fact = next(
            fact for fact in person.valid if fact.subject_id == subject_id and lifecycle.rows_named(fact.kind)
        )
        context = Context(fact, Actor.system(), person.pathway, person.standing, asking=True)
        row = lifecycle.birth(context)
        for cycle in REGISTRY.values():
            if cycle.model is lifecycle.model:
                row.__dict__.update(projection.wanted(cycle, person.standing, subject_id))
        row.save(force_insert=True)

    return repair


@on_people
def facts_about_others(people: People) -> Iterator[Incoherence]:
    """A fact about a prescription that is not this person's, or that takes back a fact that is not."""
    model = REGISTRY["prescription"].model
    for person in people.persons:
        own = {row.pk for row in people.rows[model][person.pathway.pk]}
        known = {fact.id for fact in person.recorded}
        for fact in person.recorded:
            row = f"{Event._meta.label} {fact.id}"
            if fact.subject_id is not None and fact.subject_id not in own:
                yield Incoherence(
                    "foreign_subject", row, f"la prescription {fact.subject_id} est d'un autre parcours"
                )
            if fact.annuls_id is not None and fact.annuls_id not in known:
                yield Incoherence(
                    "foreign_annulment", row, f"le fait corrigé {fact.annuls_id} est d'un autre parcours"
                )


@on_people
def known_kinds(people: People) -> Iterator[Incoherence]:
    """A kind that no table knows: it would be read as if nothing had happened."""
    names = {row.name for lifecycle in REGISTRY.values() for row in lifecycle.rows} | {Kind.ANNUL}
    for person in people.persons:
        for fact in person.recorded:
            if fact.kind not in names:
                yield Incoherence(
                    "unknown_kind", f"{Event._meta.label} {fact.id}", f"nature inconnue « {fact.kind} »"
                )


@on_people
def repeated_territory(people: People) -> Iterator[Incoherence]:
    """The pathway's pôle and bassin repeat the person's (lists read one index): they must not drift apart."""
    joined = [pk for person in people.persons if (pk := person.pathway.merged_into_id) is not None]
    holders = dict(Pathway.objects.filter(pk__in=joined).order_by().values_list("pk", "beneficiary"))
    # A file joined to another follows the person whose file it is part of.
    owners = [holders.get(one.pathway.merged_into_id, one.pathway.beneficiary_id) for one in people.persons]
    known = {
        row.pk: row for row in read(Beneficiary, ("pole_id", "area_id"), "id = ANY(%s)", [array(owners)])
    }
    for person, owner in zip(people.persons, owners, strict=True):
        pathway, beneficiary = person.pathway, known[owner]
        for column, label in (("pole_id", "pôle"), ("area_id", "bassin")):
            found, expected = getattr(pathway, column), getattr(beneficiary, column)
            if found != expected:
                told = f"{label} {_shown(found)} au lieu de {_shown(expected)}, celui du bénéficiaire"
                yield incoherence("territory", pathway, told)


@on_database
def stale_copies() -> Iterator[Incoherence]:
    """A pathway filed under another name or Département than its person's and its cohort's (triggers keep them)."""
    kept = Q(sort_key=F("beneficiary__sort_key"), department=F("cohort__department"))
    for pathway in Pathway.objects.filter(~kept | Q(department=None)).order_by("pk").iterator():
        told = "le nom ou le Département repris n'est plus celui de la personne ou de la cohorte"
        # The trigger gives the row its copies again, whatever is written.
        yield incoherence("copies", pathway, told, lambda pk=pathway.pk: _copy_again(pk))


def _copy_again(pathway_id: int) -> None:
    Pathway.objects.filter(pk=pathway_id).update(sort_key="")


@on_database
def states_without_their_date() -> Iterator[Incoherence]:
    """A row in a state that facts lead to, without the day since when."""
    for lifecycle in REGISTRY.values():
        if lifecycle.since_field:
            unborn = {"", lifecycle.initial, lifecycle.void} - {None}
            rows = lifecycle.model._base_manager.filter(**{f"{lifecycle.since_field}__isnull": True})
            for row in rows.exclude(**{f"{lifecycle.state_field}__in": unborn}).order_by("pk").iterator():
                told = f"état « {getattr(row, lifecycle.state_field)} » sans sa date"
                yield incoherence("state_without_date", row, told)


@on_database
def facts_by_strangers() -> Iterator[Incoherence]:
    """A fact stated under a role that its author did not hold, in that organisation, on the day it was recorded."""
    held = Membership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=OuterRef("recorded_on")),
        user=OuterRef("actor"),
        organisation=OuterRef("organisation"),
        role=OuterRef("role"),
        started_on__lte=OuterRef("recorded_on"),
    )
    events = Event.objects.exclude(role=Role.SYSTEM).annotate(recorded_on=TruncDate("recorded_at"))
    for event in events.filter(~Exists(held)).order_by("pk").iterator():
        told = f"l'auteur n'avait pas le rôle « {event.role} » dans son organisation le {event.recorded_on:%d/%m/%Y}"
        yield incoherence("author_without_role", event, told)


@on_database
def facts_from_the_future() -> Iterator[Incoherence]:
    """A fact that was recorded before it happened."""
    events = Event.objects.annotate(recorded_on=TruncDate("recorded_at")).filter(
        occurred_on__gt=F("recorded_on")
    )
    for event in events.order_by("pk").iterator():
        told = f"survenu le {event.occurred_on:%d/%m/%Y}, mais saisi dès le {event.recorded_on:%d/%m/%Y}"
        yield incoherence("recorded_before_it_happened", event, told)


@on_database
def pathways_without_facts() -> Iterator[Incoherence]:
    """A pathway in a cohort that no fact has begun."""
    begun = Event.objects.filter(pathway=OuterRef("pk"))
    for pathway in Pathway.objects.filter(~Exists(begun)).order_by("pk").iterator():
        yield incoherence("pathway_without_facts", pathway, "aucun fait n'est enregistré")
