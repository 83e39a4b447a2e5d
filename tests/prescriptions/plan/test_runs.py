"""A plan from the demand to its rows, whatever happens to the worker."""

from datetime import timedelta

import pytest

from config import clock
from pathways.enums import Role
from prescriptions.enums import Recruitment
from prescriptions.models import PlanLine, PlanSession, ReservedPublic, SaturationPlan, SeatQuota, Session
from prescriptions.plan import runs
from prescriptions.plan.asked import Asked
from prescriptions.plan.enums import Status
from prescriptions.tasks import sweep_plans
from tests.prescriptions.matching.conftest import TODAY


def ago(days):
    return TODAY - timedelta(days=days)


def placed(plan):
    return [line.pathway.beneficiary.last_name for line in plan.lines.with_all()]


def why(plan, session):
    return PlanSession.objects.get(plan=plan, session=session).why


def test_a_plan_says_who_could_take_which_seat_and_why_the_others_stay_empty(world, seats, seeker, planned):
    seeker("Marchand", commune="13002")
    plan = planned()
    assert (plan.status, plan.seats, plan.filled, plan.bound) == (Status.DONE, 10, 1, 1)
    assert plan.is_proved
    assert placed(plan) == ["Marchand"]
    (line,) = plan.lines.all()
    assert (line.trade, line.km, line.waited) == (0, 9, 30)
    assert [code for code, _, _ in line.reasons] == ["trade", "level", "distance", "wait", "eligibility"]
    assert why(plan, seats) == "La seule personne possible prend déjà une place dans ce plan."
    assert plan.poles == [{"pole": world.referent.organisation_id, "seekers": 1, "served": 1}]


def test_the_reason_is_the_first_criterion_that_leaves_nobody(world, seats, seeker, planned):
    assert why(planned(), seats) == "Personne ne cherche de place."
    seeker("Autre", project="G1602")
    assert why(planned(), seats).startswith("Aucune personne n'a de projet dans ce métier")
    seeker("Loin", commune="13004")
    assert why(planned(), seats).startswith("Personne de ce métier n'habite à moins de 30")
    formation = seats.action.formation
    formation.level_in = "6"
    formation.save()
    seeker("Bas")
    assert why(planned(), seats) == "Personne à portée n'a le niveau demandé (1\u00a0personne au-dessous)."
    formation.level_in = "1"
    formation.save()
    taken = seeker("Pris", session=seats)
    taken.tell("submit", ago(28))
    assert placed(planned()) == ["Bas"]


def test_people_who_ask_for_it_or_were_refused_are_not_placed(world, seats, seeker, planned):
    asks = seeker("Demande", session=seats)
    asks.tell("submit", ago(28))
    refused = seeker("Refuse", session=seats)
    refused.tell("submit", ago(28))
    refused.tell("refuse", ago(5))
    plan = planned()
    assert placed(plan) == []
    assert why(plan, seats).startswith("Ceux qui conviendraient (2) demandent déjà")


def test_an_unknown_project_counts_only_when_asked(world, seats, seeker, planned):
    seeker("Inconnu", project="")
    assert placed(planned()) == []
    assert placed(planned(counts_unknown=True)) == ["Inconnu"]


@pytest.mark.parametrize(
    "change",
    [
        {"cancelled_on": TODAY},
        {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=9)},
        {"recruitment": Recruitment.CLOSED},
        {"registration_ends_on": TODAY - timedelta(days=1)},
        {"capacity": None},
        {"is_regional": False},
    ],
)
def test_a_session_that_takes_nobody_is_in_no_plan(world, seats, seeker, planned, change):
    seeker("Ici")
    Session.objects.filter(pk=seats.pk).update(**change)
    assert planned().seats == 0


def test_a_scheme_that_refuses_is_heard(world, seats, seeker, planned, monkeypatch):
    from prescriptions.matching.eligibility import Answer
    from prescriptions.plan import runs as module

    seeker("Refuse")
    monkeypatch.setattr(
        module, "judge_by_schemes", lambda inputs: lambda s, people: [Answer(False)] * len(people)
    )
    plan = planned()
    assert placed(plan) == []
    assert why(plan, seats) == "Les règles des dispositifs refusent ceux qui conviendraient (1)."


