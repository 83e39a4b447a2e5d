"""Exit follow-up: Pôle emploi contacts everyone who leaves a course (PE, art. 9) until somebody is reached.

The flow says who must act; the facts say what happened. A process starts when a course ends, and ends by whatever fact
settles it, from a page, an import or a command. It holds no business data: its artifact is the enrolment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viewflow import this
from viewflow.workflow import flow

from config import fact_tasks
from config.fact_tasks import FactTask, cancel, settle
from config.flow_engine import BlockingRowLock
from followup.enums import EnrolmentState
from followup.leavers import concerns, to_contact
from followup.models import Enrolment
from pathways.facts import Change, Kind, on_change
from pathways.lifecycle import Standing

LEFT = frozenset({EnrolmentState.COMPLETED, EnrolmentState.INTERRUPTED})


class ExitFollowUp(flow.Flow):
    """Suivi de sortie"""

    lock_impl = BlockingRowLock()

    # -- Jalons: a course has ended
    start = flow.StartHandle(this.about).Annotation(title="Fin de formation").Next(this.contact)

    # -- Advisor of the leaver's bassin d'emploi: attempts until an outcome
    contact = FactTask().Annotation(title="Contacter la personne").Next(this.end)

    # -- Jalons: reached, or another fact has settled it
    end = flow.End().Annotation(title="Personne jointe ou situation connue")

    def about(self, activation, enrolment_id: int):
        """The process is about an enrolment, named by its key alone."""
        return fact_tasks.about(activation, Enrolment, enrolment_id)


def tasks_waiting():
    """Tasks « Contacter la personne » not yet settled. `process__artifact_object_id` is the enrolment's key."""
    return fact_tasks.waiting(ExitFollowUp, Enrolment, ExitFollowUp.contact)


def _left(standing: Standing) -> set[int]:
    return {subject for subject, state in standing.subjects("enrolment").items() if state in LEFT}


def _concerns(change: Change) -> bool:
    """Whether somebody had left a course, or has now: most facts are nobody's business here."""
    is_about = any(map(concerns, change.kinds)) or change.fact.kind in (Kind.ANNUL, Kind.MERGE)
    is_about = is_about or bool(change.gives_way)
    return is_about and bool(_left(change.before) or _left(change.after))


@on_change(when=_concerns)
def follow(changes: Sequence[Change]) -> None:
    """Start, settle or cancel the follow-up of people's exits, after each fact that can change it."""
    waiting = waiting_for(subject for change in changes for subject in _left(change.before))
    for change in changes:
        _follow(change, waiting)


def _follow(change: Change, waiting: dict) -> None:
    left_before, left_after = _left(change.before), _left(change.after)
    wanted = to_contact(change.valid)
    for enrolment_id in sorted(wanted - waiting.keys()):
        start(enrolment_id)
    for enrolment_id in sorted((waiting.keys() & left_before) - wanted):
        if enrolment_id in left_after:
            settle(waiting[enrolment_id])
        else:
            cancel(waiting[enrolment_id])


def waiting_for(enrolment_ids: Iterable[int]) -> dict:
    """Enrolment id -> its task still waiting."""
    return fact_tasks.by_artifact(tasks_waiting(), enrolment_ids)


def start(enrolment_id: int) -> None:
    """Ask for a contact with whoever left this course."""
    ExitFollowUp.start.run(enrolment_id=enrolment_id)
