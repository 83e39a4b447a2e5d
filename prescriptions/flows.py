"""Admission: from a prescription sent to an entry, who must act now (PE, art. 6 and 7; domain.md B1, B2).

One process per live prescription, one open task at a time. The state of the prescription is the truth: a fact settles
the task wherever it comes from, and the flow looks at the state to know what is asked next. By when is told by
`prescriptions.delays` from the dates of the prescription. The process holds no business data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection, transaction
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from config import clock, fact_tasks
from config.fact_tasks import FactTask
from config.flow_engine import BlockingRowLock
from pathways.facts import Change, Kind, on_writing
from pathways.statements import Statement
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription

P = PrescriptionState
#: Prescriptions repaired in one transaction.
BATCH = 1000


def stands(state: P):
    """The condition of a way out of the switch: where the prescription stands."""

    def condition(activation) -> bool:
        return (
            states([activation.process.artifact_object_id]).get(activation.process.artifact_object_id)
            == state
        )

    return condition


class Admission(flow.Flow):
    """Admission"""

    lock_impl = BlockingRowLock()

    # -- Jalons: a prescription has been sent
    start = flow.StartHandle(this.about).Annotation(title="Prescription envoyée").Next(this.where)

    # -- Training provider: answer, say who came, decide
    answer = FactTask().Annotation(title="Répondre à la candidature").Next(this.where)
    presence = FactTask().Annotation(title="Saisir les présences").Next(this.where)
    decide = FactTask().Annotation(title="Décider").Next(this.where)

    # -- Référent: reach whoever did not come, answer about the seat that is offered
    absence = FactTask().Annotation(title="Reprendre contact après une absence").Next(this.where)
    seat = FactTask().Annotation(title="Répondre à la place proposée").Next(this.where)

    # -- Training provider: offer the seat that is freed, register, record the entry
    waiting = FactTask().Annotation(title="Proposer une place dès qu'elle se libère").Next(this.where)
    ais = FactTask().Annotation(title="Émettre l'AIS").Next(this.where)
    aes = FactTask().Annotation(title="Enregistrer l'entrée (AES)").Next(this.where)

    # -- Jalons: what the facts ask next
    where = (
        flow.Switch()
        .Case(this.answer, stands(P.SUBMITTED))
        .Case(this.presence, stands(P.CONVENED))
        .Case(this.absence, stands(P.ABSENT))
        .Case(this.decide, stands(P.ATTENDED))
        .Case(this.waiting, stands(P.WAITLISTED))
        .Case(this.seat, stands(P.OFFERED))
        .Case(this.ais, stands(P.ADMITTED))
        .Case(this.aes, stands(P.REGISTERED))
        .Default(this.end)
    )
    end = flow.End().Annotation(title="Entré, ou la demande n'ira pas plus loin")

    def about(self, activation, prescription_id: int):
        """The process is about a prescription, named by its key alone."""
        return fact_tasks.about(activation, Prescription, prescription_id)


#: What each state awaits, as the switch says it; a state that is absent awaits nobody.
ASKED: dict[str, FactTask] = {
    P.SUBMITTED: Admission.answer,
    P.CONVENED: Admission.presence,
    P.ABSENT: Admission.absence,
    P.ATTENDED: Admission.decide,
    P.WAITLISTED: Admission.waiting,
    P.OFFERED: Admission.seat,
    P.ADMITTED: Admission.ais,
    P.REGISTERED: Admission.aes,
}


def states(prescription_ids: Iterable[int]) -> dict[int, str]:
    """Prescription id -> its state."""
    rows = Prescription.objects.filter(pk__in=list(prescription_ids)).order_by()
    return dict(rows.values_list("pk", "state"))


def tasks_waiting(*nodes: FactTask):
    """Tasks of admissions not yet settled, on these nodes (all when none is given).

    `process__artifact_object_id` is the prescription's key.
    """
    return fact_tasks.waiting(Admission, Prescription, *nodes)


# ---- the flow follows the facts


def _concerns(change: Change) -> bool:
    """Whether a request has moved: most facts are nobody's business here."""
    before, after = change.before.states, change.after.states
    return any(
        name == "prescription" and before.get((name, subject)) != after.get((name, subject))
        for name, subject in before.keys() | after.keys()
    )


