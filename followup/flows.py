"""Exit follow-up: Pôle emploi contacts everyone who leaves a course (PE, art. 9) until somebody is reached.

The flow says who must act; the facts say what happened. A process starts when a course ends, and ends by whatever fact
settles it, from a page, an import or a command. It holds no business data: its artifact is the enrolment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.contenttypes.models import ContentType
from django.utils.timezone import now
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.signals import task_finished
from viewflow.workflow.status import STATUS

from config import clock
from config.flow_engine import BlockingRowLock
from followup.enums import EnrolmentState
from followup.leavers import concerns, to_contact
from followup.models import Enrolment
from pathways.facts import Change, Kind, on_change
from pathways.lifecycle import Standing

WAITING = (STATUS.NEW, STATUS.ASSIGNED)
LEFT = frozenset({EnrolmentState.COMPLETED, EnrolmentState.INTERRUPTED})


class FactActivation(ViewActivation):
    """A person's task that no form of viewflow completes: a fact settles it, whoever has taken it."""

    @ViewActivation.status.transition(source=list(WAITING), target=STATUS.DONE)
    def settle(self):
        self.task.finished = now()
        self.task.save()
        task_finished.send(sender=self.flow_class, process=self.process, task=self.task)


class FactTask(flow.View):
    """A human task with a page of ours (followup.views.contact), settled by facts."""

    activation_class = FactActivation

    def __init__(self):
        super().__init__(view=None)


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
        process = activation.process
        process.created = clock.now()
        process.artifact_content_type = enrolment_type()
        process.artifact_object_id = enrolment_id
        return process


def enrolment_type() -> ContentType:
    return ContentType.objects.get_for_model(Enrolment)


def tasks_waiting():
    """Tasks « Contacter la personne » not yet settled. `process__artifact_object_id` is the enrolment's key."""
    return ExitFollowUp.task_class.objects.filter(
        flow_task=ExitFollowUp.contact,
        status__in=WAITING,
        process__artifact_content_type=enrolment_type(),
    )


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
    ids = list(enrolment_ids)
    if not ids:
        return {}
    tasks = tasks_waiting().filter(process__artifact_object_id__in=ids)
    return {task.process.artifact_object_id: task for task in tasks.select_related("process").order_by("pk")}


def start(enrolment_id: int) -> None:
    """Ask for a contact with whoever left this course."""
    ExitFollowUp.start.run(enrolment_id=enrolment_id)


def settle(task) -> None:
    """Finish the task and its process: somebody was reached, or what became of the person is known."""
    with task.activation() as activation:
        if activation.settle.can_proceed():
            activation.settle()
            activation.activate_next()


def cancel(task) -> None:
    """End the process as if it had never been needed: the exit itself was taken back."""
    ExitFollowUp.instance.cancel(task.process)


def take(task, user) -> None:
    """Let `user` answer for the task; whoever had taken it before no longer does."""
    with task.activation() as activation:
        if activation.task.owner_id == user.pk or activation.task.status not in WAITING:
            return
        if activation.task.status == STATUS.ASSIGNED:
            activation.reassign(user)
        else:
            activation.assign(user)


def give_back(task, user) -> None:
    """Leave the task to the whole team again, if it is the user's."""
    with task.activation() as activation:
        if activation.task.owner_id == user.pk and activation.task.status == STATUS.ASSIGNED:
            activation.unassign()
