"""viewflow.workflow: the outcome of a person as a human task of a process."""

from collections.abc import Iterator, Sequence

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from config import clock
from config.flow_engine import BlockingRowLock
from pathways.actor import Actor
from tests.load.bench.copies import advance_key, copy
from tests.load.bench.jalons import REASON


class OutcomeFlow(flow.Flow):
    """One person is followed until what became of them is known."""

    lock_impl = BlockingRowLock()

    start = flow.StartHandle().Next(this.outcome)
    outcome = flow.View(view=None).Next(this.end)
    end = flow.End()


class HumanTask:
    """The task is taken, started and finished by a user, under the lock of its process, which keeps the reason."""

    name = "viewflow"

    def __init__(self, keys: Iterator[int], actor: Actor):
        self.keys = keys
        self.user = actor.user

    def work(self, key: int) -> None:
        task = OutcomeFlow.task_class.objects.select_related("process").get(pk=key)
        with task.activation() as activation:
            activation.assign(self.user)
            activation.start(None)
            activation.process.data = {"outcome": REASON, "on": str(clock.today())}
            activation.process.save()
            activation.execute()

    def check(self, keys: Sequence[int]) -> None:
        done = Task.objects.filter(pk__in=keys, status=STATUS.DONE, owner=self.user)
        settled = done.filter(process__status=PROCESS.DONE, process__data__outcome=REASON)
        if settled.count() != len(keys):
            raise AssertionError("viewflow: some task or process is not done")


def settle(count: int) -> Iterator[int]:
    """One process started through viewflow, copied with its tasks; the keys of the tasks to do."""
    OutcomeFlow.start.run()
    process = Process.objects.get(flow_class=OutcomeFlow)
    started, waiting = Task.objects.filter(process=process).order_by("pk")
    copy(Process, process.pk, count, id=f"{process.pk} + n")
    first = waiting.pk
    copy(Task, started.pk, count, id=f"{first} + n", process=f"{process.pk} + n")
    copy(Task, waiting.pk, count, id=f"{first + count} + n", process=f"{process.pk} + n")
    link = Task.previous.through.objects.get(from_task=waiting)
    copy(
        Task.previous.through,
        link.pk,
        count,
        id=f"{link.pk} + n",
        from_task=f"{first + count} + n",
        to_task=f"{first} + n",
    )
    for model in (Process, Task, Task.previous.through):
        advance_key(model)
    return iter(range(first + count + 1, first + 2 * count + 1))
