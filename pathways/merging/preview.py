"""What a merge would make of two files, from facts alone: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from config import clock
from pathways import refusals
from pathways.actor import Actor
from pathways.facts import Fact, Kind
from pathways.guards import Refusal, TransitionRefused
from pathways.lifecycle import REGISTRY, below
from pathways.merging.homes import Terms
from pathways.merging.joining import OBSTACLES, PROVISIONAL, Files, files_of
from pathways.models import Beneficiary, Event, Pathway
from pathways.panels import subject_titles
from pathways.refusals import state_label
from pathways.replay import ImpossibleHistory, fold, valid, with_absorbed
from pathways.statements import read_facts
from pathways.story import events_of, timeline
from pathways.viewpoint import Stage, View, view_of


@dataclass(frozen=True)
class Preview:
    """kept, other: the two pathways as they are (other None: the people share no cohort). moved: pathways that follow
    the person. joined: the history that the merge makes; None when it is refused, by `refusal`. entries: its timeline.
    last: the last fact of either file, to tell whether the page was read before it.
    """

    kept: Pathway | None = None
    other: Pathway | None = None
    moved: tuple[Pathway, ...] = ()
    joined: View | None = None
    refusal: Refusal | None = None
    entries: tuple[dict, ...] = ()
    last: int = 0

    @property
    def requests(self) -> list[tuple[str, str]]:
        """(what, where it stands) of every prescription and course of the joined file."""
        states = [
            (lifecycle, subject, state)
            for lifecycle in below()
            for subject, state in sorted(self.joined.standing.subjects(lifecycle.name).items())
            if state not in (lifecycle.initial, lifecycle.void)
        ]
        titles = subject_titles(subject for _, subject, _ in states)
        return [
            (f"{lifecycle.label}, {titles.get(subject, '')}".rstrip(", "), state_label(lifecycle, state))
            for lifecycle, subject, state in states
        ]

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where the person stands in each file and would stand in one, in words."""
        lines = [("Dossier gardé", _row_in_words(self.kept))]
        if self.other is not None:
            lines.append(("Autre dossier", _row_in_words(self.other)))
        return [*lines, ("Une fois fusionnés", _in_words(self.joined.current))]


def _row_in_words(pathway: Pathway) -> str:
    return _in_words(Stage(pathway.state, pathway.state_since))


def _in_words(stage: Stage) -> str:
    label = state_label(REGISTRY["pathway"], stage.state)
    return f"{label} depuis le {stage.since:%d/%m/%Y}" if stage.since else label


def look(into: Beneficiary, person: Beneficiary, actor: Actor) -> Preview:
    """What merging `person` into `into` would give. Raises NotVisible; other refusals are part of the answer."""
    try:
        files = files_of(into, person, actor)
    except TransitionRefused as refused:
        return Preview(refusal=refused.refusal)
    keys = {pk for pk in (files.survivor, files.absorbed, *files.moved) if pk is not None}
    rows = Pathway.objects.visible_to(actor).select_related("cohort", "beneficiary").in_bulk(keys)
    kept, other = rows[files.survivor], rows.get(files.absorbed)
    known = _joined(into, person, files)
    last = max((fact.id for fact in known if fact.id != PROVISIONAL), default=0)
    preview = Preview(kept, other, tuple(rows[pk] for pk in files.moved), last=last)
    refusal = next(
        (found for refuse in OBSTACLES if other is not None and (found := refuse(kept, other))), None
    )
    if refusal is None:
        refusal = _impossible(known)
    if refusal is not None:
        return _with(preview, refusal=refusal)
    events = [event for row in (kept, other) if row is not None for event in events_of(row, actor)]
    entries = [{**entry, "actions": []} for entry in timeline(events, known, actor, kept.pk)]
    return _with(preview, joined=view_of(known, kept, actor), entries=tuple(entries))


def _with(preview: Preview, **changes) -> Preview:
    return Preview(**{**vars(preview), **changes})


def _joined(into: Beneficiary, person: Beneficiary, files: Files) -> list[Fact]:
    terms = Terms(into.pk, person.pk, files.absorbed, (), files.moved, {})
    merge = Fact(Kind.MERGE, clock.today(), payload=terms.as_payload(), id=PROVISIONAL)
    return with_absorbed([*read_facts(files.survivor), merge])


def _impossible(known: list[Fact]) -> Refusal | None:
    """The first fact that cannot follow those before it, with the address of its correction."""
    try:
        fold(valid(known))
    except ImpossibleHistory as impossible:
        refusal, fact = refusals.impossible_history(impossible), impossible.fact
        if fact.id == PROVISIONAL:
            return refusal
        home = Event.objects.values_list("pathway_id", "pathway__merged_into").get(pk=fact.id)
        link = reverse("pathways:correct", args=[home[1] or home[0], fact.id])
        return Refusal(refusal.code, refusal.sentence, "Corrigez d'abord ce fait dans son dossier.", link)
    return None
