"""Who must act about each prescription: the open task follows the facts, wherever they come from."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from config import clock, fact_tasks
from pathways.bulk import Target, apply_many
from pathways.consistency import incoherences
from pathways.corrections import annul
from prescriptions import flows, session_changes
from prescriptions.enums import PrescriptionState
from prescriptions.flows import Admission
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


def led(*facts: tuple[str, int], world: World | None = None):
    """A person whose prescription is led through facts, each on its day."""
    story = (world or World.make()).story()
    for kind, number in facts:
        story.tell(kind, day(number))
    return story


def open_nodes(story) -> list:
    return flows.open_tasks([story.prescription.pk]).get(story.prescription.pk, [])


def statuses(story) -> list[str]:
    rows = Process.objects.filter(artifact_object_id=story.prescription.pk, flow_class=Admission).order_by(
        "pk"
    )
    return [process.status for process in rows]


SENT = ("submit", 2)
CONVENED = (SENT, ("convene", 10))
ADMITTED = (*CONVENED, ("attend", 20), ("admit", 22))
PATHS = [
    ((), None),
    ((SENT,), Admission.answer),
    (CONVENED, Admission.presence),
    ((*CONVENED, ("attend", 20)), Admission.decide),
    ((*CONVENED, ("miss", 20)), Admission.absence),
    ((SENT, ("waitlist", 5)), Admission.waiting),
    ((SENT, ("waitlist", 5), ("offer", 30)), Admission.seat),
    (ADMITTED, Admission.ais),
    ((*ADMITTED, ("register", 40)), Admission.aes),
    ((*ADMITTED, ("register", 40), ("enter", 60)), None),
    ((*ADMITTED, ("register", 40), ("no_show", 60)), None),
    ((SENT, ("refuse", 5)), None),
    ((*CONVENED, ("withdraw", 12)), None),
]


@pytest.mark.parametrize(("facts", "node"), PATHS)
def test_one_task_says_who_acts_next_at_each_step(facts, node):
    story = led(*facts)
    assert open_nodes(story) == ([] if node is None else [node])
    if facts:
        assert statuses(story) == [PROCESS.NEW if node else PROCESS.DONE]


def test_every_live_state_asks_for_something_and_no_other_does():
    from prescriptions.enums import LIVE

    assert set(flows.ASKED) == LIVE


@pytest.mark.parametrize("state", sorted(flows.ASKED))
def test_viewflows_own_engine_would_ask_for_the_same(state, monkeypatch):
    """The switch of the flow and the one statement that moves thousands of processes cannot drift apart."""
    monkeypatch.setattr(flows, "states", lambda ids: dict.fromkeys(ids, state))
    Admission.start.run(prescription_id=7)
    assert flows.open_tasks([7]) == {7: [flows.ASKED[state]]}
    monkeypatch.setattr(flows, "states", lambda ids: dict.fromkeys(ids, PrescriptionState.WITHDRAWN))
    fact_tasks.settle(flows.tasks_waiting().get())
    assert flows.open_tasks([7]) == {}
    assert Process.objects.get().status == PROCESS.DONE


# ---- wherever the facts come from


def test_a_fact_taken_back_asks_again_and_says_that_the_rest_was_not_needed():
    story = led(*CONVENED)
    said = story.tell("attend", day(20)).event
    with clock.at(day(21)):
        annul(said.pk, story.world.provider, comment="Erreur de ligne.")
    assert open_nodes(story) == [Admission.presence]
    ended = Task.objects.filter(process__artifact_object_id=story.prescription.pk, status=STATUS.CANCELED)
    assert [task.flow_task for task in ended] == [Admission.decide]


def test_a_decision_taken_back_begins_another_process():
    story = led(SENT)
    said = story.tell("refuse", day(5)).event
    with clock.at(day(6)):
        annul(said.pk, story.world.provider, comment="Pas la bonne personne.")
    assert (open_nodes(story), statuses(story)) == ([Admission.answer], [PROCESS.DONE, PROCESS.NEW])


def test_a_prescription_taken_back_was_never_to_be_answered():
    story = led()
    said = story.tell("submit", day(2)).event
    with clock.at(day(3)):
        annul(said.pk, story.world.referent, comment="Mauvais dossier.")
    assert (open_nodes(story), statuses(story)) == ([], [PROCESS.CANCELED])


def test_a_cancelled_session_leaves_nothing_to_do():
    world = World.make()
    session = world.session()
    stories = [world.story(session=session) for _ in range(2)]
    for story in stories:
        story.tell("submit", day(2))
    with clock.at(day(3)):
        session_changes.cancel_session(session, world.provider, "Effectif insuffisant.")
    assert [open_nodes(story) for story in stories] == [[], []]


def test_many_facts_at_once_move_their_tasks_by_one_statement():
    world = World.make()
    session = world.session()
    stories = [world.story(session=session) for _ in range(6)]
    targets = [Target(story.pathway.pk, story.prescription.pk) for story in stories]

    def send(chosen) -> int:
        with clock.at(day(2)), CaptureQueriesContext(connection) as queries:
            report = apply_many("submit", chosen, world.referent)
        assert len(report.done) == len(chosen)
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    # In the very message that writes the facts: as many messages as before there was a flow.
    assert send(targets[:1]) == send(targets[1:]) == 2
    assert [open_nodes(story) for story in stories] == [[Admission.answer]] * 6


def test_a_fact_that_moves_no_request_costs_nothing():
    story = led(SENT)
    with CaptureQueriesContext(connection) as queries:
        story.tell("remind", day(9))
        story.tell("note", day(9))
    assert not any("viewflow" in query["sql"] for query in queries)


# ---- what holds the flow to the facts


def test_a_task_that_went_astray_is_found_and_repaired():
    world = World.make()
    lost, wrong, doubled, ended, fine = (led(SENT, world=world) for _ in range(5))
    of = lambda story: Task.objects.filter(process__artifact_object_id=story.prescription.pk)  # noqa: E731
    of(lost).delete()
    of(wrong).update(flow_task=Admission.decide)
    task = of(doubled).get()
    task.pk = None
    task.save()
    ended.tell("refuse", day(5))
    of(ended).update(status=STATUS.NEW)
    kept = of(fine).get().pk
    stories = (lost, wrong, doubled, ended)
    told = [found.row for found in incoherences() if found.check == "admission_task"]
    assert told == [f"prescriptions.Prescription {story.prescription.pk}" for story in stories]
    assert flows.sweep() == 4
    assert [open_nodes(story) for story in stories] == [[Admission.answer]] * 3 + [[]]
    assert of(fine).get().pk == kept
    assert (flows.sweep(), flows.astray(None)) == (0, {})


def test_prescriptions_older_than_the_flow_get_their_task():
    story = led(*ADMITTED)
    Process.objects.all().delete()
    assert flows.sweep() == 1
    assert open_nodes(story) == [Admission.ais]
