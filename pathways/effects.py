"""What differs between two readings of a person's history, in words."""

from __future__ import annotations

from dataclasses import dataclass

from pathways.lifecycle import PATHWAY, REGISTRY
from pathways.panels import subject_titles
from pathways.refusals import state_label
from pathways.viewpoint import View


@dataclass(frozen=True)
class Effect:
    """One thing that changes: its name, how it stands now, how it would stand."""

    label: str
    before: str
    after: str


def effects(before: View, after: View) -> list[Effect]:
    """The states that differ, the pathway's first. Empty when the person stays where they are."""
    found = []
    was, becomes = before.current, after.current
    if (was.state, was.since) != (becomes.state, becomes.since):
        found.append(Effect("Parcours", _dated(was), _dated(becomes)))
    keys = before.standing.states.keys() | after.standing.states.keys()
    titles = subject_titles(subject_id for _, subject_id in keys)
    for name, subject_id in sorted(keys, key=str):
        lifecycle = REGISTRY[name]
        old, new = before.standing.state(name, subject_id), after.standing.state(name, subject_id)
        if name != PATHWAY and old != new:
            title = titles.get(subject_id, "")
            label = f"{lifecycle.label}, {title}" if title else lifecycle.label
            found.append(Effect(label, state_label(lifecycle, old), state_label(lifecycle, new)))
    return found


def _dated(stage) -> str:
    label = state_label(REGISTRY[PATHWAY], stage.state)
    return f"{label} depuis le {stage.since:%d/%m/%Y}" if stage.since else label
