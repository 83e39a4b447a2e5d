"""People's tasks that facts settle: what every flow of Jalons shares, over viewflow.

A flow says who must act by when and holds no business data: its artifact is the row that it is about. Three ways to
move one: `FactTask` under viewflow's own engine (`settle`, `cancel`), `follow()` for many processes by one statement
(same rows, no signal of viewflow), and `take`, `entrust`, `give_back` for who answers for a task.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils.timezone import now
from viewflow.workflow import flow
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.signals import task_finished
from viewflow.workflow.status import PROCESS, STATUS

from config import clock

#: A task that somebody has still to do.
WAITING = (STATUS.NEW, STATUS.ASSIGNED)


class FactActivation(ViewActivation):
    """A person's task that no form of viewflow completes: a fact settles it, whoever has taken it."""

    @ViewActivation.status.transition(source=list(WAITING), target=STATUS.DONE)
    def settle(self):
        self.task.finished = now()
        self.task.save()
        task_finished.send(sender=self.flow_class, process=self.process, task=self.task)


class FactTask(flow.View):
    """A human task with a page of ours, settled by facts."""

    activation_class = FactActivation

    def __init__(self):
        super().__init__(view=None)


def about(activation, model: type[models.Model], pk: int):
    """Make the process that starts be about one row, named by its key alone. Returns the process."""
    process = activation.process
    process.created = clock.now()
    process.artifact_content_type = ContentType.objects.get_for_model(model)
    process.artifact_object_id = pk
    return process


# ---- reading


def waiting(flow_class: type[flow.Flow], model: type[models.Model], *nodes: FactTask):
    """Tasks still to do of a flow, on some of its nodes (all when none is given).

    `process__artifact_object_id` is the key of the row that a task is about.
    """
    tasks = flow_class.task_class.objects.filter(
        status__in=WAITING,
        process__artifact_content_type=ContentType.objects.get_for_model(model),
    )
    if len(nodes) == 1:
        return tasks.filter(flow_task=nodes[0])
    if nodes:
        return tasks.filter(flow_task__in=nodes)
    return tasks.filter(process__flow_class=flow_class)


def by_artifact(tasks, pks: Iterable[int]) -> dict[int, Any]:
    """Key of the row -> its task, of a queryset of `waiting()`."""
    pks = list(pks)
    if not pks:
        return {}
    rows = tasks.filter(process__artifact_object_id__in=pks).select_related("process").order_by("pk")
    return {task.process.artifact_object_id: task for task in rows}


def owners(tasks, pks: Iterable[int]) -> dict[int, Any]:
    """Key of the row -> the user who has taken its task. A task whose owner has left is anybody's again."""
    taken = tasks.filter(owner__isnull=False, owner__is_active=True).select_related("owner")
    return {pk: task.owner for pk, task in by_artifact(taken, pks).items()}


# ---- one task, by viewflow's engine


def settle(task) -> None:
    """Finish the task and go on to what follows it: a fact says that it is done."""
    with task.activation() as activation:
        if activation.settle.can_proceed():
            activation.settle()
            activation.activate_next()


def cancel(task) -> None:
    """End the process as if it had never been needed: what had started it was taken back."""
    task.flow_task.flow_class.instance.cancel(task.process)


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


def entrust(tasks: Iterable[Any], user) -> int:
    """Let `user` (None: the whole team) answer for several tasks, by one statement; returns how many waited."""
    status, assigned = (STATUS.NEW, None) if user is None else (STATUS.ASSIGNED, clock.now())
    found = list(tasks)
    if not found:
        return 0
    rows = type(found[0]).objects.filter(pk__in=[task.pk for task in found], status__in=WAITING)
    return rows.order_by().update(owner=user, status=status, assigned=assigned)


# ---- many tasks, by one statement

#: What `follow()` does of a process: what it waited for is done, or was never needed.
DONE, CANCELED = STATUS.DONE, STATUS.CANCELED


def follow(
    flow_class: type[flow.Flow],
    model: type[models.Model],
    wanted: Mapping[int, FactTask | None],
    taken_back: Iterable[int] = (),
) -> None:
    """Bring the process of each row to the task that awaits it, as `following()` says."""
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(*following(flow_class, model, wanted, taken_back))


