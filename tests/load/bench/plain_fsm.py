"""django_fsm with `save()` and simple-history, under `select_for_update`: the usual way to do it in Django."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from config import clock
from pathways.actor import Actor
from pathways.enums import PathwayState
from pathways.models import Pathway
from pathways.projection import due_on, state_delays
from tests.load.bench.copies import advance_key, copy
from tests.load.bench.jalons import REASON
from tests.load.bench.models import PlainCase


class Plain:
    """Lock, transition, `save()`; simple-history writes the line of history with who and why."""

    name = "django_fsm"

    def __init__(self, keys: Iterator[int], actor: Actor):
        self.keys = keys
        self.user = actor.user
        self.delays = state_delays()

    def work(self, key: int) -> None:
        with transaction.atomic():
            case = PlainCase.objects.select_for_update().get(pk=key)
            today = clock.today()
            case.record_outcome(today, REASON, due_on(PathwayState.OTHER_OUTCOME, today, self.delays))
            case._history_user = self.user
            case._change_reason = REASON
            case.save()

    def check(self, keys: Sequence[int]) -> None:
        moved = PlainCase.objects.filter(pk__in=keys, state=PathwayState.OTHER_OUTCOME)
        told = PlainCase.history.filter(id__in=keys, state=PathwayState.OTHER_OUTCOME)
        if not moved.count() == told.count() == len(keys):
            raise AssertionError("django_fsm: not one line of history for each case")


def settle(pathway_id: int, count: int) -> Iterator[int]:
    """One case and its first line of history, copied; their keys."""
    pathway = Pathway.objects.get(pk=pathway_id)
    case = PlainCase.objects.create(
        beneficiary_id=pathway.beneficiary_id,
        cohort_id=pathway.cohort_id,
        pole_id=pathway.pole_id,
        area_id=pathway.area_id,
        state_since=pathway.state_since,
        due_on=pathway.due_on,
        last_fact_on=pathway.last_fact_on,
    )
    line = case.history.get()
    copy(PlainCase, case.pk, count, id=f"{case.pk} + n")
    copy(type(line), line.pk, count, history_id=f"{line.pk} + n", id=f"{case.pk} + n")
    advance_key(PlainCase)
    advance_key(type(line))
    return iter(range(case.pk + 1, case.pk + count + 1))
