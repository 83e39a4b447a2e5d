"""Who must act on a session's empty seats, and in which order (PE, art. 8).

The flow says who must act; the steps of the case say what happened. A process is about a case, named by its key alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from viewflow import this
from viewflow.workflow import flow

from config import fact_tasks
from config.fact_tasks import FactTask
from config.flow_engine import BlockingRowLock
from prescriptions.models import SaturationCase
from prescriptions.saturation.enums import Stage


class Saturation(flow.Flow):
    """Places à pourvoir"""

    lock_impl = BlockingRowLock()

    # -- Jalons: a session has empty seats and its opening comes near
    start = flow.StartHandle(this.about).Annotation(title="Alerte de places vides").Next(this.see)

    # -- Pôle emploi team of the bassin
    see = FactTask().Annotation(title="Prendre connaissance de l'alerte").Next(this.take)
    take = FactTask().Annotation(title="Prendre l'alerte en charge").Next(this.propose)

    # -- The advisor who took it
    propose = FactTask().Annotation(title="Proposer des candidats").Next(this.fill)
    fill = FactTask().Annotation(title="Suivre jusqu'à la dernière place").Next(this.end)

    # -- Jalons: filled, given up with a reason, or the session has opened
    end = flow.End().Annotation(title="Places pourvues, ou alerte close avec un motif")

    def about(self, activation, case_id: int):
        return fact_tasks.about(activation, SaturationCase, case_id)


#: What a case waits for at each stage; nothing once it has ended.
NODES = {
    Stage.NEW: Saturation.see,
    Stage.SEEN: Saturation.take,
    Stage.TAKEN: Saturation.propose,
    Stage.PROPOSED: Saturation.fill,
}


def follow(cases: Iterable[SaturationCase]) -> None:
    """Bring the process of each case to the task that its stage awaits, and to whoever answers for it."""
    cases = list(cases)
    fact_tasks.follow(Saturation, SaturationCase, {case.pk: NODES.get(Stage(case.stage)) for case in cases})
    for case in cases:
        if case.advisor_id is not None:
            fact_tasks.entrust(tasks_of([case.pk]), case.advisor)


def tasks_of(case_ids: Iterable[int]):
    """The tasks of these cases that are still to do."""
    waiting = fact_tasks.waiting(Saturation, SaturationCase)
    return waiting.filter(process__artifact_object_id__in=list(case_ids))
