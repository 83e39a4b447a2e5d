"""The follow-up of exits: started by the end of a course, settled by facts, cancelled with the exit."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from viewflow.workflow.exceptions import FlowLockFailed
from viewflow.workflow.models import Process
from viewflow.workflow.status import PROCESS, STATUS

from config import clock, flow_engine
from config.fact_tasks import take
from followup import flows
from followup.tasks import fire_timers
from pathways import parameters
from pathways.actor import Actor
from pathways.corrections import annul, correct
from pathways.enums import Role
from pathways.pile import pile
from tests.factories import FIRST_DAY, World, actor

pytestmark = pytest.mark.django_db


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


def trainee(world: World, **fields):
    story = world.story(**fields)
    for kind, number in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, day(number))
    return story


def leaver(world: World, exit_kind: str = "complete", **fields):
    story = trainee(world, **fields)
    story.left = story.tell(exit_kind, day(72)).event
    return story


def statuses(story) -> list[str]:
    """The status of each process about the story's course, oldest first."""
    rows = Process.objects.filter(
        flow_class=flows.ExitFollowUp, artifact_object_id=story.prescription.pk
    ).order_by("pk")
    return [process.status for process in rows]


def is_waiting(story) -> bool:
    return flows.tasks_waiting().filter(process__artifact_object_id=story.prescription.pk).exists()


# ---- one path each


@pytest.mark.parametrize("exit_kind", ["complete", "drop_out"])
def test_an_exit_asks_for_a_contact(exit_kind):
    assert is_waiting(leaver(World.make(), exit_kind))


def test_leaving_for_a_job_asks_for_none():
    story = leaver(World.make(), "leave_for_job")
    assert statuses(story) == []


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("contact", {"reason": "searches_alone"}),
        ("employ", {}),
        ("record_outcome", {}),
    ],
)
def test_whatever_settles_it_finishes_the_process(kind, details):
    story = leaver(World.make())
    story.tell(kind, day(75), **details)
    assert not is_waiting(story)
    assert statuses(story) == [PROCESS.DONE]


def test_attempts_without_an_answer_leave_it_open_until_contact_is_lost():
    story = leaver(World.make())
    for number in (73, 74, 75):
        story.tell("contact", day(number), reason="no_answer")
        assert is_waiting(story)
    story.tell("lose_contact", day(76))
    assert statuses(story) == [PROCESS.DONE]


def test_a_contact_before_the_exit_settles_nothing():
    story = trainee(World.make())
    story.tell("contact", day(65))
    story.tell("complete", day(72))
    assert is_waiting(story)


def test_an_exit_learnt_after_the_contact_that_followed_it_asks_for_none():
    story = trainee(World.make())
    story.tell("contact", day(75))
    story.tell("complete", day(72))
    assert statuses(story) == []


def test_another_course_ends_the_search():
    world = World.make()
    story = leaver(world)
    second = world.session(starts_on=day(80), ends_on=day(120))
    first, story.prescription = (
        story.prescription,
        type(story.prescription).objects.create(
            pathway=story.pathway,
            session=second,
            prescriber=world.referent.user,
            prescriber_organisation=world.referent.organisation,
        ),
    )
    for kind, number in (("submit", 73), ("admit", 74), ("register", 75)):
        story.tell(kind, day(number))
        assert flows.tasks_waiting().count() == 1, kind
    story.tell("enter", day(80))
    assert flows.tasks_waiting().count() == 0
    story.tell("complete", day(100))
    assert is_waiting(story)
    story.prescription = first
    assert statuses(story) == [PROCESS.DONE]


# ---- corrections


def test_an_exit_taken_back_cancels_the_process():
    world = World.make()
    story = leaver(world)
    annul(story.left.pk, world.provider, comment="Toujours en formation.")
    assert statuses(story) == [PROCESS.CANCELED]
    story.tell("complete", day(72))
    assert statuses(story) == [PROCESS.CANCELED, PROCESS.NEW]


def test_a_contact_taken_back_asks_for_it_again():
    world = World.make()
    story = leaver(world)
    said = story.tell("contact", day(75)).event
    annul(said.pk, world.advisor, comment="Erreur de personne.")
    assert is_waiting(story)
    assert statuses(story) == [PROCESS.DONE, PROCESS.NEW]


def test_an_exit_corrected_in_its_date_keeps_its_process():
    world = World.make()
    story = leaver(world)
    with clock.at(day(80)):
        correct(story.left.pk, world.provider, comment="Un jour plus tôt.", occurred_on=day(71))
    assert statuses(story) == [PROCESS.NEW]


def test_a_drop_out_corrected_into_a_job_needs_no_contact():
    world = World.make()
    story = leaver(world, "drop_out")
    with clock.at(day(80)):
        correct(
            story.left.pk,
            world.provider,
            comment="Parti en emploi.",
            kind="leave_for_job",
            reason="",
            payload={"contract": "cdi"},
        )
    assert not is_waiting(story)


# ---- cost and locks


