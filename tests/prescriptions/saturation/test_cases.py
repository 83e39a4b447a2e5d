"""The life of an alert about empty seats: each step by who may take it, one winner of two clicks, what closes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config import clock
from notifications.models import Alert
from notifications.services import detect, detect_everything
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.pile import pile
from pathways.refusals import NotVisible
from prescriptions.models import SaturationCase, SaturationStep
from prescriptions.saturation import cases, flow, life, opening
from prescriptions.saturation.enums import Stage, StepKind
from tests.factories import World, actor

from .conftest import OPENS, TODAY, at, seat, steps

pytestmark = pytest.mark.django_db
K = StepKind


def waiting(case):
    """(node, owner) of the task that the flow holds open for a case."""
    return [(task.flow_task.name, task.owner) for task in flow.tasks_of([case.pk]).order_by("pk")]


def refusal(function, *args, **kwargs) -> str:
    with pytest.raises(TransitionRefused) as refused:
        function(*args, **kwargs)
    return refused.value.refusal.code


def test_an_alert_opens_a_case_and_sends_it_to_the_team(world, case):
    assert (case.stage, case.area, case.empty_at_alert) == (Stage.NEW, world.area, 2)
    assert steps(case) == [K.ALERTED, K.SENT]
    assert case.steps.last().payload["teams"] == [world.advisor.organisation.name]
    assert case.react_by == case.opened_at + timedelta(hours=24)
    assert waiting(case) == [("see", None)]
    assert detect(["session_empty"]).counts["opened"] == 0
    assert SaturationCase.objects.count() == 1


def test_seen_taken_given_back_entrusted(world, case, colleague):
    cases.see(case.pk, world.advisor)
    cases.see(case.pk, colleague)
    case = cases.take(case.pk, world.advisor)
    assert (case.stage, case.advisor) == (Stage.TAKEN, world.advisor.user)
    assert waiting(case) == [("propose", world.advisor.user)]
    case = cases.entrust(case.pk, world.advisor, colleague.user_id)
    assert waiting(case) == [("propose", colleague.user)]
    case = cases.give_back(case.pk, colleague)
    assert (case.stage, case.advisor) == (Stage.SEEN, None)
    assert waiting(case) == [("take", None)]
    assert steps(case) == [K.ALERTED, K.SENT, K.SEEN, K.TAKEN, K.DELEGATED, K.GIVEN_BACK]
    told = case.steps.get(kind=K.DELEGATED)
    assert (told.by, told.organisation, told.at) == (
        world.advisor.user,
        world.advisor.organisation,
        clock.now(),
    )


def test_taking_over_only_what_the_region_was_told_of(world, case, colleague):
    cases.take(case.pk, world.advisor)
    assert refusal(cases.take, case.pk, colleague) == "already_taken"
    assert refusal(cases.give_back, case.pk, colleague) == "already_taken"
    with at(4):
        assert opening.escalate() == 1
        assert opening.escalate() == 0
        assert cases.take(case.pk, colleague).advisor == colleague.user


def test_only_the_team_of_the_bassin(world, case):
    elsewhere = World.make()
    for function in (cases.see, cases.take, cases.give_back):
        with pytest.raises(NotVisible):
            function(case.pk, elsewhere.advisor)
        with pytest.raises(NotVisible):
            function(case.pk, world.provider)
    assert refusal(cases.take, case.pk, world.actors[Role.REGION_OFFICER]) == "role_not_allowed"
    cases.take(case.pk, world.advisor)
    assert refusal(cases.entrust, case.pk, world.advisor, elsewhere.advisor.user_id) == "not_a_colleague"


def test_nobody_reacts_then_the_region_knows(world, case):
    officer = world.actors[Role.REGION_OFFICER]
    with at(0.9):
        assert opening.escalate() == 0
    with at(1.1):
        assert opening.escalate() == 1
        (line,) = [item for item in pile(officer).items if item.icon == "bell-ringing"]
        assert "« nouvelle »" in line.why
        cases.see(case.pk, world.advisor)
        assert not [item for item in pile(officer).items if item.icon == "bell-ringing"]
    with at(3.2):
        assert opening.escalate() == 1
    assert steps(case)[2:] == [K.ESCALATED, K.SEEN, K.ESCALATED]


def test_a_bassin_without_a_team_goes_to_the_region_at_once(world):
    world.advisor.organisation.areas.clear()
    world.session(starts_on=OPENS)
    detect(["session_empty"])
    case = SaturationCase.objects.get()
    assert steps(case) == [K.ALERTED, K.NO_TEAM]
    assert opening.escalate() == 1


def test_given_up_with_its_reason_until_more_seats_are_empty(world, case, session):
    assert refusal(cases.give_up, case.pk, world.advisor, "nobody", "Rien.") == "not_taken"
    cases.take(case.pk, world.advisor)
    for reason, comment in (("", "Rien."), ("nobody", "  "), ("inconnu", "Rien.")):
        assert refusal(cases.give_up, case.pk, world.advisor, reason, comment) == "reason_missing"
    holder = seat(world, session, "Titulaire")
    cases.give_up(case.pk, world.advisor, "nobody", "Personne à moins d'une heure.")
    assert not Alert.objects.open().filter(kind="session_empty").exists()
    assert waiting(case) == []
    detect_everything(["session_empty"])
    assert not Alert.objects.open().filter(kind="session_empty").exists()
    holder.tell("withdraw", TODAY)
    detect(["session_empty"])
    case.refresh_from_db()
    assert (case.stage, case.give_up_reason) == (Stage.NEW, "")
    assert steps(case)[-3:] == [K.GIVEN_UP, K.REOPENED, K.SENT]
    assert waiting(case) == [("see", None)]


def test_the_last_seat_closes_it_and_a_freed_one_opens_it_again(world, case, session):
    cases.take(case.pk, world.advisor)
    first, _ = seat(world, session, "Première"), seat(world, session, "Seconde")
    detect(["session_empty"])
    case.refresh_from_db()
    assert (case.stage, case.advisor, case.ended_at) == (Stage.FILLED, None, clock.now())
    first.tell("withdraw", TODAY)
    detect(["session_empty"])
    case.refresh_from_db()
    assert (case.stage, case.ended_at) == (Stage.NEW, None)
    assert case.taken_at is not None, "the first time stays"


@pytest.mark.parametrize(
    ("change", "days", "stage"),
    [
        ({}, 20, Stage.OPENED),
        ({"cancelled_on": TODAY}, 0, Stage.CANCELLED),
        ({"starts_on": TODAY + timedelta(days=80)}, 0, Stage.LIFTED),
    ],
)
def test_what_else_ends_it(case, session, change, days, stage):
    for name, value in change.items():
        setattr(session, name, value)
    session.save()
    with at(days):
        detect(["session_empty"])
    case.refresh_from_db()
    assert case.stage == stage


def test_an_alert_that_climbs_is_a_step_and_asks_nothing_anew(world, case):
    cases.take(case.pk, world.advisor)
    with at(14):
        detect(["session_empty"])
    case.refresh_from_db()
    assert (case.level, case.stage) == (3, Stage.TAKEN)
    assert case.steps.last().payload == {"empty": 2, "capacity": 2, "days_left": 6, "level": 3}


def test_a_session_that_moves_is_handed_to_the_other_team(world, case, session):
    cases.take(case.pk, world.advisor)
    elsewhere = World.make()
    session.area = elsewhere.area
    session.save()
    detect(["session_empty"])
    case.refresh_from_db()
    assert (case.area, case.stage, case.advisor) == (elsewhere.area, Stage.NEW, None)
    assert cases.take(case.pk, elsewhere.advisor).advisor == elsewhere.advisor.user


def test_twenty_alerts_cost_as_many_statements_as_two(world):
    costs = []
    for number in (2, 20):
        for _ in range(number):
            world.session(starts_on=OPENS)
        with CaptureQueriesContext(connection) as counted:
            detect(["session_empty"])
        costs.append(len(counted))
    assert SaturationCase.objects.count() == 22
    assert costs[1] <= costs[0], [q["sql"][:150] for q in counted.captured_queries]


def test_steps_are_not_rewritten(case):
    for change in (
        lambda: SaturationStep.objects.filter(case=case).update(comment="autre"),
        lambda: SaturationStep.objects.filter(case=case).delete(),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()


def test_every_step_of_the_table_moves_and_no_other(case, world):
    for kind, rule in life.RULES.items():
        for stage in Stage:
            for role in (Role.ADVISOR, Role.SYSTEM, Role.REGION_OFFICER):
                who = world.actors.get(role) or life_actor()
                imagined = SaturationCase(pk=case.pk, session=case.session, stage=stage, level=1)
                allowed = stage in rule.sources and role in rule.roles
                if not allowed:
                    with pytest.raises(ValueError, match=kind):
                        life.advance([life.Move(imagined, kind)], who)


def life_actor():
    from pathways.actor import Actor

    return Actor.system()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_one_wins_the_other_is_told():
    with clock.at(TODAY):
        world = World.make()
        colleague = actor(Role.ADVISOR, world.advisor.organisation)
        world.session(capacity=2, starts_on=OPENS)
        detect(["session_empty"])
    case = SaturationCase.objects.get()
    together = Barrier(2)

    def click(who):
        try:
            with clock.at(TODAY):
                together.wait()
                return cases.take(case.pk, who).advisor
        except TransitionRefused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(click, (world.advisor, colleague)))
    assert answers.count("already_taken") == 1
    case.refresh_from_db()
    assert case.advisor in answers
    assert steps(case).count(K.TAKEN) == 1