def following(
    flow_class: type[flow.Flow],
    model: type[models.Model],
    wanted: Mapping[int, FactTask | None],
    taken_back: Iterable[int] = (),
) -> tuple[str, list[Any]]:
    """The statement, and its values, that brings the process of each row (by its key) to the one task that awaits it.

    None instead of a task: nothing awaits the row any more.

    A process starts where there is none and a task is wanted; one that has ended stays ended. A task already open on
    the right node keeps who has taken it. taken_back: rows of which a fact was annulled, so that what is left behind
    was never needed (CANCELED) rather than DONE. One statement, whatever the number of rows. The caller serialises the
    facts of a row (the door locks its pathway); the processes are locked here, in the order of their keys, against
    whoever takes a task meanwhile.
    """
    back = set(taken_back)
    refs = {node: _ref(flow_class, node) for node in set(wanted.values()) if node is not None}
    rows = [(pk, refs.get(node), CANCELED if pk in back else DONE) for pk, node in sorted(wanted.items())]
    keys, nodes, statuses = (list(column) for column in zip(*rows, strict=True))
    return _follow_text(flow_class), [
        keys,
        nodes,
        statuses,
        ContentType.objects.get_for_model(model).pk,
        flow_class.process_class._meta.get_field("flow_class").get_prep_value(flow_class),
        clock.now(),
    ]


@cache
def _follow_text(flow_class: type[flow.Flow]) -> str:
    process, task = (_table(getattr(flow_class, f"{name}_class")) for name in ("process", "task"))
    waiting = ", ".join(f"'{status}'" for status in WAITING)
    return _FOLLOW.format(
        process=process, task=task, waiting=waiting, new=PROCESS.NEW, kind=FactTask.task_type
    )


#: `kept` are the processes that go on. A statement sees none of the rows that it writes: each branch reads what was.
_FOLLOW = """
WITH said AS (
  SELECT %s::int[] AS keys, %s::text[] AS nodes, %s::text[] AS statuses, %s::int AS type, %s::text AS flow,
    %s::timestamptz AS now
), wanted AS (
  SELECT w.* FROM said, unnest(keys, nodes, statuses) AS w (artifact, node, ending)
), running AS MATERIALIZED (
  SELECT p.id, w.artifact, w.node, w.ending, said.now
  FROM said, {process} p JOIN wanted w ON w.artifact = p.artifact_object_id
  WHERE p.artifact_content_type_id = said.type AND p.flow_class = said.flow AND p.status = '{new}'
  ORDER BY p.id FOR NO KEY UPDATE OF p
), left_behind AS (
  UPDATE {task} t SET status = r.ending, finished = r.now FROM running r
  WHERE t.process_id = r.id AND t.status IN ({waiting}) AND t.flow_task IS DISTINCT FROM r.node
), ended AS (
  UPDATE {process} p SET status = r.ending, finished = r.now FROM running r WHERE p.id = r.id AND r.node IS NULL
), begun AS (
  INSERT INTO {process} (flow_class, status, created, data, artifact_content_type_id, artifact_object_id)
  SELECT said.flow, '{new}', said.now, '{{}}', said.type, w.artifact FROM said, wanted w
  WHERE w.node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM running r WHERE r.artifact = w.artifact)
  ORDER BY w.artifact RETURNING id, artifact_object_id
), asked AS (
  SELECT b.id, w.node FROM begun b JOIN wanted w ON w.artifact = b.artifact_object_id
  UNION ALL
  SELECT r.id, r.node FROM running r WHERE r.node IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM {task} t WHERE t.process_id = r.id AND t.flow_task = r.node AND t.status IN ({waiting}))
)
INSERT INTO {task} (process_id, flow_task, flow_task_type, status, created, token, data)
SELECT asked.id, asked.node, '{kind}', 'NEW', said.now, 'start', '{{}}' FROM said, asked
"""


def _ref(flow_class: type[flow.Flow], node: FactTask) -> str:
    return flow_class.task_class._meta.get_field("flow_task").get_prep_value(node)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