def test_a_follow_up_costs_few_statements():
    """Measured: 9 to start, 14 to settle; a fact that concerns no exit costs none."""
    world = World.make()
    leaver(world).tell("contact", day(80))  # fills the caches of content types and flow references
    story = trainee(world)

    def follow_up_statements(kind, number) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            story.tell(kind, day(number))
        with CaptureQueriesContext(connection) as alone, patch.object(flows, "concerns", lambda kind: False):
            other.tell(kind, day(number))
        return len(queries) - len(alone)

    other = trainee(world)
    assert follow_up_statements("suspend", 64) == 0
    other.tell("resume", day(65)), story.tell("resume", day(65))
    assert follow_up_statements("complete", 72) <= 10
    assert follow_up_statements("contact", 75) <= 15


@pytest.mark.django_db(transaction=True)
def test_the_lock_waits_for_its_turn_and_says_when_it_gave_up(monkeypatch):
    from django.db import connections

    story = leaver(World.make())
    process = Process.objects.get(flow_class=flows.ExitFollowUp, artifact_object_id=story.prescription.pk)
    monkeypatch.setattr(flow_engine, "LOCK_TIMEOUT", "200ms")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM viewflow_process WHERE id = %s FOR NO KEY UPDATE", [process.pk])
            with pytest.raises(FlowLockFailed, match="still locked"), flows.ExitFollowUp.lock(process.pk):
                pass
            cursor.execute("ROLLBACK")
        with transaction.atomic(), flows.ExitFollowUp.lock(process.pk), connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",), "the timeout must hold for the wait of the lock only"
    finally:
        other.close()


def test_a_failed_step_keeps_no_personal_data():
    story = leaver(World.make())
    task = flows.tasks_waiting().get(process__artifact_object_id=story.prescription.pk)
    traceback = '  File "x.py", line 3\nValueError: Camille'
    task.data = {"_exception": {"title": "Camille", "traceback": traceback, "locals": {"person": "Camille"}}}
    flow_engine.forget_locals(None, task.process, task)
    task.refresh_from_db()
    assert "Camille" not in str(task.data)


def test_timers_are_fired_through_viewflow(monkeypatch):
    fired = []
    monkeypatch.setattr("viewflow.workflow.timers.fire_due_timers", lambda: fired.append(1) or 1)
    fire_timers.delay()
    assert fired == [1]


# ---- the pile and the page


def test_the_advisor_of_the_area_finds_the_leaver_in_the_pile_and_no_other_advisor_does():
    world = World.make()
    story = leaver(world, last_name="Durand")
    stranger = actor(
        Role.ADVISOR, type(world.advisor.organisation).objects.create(kind="agency", name="Ailleurs")
    )
    with clock.at(day(75)):
        mine, theirs = pile(world.advisor), pile(stranger)
    (line,) = [item for item in mine.items if item.icon == "phone"]
    assert (line.who, line.due_on, mine.late) == ("Camille Durand", day(77), 0)
    assert "pas encore contacté" in line.why
    assert theirs.total == 0
    with clock.at(day(75)):
        parameters.choose("contact_days", 2, day(75), "comité technique", Actor.system())
        assert pile(world.advisor).late == 1
    story.tell("contact", day(76))
    with clock.at(day(76)):
        assert pile(world.advisor).total == 0


def client_of(acting) -> Client:
    client = Client()
    client.force_login(acting.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.writes_on_get  # the reading of a file is logged
def test_the_page_offers_what_settles_the_task_and_hides_other_peoples_leavers():
    world, elsewhere = World.make(), World.make()
    story, foreign = leaver(world), leaver(elsewhere)
    client = client_of(world.advisor)
    story.tell("contact", day(74), reason="no_answer", comment="Répondeur.")
    with clock.at(day(75)):
        response = client.get(reverse("followup:contact", args=[story.prescription.pk]))
        assert client.get(reverse("followup:contact", args=[foreign.prescription.pk])).status_code == 404
    html = response.content.decode()
    assert f"/dossiers/{story.pathway.pk}/fait/contact/" in html
    assert "Répondeur." in html
    assert "n seul appel sans réponse est enregistré" in html  # the page may put it after its own words
    assert "il en faut 3" in html
    assert (
        client_of(world.provider).get(reverse("followup:contact", args=[story.prescription.pk])).status_code
        == 403
    )


def test_a_colleague_sees_who_has_taken_the_task_and_may_take_it_over():
    world = World.make()
    story = leaver(world)
    colleague = actor(Role.ADVISOR, world.advisor.organisation)
    address = reverse("followup:hold", args=[story.prescription.pk])
    client_of(world.advisor).post(address)
    task = flows.tasks_waiting().get()
    assert (task.owner, task.status) == (world.advisor.user, STATUS.ASSIGNED)
    with clock.at(day(75)):
        assert pile(colleague).items[0].holder == world.advisor.user.get_short_name()
    client_of(world.advisor).post(address, {"rendre": "1"})
    assert flows.tasks_waiting().get().owner is None
    client_of(world.advisor).post(address)
    client_of(colleague).post(address)
    assert flows.tasks_waiting().get().owner == colleague.user
    story.tell("contact", day(76), by=world.advisor)
    assert statuses(story) == [PROCESS.DONE], "a fact settles the task whoever had taken it"


def test_a_task_of_somebody_who_left_is_anybodys_again():
    world = World.make()
    leaver(world)
    take(flows.tasks_waiting().get(), world.advisor.user)
    world.advisor.user.is_active = False
    world.advisor.user.save()
    with clock.at(day(75)):
        assert pile(world.advisor).items[0].holder == ""