@on_writing(when=_concerns)
def follow(changes: Sequence[Change]) -> Iterator[Statement]:
    """Ask what is to be done next about each request that has moved: one statement for all of them."""
    moved: dict[int, str] = {}
    taken_back: set[int] = set()
    for change in changes:
        for prescription_id, (_, state) in change.moved("prescription").items():
            moved[prescription_id] = state
            if change.fact.kind == Kind.ANNUL:
                taken_back.add(prescription_id)
    text, values = fact_tasks.following(Admission, Prescription, _nodes(moved), taken_back)
    yield Statement(text, values, is_kept=True)


def bring(standing: Mapping[int, str], taken_back: Iterable[int] = ()) -> None:
    """Bring the process of each prescription (id -> state) to the task that its state asks for."""
    fact_tasks.follow(Admission, Prescription, _nodes(standing), taken_back)


def _nodes(standing: Mapping[int, str]) -> dict[int, FactTask | None]:
    return {pk: ASKED.get(state) for pk, state in standing.items()}


# ---- what holds the flow to the facts


def open_tasks(prescription_ids: Iterable[int]) -> dict[int, list]:
    """Prescription id -> its open tasks: one node, or several where something went wrong."""
    rows = tasks_waiting().filter(process__artifact_object_id__in=list(prescription_ids)).order_by("pk")
    found: dict[int, list] = {}
    for prescription_id, node in rows.values_list("process__artifact_object_id", "flow_task"):
        found.setdefault(prescription_id, []).append(node)
    return found


def astray(limit: int | None) -> dict[int, str]:
    """Prescription id -> state, of those whose open task is not the one that their state asks for.

    limit: how many at most, None for all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ASTRAY.format(
                task=Admission.task_class._meta.db_table, process=Admission.process_class._meta.db_table
            ),
            {
                "states": list(ASKED),
                "nodes": [_ref(node) for node in ASKED.values()],
                "flow": Admission.process_class._meta.get_field("flow_class").get_prep_value(Admission),
                "waiting": list(fact_tasks.WAITING),
                "limit": limit,
            },
        )
        return dict(cursor.fetchall())


_ASTRAY = """
WITH asked AS (SELECT * FROM unnest(%(states)s::text[], %(nodes)s::text[]) AS a (state, node)),
wanted AS (SELECT p.id, p.state, a.node FROM prescriptions_prescription p JOIN asked a ON a.state = p.state),
found AS (
  SELECT f.artifact_object_id AS id, min(t.flow_task) AS node, count(*) AS number
  FROM {process} f JOIN {task} t ON t.process_id = f.id AND t.status = ANY(%(waiting)s)
  WHERE f.flow_class = %(flow)s GROUP BY 1
)
SELECT p.id, p.state FROM wanted w FULL JOIN found ON found.id = w.id
JOIN prescriptions_prescription p ON p.id = coalesce(w.id, found.id)
WHERE w.node IS DISTINCT FROM found.node OR found.number > 1
ORDER BY p.id LIMIT %(limit)s
"""


def _ref(node: FactTask) -> str:
    return Admission.task_class._meta.get_field("flow_task").get_prep_value(node)


@transaction.atomic
def repair(prescription_ids: Iterable[int]) -> int:
    """Bring the tasks of these prescriptions back to what their states ask for; doubles begin again.

    Facts about them wait meanwhile. Returns how many there were.
    """
    rows = Prescription.objects.filter(pk__in=list(prescription_ids)).order_by("pk")
    standing = dict(rows.select_for_update(of=("self",), no_key=True).values_list("pk", "state"))
    left_over = tasks_waiting().filter(process__artifact_object_id__in=list(standing))
    left_over = left_over.exclude(process__status=PROCESS.NEW).order_by().values_list("pk", flat=True)
    Task.objects.filter(pk__in=list(left_over)).update(status=STATUS.CANCELED, finished=clock.now())
    doubled = [pk for pk, nodes in open_tasks(standing).items() if len(nodes) > 1]
    bring(dict.fromkeys(doubled, ""), doubled)
    bring(standing)
    return len(standing)


def sweep() -> int:
    """Repair whatever went astray: prescriptions older than the flow, or a hand in the rows. Returns how many."""
    repaired, last = 0, {}
    while (found := astray(BATCH)) and found != last:
        repaired, last = repaired + repair(found), found
    return repaired
