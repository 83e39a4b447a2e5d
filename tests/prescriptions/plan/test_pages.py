"""The pages of the plan: who launches, who reads whom, who decides, and what has gone since."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config import clock
from pathways.enums import Role
from prescriptions.models import PlanLine, Proposal, SaturationCase, SaturationPlan, Session
from prescriptions.plan import decisions
from prescriptions.plan.enums import Decision
from tests.factories import World, actor
from tests.prescriptions.matching.conftest import TODAY


@pytest.fixture
def login(world):
    def opened(who):
        client = Client()
        client.force_login((world.actors[who] if isinstance(who, Role) else who).user)
        return client

    return opened


@pytest.fixture
def drawn(world, seats, seeker, planned):
    """A plan with two people of this world's agency and one of another's, in the same session."""
    seeker("Marchand")
    seeker("Lefort", commune="13002")
    other = World.make()
    other.story(
        "Dailleurs", seats, job_project="F1703", commune_id="13055", education_level="51"
    ).prescription.delete()
    return planned(), other


def line_of(name):
    return PlanLine.objects.get(pathway__beneficiary__last_name=name)


def address(plan, seats, page="plan_session"):
    return reverse(f"prescriptions:{page}", args=[plan.pk, seats.pk])


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("role", [Role.REFERENT, Role.PROVIDER, Role.COMMITTEE_MEMBER, Role.ADMINISTRATOR])
def test_others_open_nothing(login, drawn, seats, role):
    plan, _ = drawn
    client = login(role)
    for url in (reverse("prescriptions:plan"), address(plan, seats)):
        assert client.get(url).status_code == 403
    assert client.post(address(plan, seats, "plan_decide"), {"ligne": 1}).status_code == 403


def test_the_region_launches_and_reads_no_name(login, drawn, seats, monkeypatch):
    plan, _ = drawn
    monkeypatch.setattr("prescriptions.views.plan.send_plan", lambda plan_id: None)
    client = login(Role.REGION_OFFICER)
    page = text(client.get(reverse("prescriptions:plan")))
    assert "3\u00a0places sur 10 peuvent être pourvues" in page
    assert "prouvé maximal" in page
    lines = text(client.get(address(plan, seats)))
    assert lines.count("même métier (F1703)") == 3
    assert not any(name in page + lines for name in ("Marchand", "Lefort", "Dailleurs"))
    assert client.post(reverse("prescriptions:plan_launch"), {"semaines": "6"}).status_code == 302
    launched = SaturationPlan.objects.order_by("-pk").first()
    assert launched.pk != plan.pk
    assert launched.asked["weeks"] == 6
    assert "Calcul du plan de saturation" in text(client.get(reverse("prescriptions:plan")))


def test_a_number_of_weeks_that_is_none_is_refused_and_kept(login, drawn):
    answer = login(Role.REGION_OFFICER).post(reverse("prescriptions:plan_launch"), {"semaines": "beaucoup"})
    assert answer.status_code == 422
    assert "Saisissez un nombre entier de semaines" in text(answer)
    assert "beaucoup" in text(answer)
    assert (
        login(Role.ADVISOR).post(reverse("prescriptions:plan_launch"), {"semaines": "6"}).status_code == 403
    )


def test_an_advisor_reads_the_people_of_their_bassins_and_how_many_others_there_are(login, drawn, seats):
    plan, other = drawn
    page = text(login(Role.ADVISOR).get(address(plan, seats)))
    assert "Marchand" in page
    assert "Lefort" in page
    assert "Dailleurs" not in page
    assert "1\u00a0autre place est prévue" in page
    foreign = text(login(other.advisor).get(address(plan, seats)))
    assert "Dailleurs" in foreign
    assert "Marchand" not in foreign


def test_a_manager_reads_and_decides_nothing(login, drawn, seats):
    plan, _ = drawn
    client = login(Role.DEPARTMENT_MANAGER)
    page = text(client.get(address(plan, seats)))
    assert "Marchand" in page
    assert "Proposer" not in page
    assert client.post(address(plan, seats, "plan_decide"), {"proposer": "1"}).status_code == 403


def test_one_line_is_proposed_and_another_set_aside_with_its_reason(login, drawn, seats):
    plan, _ = drawn
    client, decide = login(Role.ADVISOR), address(plan, seats, "plan_decide")
    answer = client.post(decide, {"ligne": line_of("Marchand").pk}, follow=True)
    assert "1\u00a0personne proposée à son référent" in text(answer)
    assert line_of("Marchand").decision == Decision.PROPOSED
    proposal = Proposal.objects.get()
    assert (proposal.pathway, proposal.case.session) == (line_of("Marchand").pathway, seats)
    assert "même métier (F1703)" in proposal.reasons
    assert "Marchand" in text(login(Role.REFERENT).get(reverse("pathways:pile")))
    assert line_of("Lefort").decision == Decision.PENDING
    refused = client.post(decide, {"rows": line_of("Lefort").pk, "ecarter": "1", "motif": "other"})
    assert refused.status_code == 422
    assert "Autre » ne dit pas pourquoi" in text(refused)
    assert "checked" in text(refused)
    client.post(decide, {"rows": line_of("Lefort").pk, "ecarter": "1", "motif": "mobility"})
    assert (line_of("Lefort").decision, line_of("Lefort").set_aside_for) == (Decision.SET_ASIDE, "mobility")
    assert "Le lieu est trop loin" in text(client.get(address(plan, seats)))


def test_a_line_of_another_bassin_does_not_exist_and_nothing_else_is_decided(login, drawn, seats):
    plan, _ = drawn
    rows = [line_of("Marchand").pk, line_of("Dailleurs").pk]
    answer = login(Role.ADVISOR).post(address(plan, seats, "plan_decide"), {"rows": rows, "proposer": "1"})
    assert answer.status_code == 404
    assert PlanLine.objects.pending().count() == 3


def test_nothing_ticked_is_said(login, drawn, seats):
    plan, _ = drawn
    answer = login(Role.ADVISOR).post(address(plan, seats, "plan_decide"), {"proposer": "1"})
    assert answer.status_code == 422
    assert "Vous n&#x27;avez choisi aucune ligne" in text(answer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cancelled_on": TODAY}, "La session a été annulée"),
        ({"capacity": 0}, "Il n&#x27;y a plus de place vide"),
        ({"starts_on": TODAY}, "La session a ouvert"),
    ],
)
def test_a_line_whose_seat_is_gone_says_so_and_cannot_be_taken(login, drawn, seats, change, said):
    plan, _ = drawn
    Session.objects.filter(pk=seats.pk).update(**change)
    client = login(Role.ADVISOR)
    assert said in text(client.get(address(plan, seats)))
    assert "Des données ont changé depuis ce plan" in text(client.get(reverse("prescriptions:plan")))
    answer = client.post(address(plan, seats, "plan_decide"), {"ligne": line_of("Marchand").pk}, follow=True)
    assert said in text(answer)
    assert line_of("Marchand").decision == Decision.PENDING


def test_a_line_whose_person_is_gone_says_so(login, world, drawn, seats):
    plan, _ = drawn
    from prescriptions.services import prescribe

    prescribe(line_of("Marchand").pathway, seats, world.referent)
    page = text(login(Role.ADVISOR).get(address(plan, seats)))
    assert "Cette personne ne cherche plus de place" in page
    report = decisions.propose(plan.pk, [line_of("Marchand").pk], world.advisor)
    assert [refusal.code for _, refusal in report.refused] == ["person_gone"]


def test_what_a_colleague_decided_stays(world, drawn, seats):
    plan, _ = drawn
    colleague = actor(Role.ADVISOR, world.advisor.organisation)
    chosen = [line_of("Marchand").pk]
    decisions.set_aside(plan.pk, chosen, colleague, "other_way")
    report = decisions.propose(plan.pk, chosen, world.advisor)
    assert not report.done
    assert [refusal.code for _, refusal in report.refused] == ["already_decided"]
    assert line_of("Marchand").decided_by == colleague.user


@pytest.mark.django_db(transaction=True)
def test_two_advisors_decide_the_same_line_at_once(world, drawn, seats):
    plan, _ = drawn
    colleagues = [world.advisor, actor(Role.ADVISOR, world.advisor.organisation)]
    chosen, barrier, done, refused = [line_of("Marchand").pk], threading.Barrier(2), [], []

    def click(who):
        try:
            with clock.at(TODAY):
                barrier.wait()
                report = decisions.propose(plan.pk, chosen, who)
            done.extend(report.done)
            refused.extend(refusal.code for _, refusal in report.refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[who]) for who in colleagues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert refused == ["already_decided"]
    assert Proposal.objects.count() == 1
    assert SaturationCase.objects.count() == 1


def test_the_team_that_decides_takes_the_alert_and_another_team_leaves_it(world, drawn, seats):
    plan, other = drawn
    case = an_alert(world, seats)
    decisions.propose(plan.pk, [line_of("Dailleurs").pk], other.advisor)
    case.refresh_from_db()
    assert (case.stage, case.advisor) == ("new", None)
    decisions.propose(plan.pk, [line_of("Marchand").pk], world.advisor)
    case.refresh_from_db()
    assert (case.stage, case.advisor) == ("proposed", world.advisor.user)
    assert case.proposals.count() == 2


def test_a_session_that_no_alert_speaks_of_waits_for_its_alert(world, drawn, seats):
    plan, _ = drawn
    decisions.propose(plan.pk, [line_of("Marchand").pk], world.advisor)
    case = SaturationCase.objects.get()
    assert (case.area_id, case.react_by, case.advisor) == (None, None, None)
    assert an_alert(world, seats).area_id == seats.area_id


def an_alert(world, seats):
    """The alert of the session, detected a few days before it opens and sent to the team of its bassin."""
    from notifications.services import detect

    with clock.at(seats.starts_on - timedelta(days=6)):
        detect()
    return SaturationCase.objects.get(session=seats)


def test_who_is_proposed_is_in_no_other_plan_and_the_seat_waits(world, drawn, seats, planned):
    plan, _ = drawn
    decisions.propose(plan.pk, [line_of("Marchand").pk], world.advisor)
    after = planned()
    assert (after.seats, after.filled) == (9, 2)
    old = plan.lines.get(pathway__beneficiary__last_name="Lefort")
    assert decisions.no_longer_possible([old]) == {}
