"""Writing where a person stands into the rows that lists and pages read. Only the engine calls this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, Q

from pathways.facts import Change, Context, Fact
from pathways.lifecycle import PATHWAY, REGISTRY, Lifecycle, Standing, concerned
from pathways.models import Pathway, StateDelay
from pathways.statements import update


def run_fsm(context: Context, after: Standing) -> None:
    """Run the django_fsm transitions of a fact that comes last, on the locked rows; they must agree with the fold."""
    fact = context.fact
    standing = context.standing.copy()
    for lifecycle in concerned(fact.kind):
        instance = context.pathway if lifecycle.name == PATHWAY else context.object(lifecycle.name)
        if instance is None:
            continue  # born of this very fact: `place()` makes it
        getattr(instance, f"fsm_{lifecycle.state_field}_{fact.kind}")(fact, standing)
        key = (lifecycle.name, None if lifecycle.name == PATHWAY else fact.subject_id)
        standing.states[key] = getattr(instance, lifecycle.state_field)
        if standing.states[key] != after.states[key]:
            raise AssertionError(f"{lifecycle.name}: row and history disagree on {key}")


def place(change: Change, context: Context) -> None:
    """Bring the pathway and every prescription and enrolment below it to where `change.after` puts them."""
    for key in sorted(change.before.states.keys() | change.after.states.keys(), key=str):
        name, subject_id = key
        if name == PATHWAY or _same(change, key):
            continue
        lifecycle = REGISTRY[name]
        if subject_id == context.fact.subject_id:
            instance = context.object(name)
        else:
            instance = lifecycle.model.objects.filter(pk=subject_id).select_for_update(no_key=True).first()
        if instance is None and lifecycle.birth is not None:
            instance = lifecycle.birth(context)
        _save(instance, lifecycle, change.after, subject_id)
    _save(context.pathway, REGISTRY[PATHWAY], change.after, None, _pathway_columns(change))


def _pathway_columns(change: Change) -> dict[str, Any]:
    # A fact that leaves the person where they were leaves the due day too: one statement less.
    if _place(change.before) == _place(change.after):
        return {**pathway_columns(change.after, change.valid, {}), "due_on": change.was_due_on}
    return pathway_columns(change.after, change.valid, state_delays())


def _place(standing: Standing) -> tuple:
    return standing.state(PATHWAY), standing.columns.get((PATHWAY, None), {}).get("state_since")


def pathway_columns(after: Standing, valid: Sequence[Fact], delays: Mapping[str, int]) -> dict[str, Any]:
    """What the pathway's row says besides its table: when its state becomes a blockage, and its last fact."""
    since = after.columns.get((PATHWAY, None), {}).get("state_since")
    return {
        "due_on": due_on(after.state(PATHWAY), since, delays),
        "last_fact_on": valid[-1].occurred_on if valid else None,
    }


def due_on(state: str, since: date | None, delays: Mapping[str, int]) -> date | None:
    """The last day on which staying in `state` is no blockage; None where no delay (days per state) is set."""
    return since + timedelta(days=delays[state]) if since is not None and state in delays else None


def state_delays() -> dict[str, int]:
    """Days per state, read anew each time: another process may have changed a delay (`manage.py delays`)."""
    return dict(StateDelay.objects.order_by().values_list("state", "days"))


def redate(state: str) -> int:
    """Give every pathway in a state the due day of its delay as it is now; how many differed.

    Called in the transaction that changes the delay: a fact recorded at the same time waits for the row.
    """
    days = state_delays().get(state)
    due = None if days is None else F("state_since") + timedelta(days=days)
    rows = Pathway.objects.filter(state=state, state_since__isnull=False)
    stale = rows.exclude(due_on=None) if due is None else rows.filter(~Q(due_on=due) | Q(due_on=None))
    return stale.order_by().update(due_on=due)


def wanted(lifecycle: Lifecycle, standing: Standing, subject_id: int | None) -> dict[str, Any]:
    """Column -> value that a row of this lifecycle must hold: its state and every column that facts can set."""
    key = (lifecycle.name, subject_id)
    known = standing.columns.get(key, {})
    state = standing.states.get(key)
    if state is None:
        state = lifecycle.void if lifecycle.void is not None else lifecycle.initial
    columns = {lifecycle.state_field: state}
    for column in projected_columns(lifecycle.name):
        field = lifecycle.model._meta.get_field(column)
        value = known.get(column)
        columns[field.attname] = field.get_default() if value is None else field.to_python(value)
    return columns


@cache
def projected_columns(name: str) -> tuple[str, ...]:
    """The columns, besides the state, that the facts of a lifecycle can set."""
    lifecycle = REGISTRY[name]
    columns = {column for row in lifecycle.rows for column in row.sets}
    return tuple(sorted(columns | ({lifecycle.since_field} if lifecycle.since_field else set())))


def _same(change: Change, key) -> bool:
    return change.before.states.get(key) == change.after.states.get(key) and change.before.columns.get(
        key
    ) == change.after.columns.get(key)


def _save(
    instance: models.Model,
    lifecycle: Lifecycle,
    standing: Standing,
    subject_id: int | None,
    more: dict | None = None,
) -> None:
    columns = {**wanted(lifecycle, standing, subject_id), **(more or {})}
    if not instance._state.adding:
        # What the locked row already says is not written again: narrower statements. The state always is, because
        # `run_fsm()` has changed it in memory.
        held, state = instance.__dict__, lifecycle.state_field
        columns = {name: value for name, value in columns.items() if name == state or held[name] != value}
    write(instance, columns)


def write(instance: models.Model, columns: dict[str, Any]) -> None:
    """Put projected values into a row, new or existing, and save those columns only."""
    # The protected descriptor refuses assignment to anyone but django_fsm; a replay writes the state it found.
    instance.__dict__.update(columns)
    if instance._state.adding:
        instance.save(force_insert=True)
    else:
        update(instance, columns)