def test_the_same_data_give_the_same_plan(world, seats, seeker, planned):
    for rank in range(14):
        seeker(f"P{rank}", commune=["13055", "13002", "13001"][rank % 3])
    first, second = planned(), planned()
    assert first.pk != second.pk
    assert first.fingerprint == second.fingerprint
    rows = [list(plan.lines.values_list("session", "pathway", "reasons")) for plan in (first, second)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 10
    Session.objects.filter(pk=seats.pk).update(capacity=9)
    assert planned().fingerprint != first.fingerprint


def test_asked_twice_it_is_computed_once(world, seats):
    region = world.actors[Role.REGION_OFFICER]
    asked = Asked(TODAY, 8, 30)
    first = runs.launch(asked, region)
    assert runs.launch(asked, region).pk == first.pk
    runs.work(first.pk)
    assert runs.launch(asked, region).pk != first.pk


def test_a_plan_whose_worker_died_is_taken_up_and_given_up_after_three_times(
    world, seats, seeker, monkeypatch, django_capture_on_commit_callbacks
):
    seeker("Ici")
    sent = []
    monkeypatch.setattr("prescriptions.tasks.compute_plan.delay", sent.append)
    plan = runs.launch(Asked(TODAY, 12, 30), world.actors[Role.REGION_OFFICER])
    rows = SaturationPlan.objects.filter(pk=plan.pk)
    assert sweep_plans() == 0
    rows.update(status=Status.RUNNING, attempts=1, heartbeat_at=clock.now() - timedelta(minutes=3))
    assert sweep_plans() == 1
    assert sweep_plans() == 0  # left some time
    assert sent == [plan.pk]
    runs.work(plan.pk)
    assert rows.get().status == Status.DONE
    assert PlanLine.objects.filter(plan=plan).count() == 1
    rows.update(status=Status.RUNNING, attempts=3)
    runs.work(plan.pk)
    failed = rows.get()
    assert failed.status == Status.FAILED
    assert "interrompu 3 fois" in failed.error


def test_an_unexpected_error_is_told_and_keeps_nothing(world, seats, seeker, monkeypatch, caplog):
    def broken(planned):
        raise ZeroDivisionError

    monkeypatch.setattr("prescriptions.plan.results.of", broken)
    plan = runs.launch(Asked(TODAY, 12, 30), world.actors[Role.REGION_OFFICER])
    runs.work(plan.pk)
    plan.refresh_from_db()
    assert plan.status == Status.FAILED
    assert plan.error
    assert not PlanSession.objects.exists()


# ---- quotas, overbooking, seats that pass on


@pytest.fixture
def kept(world, seats):
    """Nine of the ten seats kept for the people of this pôle, until two weeks before the opening."""
    public = ReservedPublic.objects.create(letter="A", name="Pôle", pole=world.referent.organisation)
    return SeatQuota.objects.create(
        session=seats, public=public, seats=9, releases_on=seats.starts_on - timedelta(days=14)
    )


def test_a_quota_keeps_its_seats_for_its_public_until_its_release(world, seats, seeker, planned, kept):
    for rank in range(3):
        seeker(f"Autre{rank}", pole=None)
    plan = planned()
    assert (plan.seats, plan.filled, plan.bound) == (10, 1, 1)
    assert why(plan, seats) == "Ce qui reste est réservé à un public dont personne d'autre ne peut venir."
    seeker("Membre1")
    seeker("Membre2")
    assert sorted(placed(planned()))[-2:] == ["Membre1", "Membre2"]
    assert planned().filled == 3
    SeatQuota.objects.update(releases_on=TODAY)
    assert planned().filled == 5


def test_overbooking_decided_by_the_region_is_filled_too(world, seats, seeker, planned):
    for rank in range(12):
        seeker(f"P{rank}")
    Session.objects.filter(pk=seats.pk).update(
        overbooking=1, overbooking_reason="Absences.", overbooked_on=TODAY
    )
    plan = planned()
    assert (plan.seats, plan.filled) == (11, 11)


def test_a_seat_given_up_is_for_who_waits_on_the_list_of_the_session(world, seats, seeker, planned):
    waits = seeker("Attend", session=seats)
    waits.tell("submit", ago(20))
    waits.tell("waitlist", ago(5))
    seeker("Ici")
    Session.objects.filter(pk=seats.pk).update(capacity=1, seats_given_up=1)
    assert planned().seats == 0
