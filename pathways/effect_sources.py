"""What a correction changes of the person's steps, of what is awaited next, and of the alerts about being stuck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models

from notifications.models import Alert
from notifications.registry import Kind
from pathways import blockages
from pathways.blockage import Delays
from pathways.effects import ALERTS, AWAITED, NOTHING_AWAITED, STEPS, Comparison, Effect, about, effect_source
from pathways.enums import AFTER_TRAINING, WHOLE_HISTORY, Role
from pathways.lifecycle import PATHWAY, REGISTRY, Lifecycle, Standing
from pathways.refusals import state_label
from pathways.viewpoint import Stage, View

READERS = (*WHOLE_HISTORY, Role.PROVIDER)


@effect_source(*READERS)
def steps(compared: Comparison) -> Iterator[Effect]:
    """States and dates of the pathway, then of each prescription, course and exam."""
    was, becomes = compared.before.current, compared.after.current
    yield Effect(STEPS, REGISTRY[PATHWAY].label, _dated(was), _dated(becomes))
    yield from _details(compared, REGISTRY[PATHWAY], None, "")
    below = [lifecycle for name, lifecycle in REGISTRY.items() if name != PATHWAY]
    whose = about(pk for lifecycle in below for pk in compared.subjects(lifecycle.name))
    for lifecycle in below:
        for subject_id in compared.subjects(lifecycle.name):
            label = f"{lifecycle.label}{whose[subject_id]}"
            before, after = (_stands(lifecycle, side.standing, subject_id) for side in compared.sides)
            yield Effect(STEPS, label, before, after)
            yield from _details(compared, lifecycle, subject_id, whose[subject_id])


def _dated(stage: Stage) -> str:
    label = state_label(REGISTRY[PATHWAY], stage.state)
    return f"{label} depuis le {stage.since:%d/%m/%Y}" if stage.since else label


def _stands(lifecycle: Lifecycle, standing: Standing, subject_id: int | None) -> str:
    """« Retenu depuis le 12/03/2026 »."""
    label = state_label(lifecycle, standing.state(lifecycle.name, subject_id))
    since = standing.columns.get((lifecycle.name, subject_id), {}).get(lifecycle.since_field or "")
    return f"{label} depuis le {since:%d/%m/%Y}" if since else label


def _details(
    compared: Comparison, lifecycle: Lifecycle, subject_id: int | None, whose: str
) -> Iterator[Effect]:
    """The dates and details on record that differ while the thing itself stays in the same state."""
    key = (lifecycle.name, subject_id)
    before, after = (side.standing for side in compared.sides)
    if before.states.get(key) != after.states.get(key):
        return
    old, new = before.columns.get(key, {}), after.columns.get(key, {})
    for column in lifecycle.projected:
        if column == lifecycle.since_field:
            continue  # told with the state
        field = lifecycle.model._meta.get_field(column)
        label = str(field.verbose_name)
        label = f"{label[:1].upper()}{label[1:]}{whose}"
        yield Effect(STEPS, label, _in_words(field, old.get(column)), _in_words(field, new.get(column)))


def _in_words(field: models.Field, value: Any) -> str:
    value = field.get_default() if value is None else field.to_python(value)
    if value in (None, "", []):
        return NOTHING_AWAITED
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value))


@effect_source(*READERS)
def next_step(compared: Comparison) -> Iterator[Effect]:
    """What is awaited of the person's present state, and by when (domain.md B13)."""
    before, after = (_awaited(compared.delays, side) for side in compared.sides)
    yield Effect(AWAITED, "Prochaine étape du parcours", before, after)


def _awaited(delays: Delays, view: View) -> str:
    wait = delays.wait(view.current.state, view.current.since)
    if not wait.missing:
        return NOTHING_AWAITED
    return f"{wait.missing}, avant le {wait.due_on:%d/%m/%Y}" if wait.due_on else wait.missing


# ---- alerts


def alert_effects(
    kinds: Iterable[Kind], subject_key: str, whose: str, expected: dict[str, str]
) -> Iterator[Effect]:
    """The alerts of some kinds about one thing that close, or open at the next detection; `whose` ends their names.

    expected: code of the kind -> what it would tell, for the kinds that have a cause once the correction is recorded.
    """
    open_now = dict(
        Alert.objects.open()
        .filter(kind__in=[kind.code for kind in kinds], subject_key=subject_key)
        .order_by()
        .values_list("kind", "detail")
    )
    for kind in kinds:
        label = f"«\u00a0{kind.label}\u00a0»{whose}"
        before, after = open_now.get(kind.code), expected.get(kind.code)
        if before is not None and after is None:
            yield Effect(ALERTS, label, "ouverte", "se ferme")
        elif before is None and after is not None:
            yield Effect(ALERTS, label, "aucune", f"s'ouvrira à la prochaine détection : {after}")
        elif before is not None and before != after:
            yield Effect(ALERTS, label, f"ouverte : {before}", f"reste ouverte : {after}")


@effect_source(*WHOLE_HISTORY)
def stuck(compared: Comparison) -> Iterator[Effect]:
    """The person counts as stuck, or no longer does."""
    stage = compared.after.current
    wait = compared.delays.wait(stage.state, stage.since)
    kind = None
    if wait.is_stuck and stage.state in blockages.FOR_REFERENT:
        kind = blockages.PATHWAY_STUCK
    elif wait.is_stuck and stage.state in AFTER_TRAINING:
        kind = blockages.LEAVER_STUCK
    expected = {kind.code: blockages.sentence(stage.state, stage.since, wait.delay)} if kind else {}
    kinds = (blockages.PATHWAY_STUCK, blockages.LEAVER_STUCK)
    yield from alert_effects(kinds, f"pathway:{compared.pathway.pk}", "", expected)
