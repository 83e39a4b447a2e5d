"""The rows that lifecycles move, as the facts of the past tell them: one table per model, whatever its package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from django.db import models

from pathways.consistency import Person
from pathways.lifecycle import REGISTRY, Lifecycle
from pathways.models import Pathway
from pathways.projection import pathway_columns, state_delays, wanted
from pathways.reading.tables import PEOPLE, Table, rebuilt

#: Columns of a pathway that the engine writes besides its table.
MORE = ("due_on", "last_fact_on")


@rebuilt
def tables() -> list[Table]:
    """One table for each model that a lifecycle moves."""
    found: dict[type[models.Model], list[Lifecycle]] = {}
    for lifecycle in REGISTRY.values():
        found.setdefault(lifecycle.model, []).append(lifecycle)
    return [_table(model, lifecycles) for model, lifecycles in found.items()]


def _table(model: type[models.Model], lifecycles: list[Lifecycle]) -> Table:
    name, key = model._meta.db_table, model._meta.pk.column
    projected = [column for cycle in lifecycles for column in (cycle.state_field, *cycle.projected)]
    is_pathway = model is Pathway
    names = [*projected, *(MORE if is_pathway else ())]
    told = [model._meta.get_field(field).column for field in names]
    columns = [field.column for field in model._meta.concrete_fields]
    from_facts = ", ".join(f'd."{column}"' if column in told else f't."{column}"' for column in columns)
    as_today = ", ".join(f't."{column}"' for column in columns)
    owner, about = ("id", "") if is_pathway else ("pathway_id", f'AND e.subject_id = t."{key}"')
    return Table(
        name=name,
        columns=(key, *told),
        like=f'SELECT "{key}", {", ".join(f"{column!s}" for column in told)} FROM {name}',  # noqa: S608
        rows=partial(_pathways if is_pathway else _below, lifecycles),
        moved=f'SELECT {from_facts} FROM {name} t JOIN {{told}} d ON d."{key}" = t."{key}"',  # noqa: S608
        # Of everybody else nothing has happened since. A request that was never sent is no fact: it is left out.
        unmoved=(
            f"SELECT {as_today} FROM {name} t JOIN {PEOPLE} p ON p.id = t.{owner} AND NOT p.has_moved "  # noqa: S608
            f"WHERE EXISTS (SELECT 1 FROM pathways_event e WHERE e.pathway_id = t.{owner} {about})"
        ),
    )


def _pathways(lifecycles: list[Lifecycle], persons: Sequence[Person]) -> Iterator[tuple]:
    (lifecycle,) = lifecycles
    delays = state_delays()
    for person in persons:
        last_fact_on = person.valid[-1].occurred_on if person.valid else None
        more = pathway_columns(person.standing, last_fact_on, delays)
        columns = wanted(lifecycle, person.standing, None)
        yield (person.pathway.pk, *columns.values(), *(more[name] for name in MORE))


def _below(lifecycles: list[Lifecycle], persons: Sequence[Person]) -> Iterator[tuple]:
    """A row is there from its first fact on, taken back or not: the database never forgets one."""
    for person in persons:
        told = {
            fact.subject_id
            for fact in person.recorded
            if fact.subject_id is not None and any(cycle.rows_named(fact.kind) for cycle in lifecycles)
        }
        for subject_id in sorted(told):
            values = [v for cycle in lifecycles for v in wanted(cycle, person.standing, subject_id).values()]
            yield (subject_id, *values)
