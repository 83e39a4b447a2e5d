"""SpiffWorkflow: the outcome of a person as a user task of a BPMN process whose state is kept in the same database."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import transaction
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from config import clock
from tests.load.bench.copies import advance_key, copy
from tests.load.bench.jalons import REASON
from tests.load.bench.models import SpiffCase

DIAGRAM = Path(__file__).with_name("outcome.bpmn")


class UserTask:
    """Lock the row, read the workflow back, complete its task, let the engine go on, save."""

    name = "spiffworkflow"

    def __init__(self, keys: Iterator[int]):
        self.keys = keys
        self.serializer = BpmnWorkflowSerializer()

    def work(self, key: int) -> None:
        with transaction.atomic():
            case = SpiffCase.objects.select_for_update().get(pk=key)
            workflow = self.serializer.deserialize_json(case.workflow)
            [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
            task.set_data(outcome=REASON, on=str(clock.today()))
            task.run()
            workflow.do_engine_steps()
            case.workflow = self.serializer.serialize_json(workflow)
            case.is_completed = workflow.completed
            case.save()

    def check(self, keys: Sequence[int]) -> None:
        if SpiffCase.objects.filter(pk__in=keys, is_completed=True).count() != len(keys):
            raise AssertionError("SpiffWorkflow: some workflow is not completed")
        kept = SpiffCase.objects.get(pk=keys[0]).workflow
        if self.serializer.deserialize_json(kept).last_task.data["outcome"] != REASON:
            raise AssertionError("SpiffWorkflow: the outcome is not in the saved workflow")


def settle(count: int) -> Iterator[int]:
    """One workflow started up to its task, copied; the keys of its rows."""
    parser = BpmnParser()
    parser.add_bpmn_file(str(DIAGRAM))
    workflow = BpmnWorkflow(parser.get_spec("outcome"))
    workflow.do_engine_steps()
    case = SpiffCase.objects.create(workflow=BpmnWorkflowSerializer().serialize_json(workflow))
    copy(SpiffCase, case.pk, count, id=f"{case.pk} + n")
    advance_key(SpiffCase)
    return iter(range(case.pk + 1, case.pk + count + 1))
