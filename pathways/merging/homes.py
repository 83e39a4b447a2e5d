"""In which file a fact is recorded. Files that a merge has joined keep their facts apart, so that it can be undone.

A fact about a prescription goes to the file that the prescription came from, a correction to the file of what it
corrects; everything else to the file as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pathways.facts import Change, Fact, Kind


@dataclass(frozen=True)
class Terms:
    """What a merge joined, as the fact that made it hold says (the merge, or what took its annulment back).

    into: the person whose file stays. person, pathway: the absorbed file (pathway None: the two people shared no
    cohort). subjects: its prescriptions. moved: its pathways in other cohorts. taken: what the person took over from it
    (pathways.merging.values).
    """

    into: int
    person: int
    pathway: int | None
    subjects: tuple[int, ...]
    moved: tuple[int, ...]
    taken: Mapping[str, Any]

    def as_payload(self) -> dict[str, Any]:
        return {
            "into": self.into,
            "person": self.person,
            "pathway": self.pathway,
            "subjects": list(self.subjects),
            "moved": list(self.moved),
            "taken": dict(self.taken),
        }

    @classmethod
    def of(cls, merge: Fact, facts: Iterable[Fact]) -> Terms:
        """The terms on which a merge holds now; `facts` are those recorded in its file."""
        said = max(_about(merge, facts), key=lambda fact: fact.id).payload
        return cls(**{**said, "subjects": tuple(said["subjects"]), "moved": tuple(said["moved"])})


def _about(merge: Fact, facts: Iterable[Fact]) -> list[Fact]:
    """The merge and the annulments that made it hold again: they carry its terms anew."""
    found, ids = [merge], {merge.id}
    for fact in sorted(facts, key=lambda fact: fact.id):
        if fact.kind == Kind.ANNUL and fact.annuls_id in ids:
            ids.add(fact.id)
            if "person" in fact.payload:
                found.append(fact)
    return found


def home_of(fact: Fact, change: Change) -> int:
    """The key of the pathway under which a fact about a joined file is recorded."""
    if fact.annuls_id is not None:
        from pathways.models import Event

        return Event.objects.values_list("pathway_id", flat=True).get(pk=fact.annuls_id)
    if change.home is not None:
        return change.home
    if fact.subject_id is not None:
        return _home_of_subject(change.pathway.pk, fact.subject_id)
    return change.pathway.pk


def _home_of_subject(pathway_id: int, subject_id: int) -> int:
    for terms in terms_in_force(pathway_id):
        if terms.pathway is not None and subject_id in terms.subjects:
            return _home_of_subject(terms.pathway, subject_id)
    return pathway_id


def terms_in_force(pathway_id: int) -> list[Terms]:
    """What the merges recorded in a file, and that hold, have joined to it."""
    from pathways.replay import merges_in_force
    from pathways.statements import read_facts

    facts = read_facts(pathway_id)
    return [Terms.of(merge, facts) for merge in merges_in_force(facts)]


def files_under(pathway_id: int) -> set[int]:
    """The keys of the files joined to this one, those joined to them included."""
    found: set[int] = set()
    for terms in terms_in_force(pathway_id):
        if terms.pathway is not None:
            found |= {terms.pathway} | files_under(terms.pathway)
    return found


def people_under(pathway_id: int) -> set[int]:
    """The keys of the people whose files the merges recorded in this file have joined to it, step by step."""
    found: set[int] = set()
    for terms in terms_in_force(pathway_id):
        found.add(terms.person)
        if terms.pathway is not None:
            found |= people_under(terms.pathway)
    return found
