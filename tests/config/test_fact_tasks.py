"""Many tasks moved by one statement: the same rows as viewflow's own engine would leave."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from config import fact_tasks
from followup.flows import ExitFollowUp
from followup.models import Enrolment
from tests.factories import World

pytestmark = pytest.mark.django_db


def follow(wanted, taken_back=()):
    fact_tasks.follow(ExitFollowUp, Enrolment, wanted, taken_back)


def waiting():
    return fact_tasks.waiting(ExitFollowUp, Enrolment)


def test_one_statement_starts_as_many_processes_as_are_wanted():
    fact_tasks.waiting(ExitFollowUp, Enrolment)  # fills the cache of content types
    with CaptureQueriesContext(connection) as queries:
        follow(dict.fromkeys((7, 8, 9), ExitFollowUp.contact))
    assert len(queries) == 1
    assert set(fact_tasks.by_artifact(waiting(), [7, 8, 9])) == {7, 8, 9}
    follow(dict.fromkeys((7, 8), ExitFollowUp.contact))
    assert Process.objects.count() == Task.objects.count() == 3, "who has their task already gets no other"


def test_a_process_started_so_goes_on_under_viewflow():
    follow({7: ExitFollowUp.contact})
    fact_tasks.settle(waiting().get())
    assert [process.status for process in Process.objects.all()] == [PROCESS.DONE]
    assert not waiting().exists()


@pytest.mark.parametrize(("taken_back", "ending"), [((), STATUS.DONE), ((7,), STATUS.CANCELED)])
def test_nothing_wanted_ends_the_task_and_its_process(taken_back, ending):
    follow({7: ExitFollowUp.contact, 8: ExitFollowUp.contact})
    follow({7: None}, taken_back)
    ended = Process.objects.get(artifact_object_id=7)
    assert (ended.status, ended.task_set.get().status) == (ending, ending)
    assert ended.finished is not None
    assert list(fact_tasks.by_artifact(waiting(), [7, 8])) == [8]


def test_what_has_ended_stays_ended_and_another_process_begins():
    follow({7: ExitFollowUp.contact})
    follow({7: None})
    follow({7: ExitFollowUp.contact})
    processes = Process.objects.filter(artifact_object_id=7).order_by("pk")
    assert [process.status for process in processes] == [PROCESS.DONE, PROCESS.NEW]


def test_a_task_that_stays_wanted_keeps_who_has_taken_it():
    colleague = World.make().advisor.user
    follow({7: ExitFollowUp.contact})
    assert fact_tasks.entrust([waiting().get()], colleague) == 1
    follow({7: ExitFollowUp.contact})
    assert fact_tasks.owners(waiting(), [7]) == {7: colleague}
    fact_tasks.entrust([waiting().get()], None)
    assert waiting().get().status == STATUS.NEW


def test_a_settled_task_is_entrusted_to_nobody():
    follow({7: ExitFollowUp.contact})
    task = waiting().get()
    follow({7: None})
    assert fact_tasks.entrust([task], World.make().advisor.user) == 0
