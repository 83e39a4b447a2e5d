"""The check of merges (`manage.py check_consistency`): rows say that files are joined where the facts do."""

from __future__ import annotations

from collections.abc import Iterator

from pathways.consistency import Incoherence, incoherence, on_database
from pathways.merging.homes import terms_in_force
from pathways.models import Beneficiary, Event, Pathway


@on_database
def files_joined() -> Iterator[Incoherence]:
    """A file or a person that says it is part of another without a merge that holds, or the reverse."""
    parents: dict[int, int] = {}
    people: dict[int, int] = {}
    for pathway_id in Event.objects.merges().order_by().values_list("pathway", flat=True).distinct():
        for terms in terms_in_force(pathway_id):
            people[terms.person] = terms.into
            if terms.pathway is not None:
                parents[terms.pathway] = pathway_id
    yield from _differing(Pathway.objects.all(), parents)
    yield from _differing(Beneficiary.objects.all(), people)
    holders = set(parents.values()) - parents.keys()
    says_so = Pathway.objects.filter(has_absorbed=True)
    for pathway in says_so.exclude(pk__in=holders).order_by("pk"):
        yield incoherence("merge", pathway, "dit réunir plusieurs dossiers, sans fusion qui tienne")
    for pathway in Pathway.objects.filter(pk__in=holders, has_absorbed=False).order_by("pk"):
        yield incoherence("merge", pathway, "ne dit pas qu'il réunit plusieurs dossiers")


def _differing(rows, parents: dict[int, int]) -> Iterator[Incoherence]:
    joined = rows.filter(merged_into__isnull=False) | rows.filter(pk__in=parents)
    for row in joined.order_by("pk"):
        expected = _root(row.pk, parents)
        if row.merged_into_id != expected:
            told = f"fait partie de « {row.merged_into_id} » au lieu de « {expected} », d'après les fusions"
            yield incoherence("merge", row, told)


def _root(key: int, parents: dict[int, int]) -> int | None:
    """The file that a file is part of in the end; None when it stands by itself."""
    root = None
    while key in parents:
        root = key = parents[key]
    return root
