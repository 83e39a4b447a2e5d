"""Where a person stands, as the rows that lists and pages read. Only the engine calls this."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, Q

from pathways.facts import Change, Context, Rows
from pathways.lifecycle import PATHWAY, PATHWAY_KEY, REGISTRY, Key, Lifecycle, Standing, concerned
from pathways.models import Pathway, StateDelay
from pathways.statements import update


def run_fsm(context: Context, after: Standing) -> None:
    """Run the django_fsm transitions of a fact that comes last, on the locked rows; they must agree with the fold."""
    fact = context.fact
    standing = context.standing.copy()
    for lifecycle in concerned(fact.kind):
        instance = context.pathway if lifecycle.is_pathway else context.object(lifecycle.name)
        if instance is None:
            continue  # born of this very fact
        getattr(instance, f"fsm_{lifecycle.state_field}_{fact.kind}")(fact, standing)
        key = lifecycle.key(fact.subject_id)
        standing.states[key] = getattr(instance, lifecycle.state_field)
        if standing.states[key] != after.states[key]:
            raise AssertionError(f"{lifecycle.name}: row and history disagree on {key}")


def rows_of_last(change: Change, context: Context) -> Rows:
    """What to write for a fact that comes last: it moves the pathway and its own subject, nobody else."""
    fact = change.fact
    for lifecycle in concerned(fact.kind):
        key = lifecycle.key(fact.subject_id)
        if lifecycle.is_pathway:
            yield change.pathway, {**differing(lifecycle, change, key), **dates(change, fact.occurred_on)}
            continue
        instance = context.object(lifecycle.name)
        if instance is None:
            if lifecycle.birth is None:
                continue  # the lifecycle that brings its row to life is another one, which comes first
            instance = lifecycle.birth(context)
            context.held.rows[lifecycle.model, fact.subject_id] = instance
            yield instance, wanted(lifecycle, change.after, fact.subject_id)
        else:
            yield instance, differing(lifecycle, change, key)
    if not REGISTRY[PATHWAY].rows_named(fact.kind):
        yield change.pathway, dates(change, fact.occurred_on)


def differing(lifecycle: Lifecycle, change: Change, key: Key) -> dict[str, Any]:
    """The state and the columns that the fact has changed, as the row must hold them."""
    old, columns = change.before.columns.get(key, {}), change.after.columns.get(key, {})
    state = change.after.states[key]
    found = {} if state == change.before.states.get(key) else {lifecycle.state_field: state}
    for name, value in columns.items():
        if value != old.get(name):
            column = _column(lifecycle, name)
            value = column.get_default() if value is None else column.to_python(value)
            if value != old.get(name):
                found[column.attname] = value
    return found


def _column(lifecycle: Lifecycle, name: str) -> models.Field:
    return lifecycle.model._meta.get_field(name)


def dates(change: Change, last_fact_on: date | None) -> dict[str, Any]:
    """When the state becomes a blockage, and the day of the last fact, where they differ from the row's."""
    found = {}
    if _place(change.before) != _place(change.after):
        state, since = _place(change.after)
        due = due_on(state, since, change.held.delays)
        if due != change.was_due_on:
            found["due_on"] = due
    if last_fact_on != change.pathway.last_fact_on:
        found["last_fact_on"] = last_fact_on
    return found


def rows_of_replay(change: Change, context: Context) -> Rows:
    """What to write when facts have changed places: everything below the pathway that stands elsewhere now."""
    keys = change.before.states.keys() | change.after.states.keys()
    for name, subject_id in sorted(keys - {PATHWAY_KEY}, key=str):
        if _same(change, (name, subject_id)):
            continue
        lifecycle = REGISTRY[name]
        instance = change.held.row(name, subject_id)
        if instance is None:
            instance = lifecycle.model.objects.filter(pk=subject_id).select_for_update(no_key=True).first()
        if instance is None and lifecycle.birth is not None:
            instance = lifecycle.birth(context)
        change.held.rows[lifecycle.model, subject_id] = instance
        yield instance, _unlike(instance, wanted(lifecycle, change.after, subject_id))
    last = change.known[-1].occurred_on if change.known else None
    held = wanted(REGISTRY[PATHWAY], change.after, None)
    yield change.pathway, {**_unlike(change.pathway, held), **dates(change, last)}


def _unlike(instance: models.Model, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns that the row does not hold yet; all of them for a new row."""
    if instance._state.adding:
        return columns
    held = instance.__dict__
    return {name: value for name, value in columns.items() if held[name] != value}


def _place(standing: Standing) -> tuple:
    return standing.states.get(PATHWAY_KEY, ""), standing.columns.get(PATHWAY_KEY, {}).get("state_since")


def pathway_columns(after: Standing, last_fact_on: date | None, delays: Mapping[str, int]) -> dict[str, Any]:
    """What the pathway's row says besides its table: when its state becomes a blockage, and its last fact."""
    return {"due_on": due_on(*_place(after), delays), "last_fact_on": last_fact_on}


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
    key = lifecycle.key(subject_id)
    known = standing.columns.get(key, _NOTHING)
    state = standing.states.get(key)
    if state is None:
        state = lifecycle.initial if lifecycle.void is None else lifecycle.void
    columns = {lifecycle.state_field: state}
    for name, attribute, default, convert in _plan(lifecycle.name):
        value = known.get(name)
        columns[attribute] = default() if value is None else convert(value) if convert else value
    return columns


_NOTHING: Mapping[str, Any] = {}


def columns_after(change: Change) -> dict[str, Any]:
    """What the pathway's row must hold wherever a fact that comes last may have changed it, differing or not."""
    lifecycle, fact = REGISTRY[PATHWAY], change.fact
    row = lifecycle.row(fact.kind, change.before.states.get(PATHWAY_KEY, ""))
    after = wanted(lifecycle, change.after, None)
    columns = {_column(lifecycle, name).attname: after[_column(lifecycle, name).attname] for name in row.sets}
    if _place(change.before) != _place(change.after):
        state, since = _place(change.after)
        columns |= {"state": state, "state_since": since, "due_on": due_on(state, since, change.held.delays)}
    return {**columns, "last_fact_on": fact.occurred_on}


@cache
def _plan(lifecycle_name: str) -> tuple[tuple, ...]:
    """(name, attribute, default maker, converter) of each projected column; only details of a fact need converting."""
    lifecycle = REGISTRY[lifecycle_name]
    raw = {
        name
        for row in lifecycle.rows
        for name, rule in row.sets.items()
        if isinstance(rule, str) and rule.startswith("payload.")
    }
    columns = [(name, _column(lifecycle, name)) for name in lifecycle.projected]
    return tuple(
        (name, column.attname, column.get_default, column.to_python if name in raw else None)
        for name, column in columns
    )


def _same(change: Change, key: Key) -> bool:
    return change.before.states.get(key) == change.after.states.get(key) and change.before.columns.get(
        key
    ) == change.after.columns.get(key)


def write(instance: models.Model, columns: dict[str, Any]) -> None:
    """Put projected values into an existing row, and save those columns only."""
    # The protected descriptor refuses assignment to anyone but django_fsm; a replay writes the state it found.
    instance.__dict__.update(columns)
    update(instance, columns)
