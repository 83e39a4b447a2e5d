"""Where what a list shows comes from, when nobody declared it: imported from a file, or deduced by Jalons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from pathways.enums import Origin
from pathways.facts import Kind
from pathways.lifecycle import REGISTRY
from pathways.models import Event, Pathway
from pathways.replay import annulled_ids


def of_pathways(pathways: Iterable[Pathway]) -> dict[int, str]:
    """Pathway id -> the origin of the fact that brought it where it is; declared ones are left out. One query."""
    rows = {pathway.pk: pathway for pathway in pathways}
    found = {}
    for event in _undeclared(rows):
        pathway = rows[event.pathway_id]
        if event.occurred_on == pathway.state_since and event.to_state == pathway.state != event.from_state:
            found[pathway.pk] = event.origin
    return found


def of_subjects(lifecycle: str, subjects: Sequence) -> dict[int, str]:
    """Key of a row below the pathway -> the origin of the fact that brought it where it is; as `of_pathways()`."""
    rows, table = {row.pk: row for row in subjects}, REGISTRY[lifecycle]
    found = {}
    for event in _undeclared({row.pathway_id for row in subjects}):
        row = rows.get(event.subject_id)
        if row is None or event.occurred_on != getattr(row, table.since_field):
            continue
        leads_to = {
            target
            for line in table.rows_named(event.kind)
            for s in line.sources
            for target in line.targets(s)
        }
        if getattr(row, table.state_field) in leads_to:
            found[row.pk] = event.origin
    return found


def _undeclared(pathway_ids: Iterable[int]) -> list[Event]:
    """The facts that hold and that nobody declared, in the order of recording."""
    rows = Event.objects.filter(pathway__in=list(pathway_ids)).filter(
        ~Q(origin=Origin.DECLARED) | Q(kind=Kind.ANNUL)
    )
    events = list(rows.order_by("pk"))
    taken_back = annulled_ids([event for event in events if event.annuls_id is not None])
    return [event for event in events if event.kind != Kind.ANNUL and event.pk not in taken_back]
