"""Trainees of a session: several at once, exam results on one screen."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from followup.models import Enrolment
from pathways.enums import OrganisationKind, Role
from pathways.models import Event
from tests import factories
from tests.factories import World
from tests.followup.courses import FRIDAY, MONDAY, course, login, trainee

pytestmark = pytest.mark.django_db
PAGE = "/stagiaires/"


@pytest.fixture(autouse=True)
def _on_friday():
    with clock.at(FRIDAY):
        yield


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def session(world):
    return course(world)


def state_of(story):
    row = Enrolment.objects.get(pk=story.prescription.pk)
    return row.state, row.exam_state


def test_the_running_session_is_shown_first_and_others_by_choice(client, world, session):
    trainee(world, session, "Amrani")
    ended = course(world, starts_on=MONDAY + timedelta(days=1))
    trainee(world, ended, "Bellil", entered_on=MONDAY + timedelta(days=1)).tell("drop_out", FRIDAY)
    client = login(client, world.provider)
    first = client.get(PAGE).content.decode()
    assert "Amrani Camille" in first
    assert "Bellil Camille" not in first
    other = client.get(PAGE, {"session": ended.pk}).content.decode()
    assert "Bellil Camille" in other
    assert "Sortie anticipée" in other


def test_without_trainees_the_page_says_what_to_do(client, world):
    assert "Aucun stagiaire" in login(client, world.provider).get(PAGE).content.decode()


TOGETHER = "/dossiers/ensemble/"


def send(client, kind, stories, day=FRIDAY, **fields):
    return client.post(
        TOGETHER,
        {
            "kind": kind,
            "rows": [f"s{story.prescription.pk}" for story in stories],
            "occurred_on": str(day),
            "confirm": "1",
            "suite": PAGE,
            "comment": "",
            **fields,
        },
    )


def test_several_go_to_the_exam_on_one_date_and_a_second_send_changes_nothing(client, world, session):
    stories = [trainee(world, session) for _ in range(2)]
    client = login(client, world.provider)
    assert send(client, "sit_exam", stories, key="k1").url == PAGE
    assert [state_of(story) for story in stories] == [("active", "awaited")] * 2
    assert send(client, "sit_exam", stories, key="k1").status_code == 302
    assert Event.objects.filter(kind="sit_exam").count() == 2


def test_the_list_offers_what_its_trainees_can_do(client, world, session):
    story = trainee(world, session)
    client = login(client, world.provider)
    offered = [button.kind for button in client.get(PAGE).context["bulk"]]
    assert offered == ["sit_exam", "complete"]
    story.tell("suspend", FRIDAY)
    assert client.get(PAGE).context["bulk"] != []  # the exam's own table knows nothing of suspensions
    story.tell("drop_out", FRIDAY)
    assert client.get(PAGE).context["bulk"] == []


def test_one_refused_line_stops_no_other_and_says_why(client, world, session):
    ready, suspended = trainee(world, session), trainee(world, session, "Zola")
    suspended.tell("suspend", FRIDAY)
    answer = send(login(client, world.provider), "complete", [ready, suspended])
    assert answer.status_code == 422
    assert state_of(ready)[0] == "completed"
    assert state_of(suspended)[0] == "suspended"
    assert [line.pathway.pk for line, _ in answer.context["refused"]] == [suspended.pathway.pk]


def test_a_future_date_is_refused_line_by_line(client, world, session):
    story = trainee(world, session)
    answer = send(login(client, world.provider), "complete", [story], FRIDAY + timedelta(days=1))
    assert answer.status_code == 422
    assert "dans l'avenir" in answer.content.decode().replace("&#x27;", "'")


def results(session):
    return reverse("followup:exam_results", args=[session.pk])


def test_the_results_of_a_session_are_recorded_on_one_screen(client, world, session):
    stories = [trainee(world, session) for _ in range(5)]
    for story in stories:
        story.tell("sit_exam", MONDAY + timedelta(days=1))
    passed, partial, failed, absent, unknown = (story.prescription.pk for story in stories)
    answer = login(client, world.provider).post(
        results(session),
        {
            "occurred_on": str(FRIDAY),
            f"r{passed}-result": "exam_passed",
            f"r{partial}-result": "exam_partial",
            f"r{partial}-ccp": "Monter un mur\n\n Réaliser un dallage ",
            f"r{failed}-result": "exam_failed",
            f"r{absent}-result": "exam_absent",
            f"r{unknown}-result": "",
        },
    )
    assert answer.status_code == 302
    assert [state_of(story)[1] for story in stories] == ["passed", "partial", "failed", "absent", "awaited"]
    assert Enrolment.objects.get(pk=partial).exam_ccp == ["Monter un mur", "Réaliser un dallage"]
    assert Enrolment.objects.get(pk=passed).exam_result_on == FRIDAY


def test_a_partial_result_without_ccp_stops_the_form_before_anything_is_recorded(client, world, session):
    one, other = trainee(world, session), trainee(world, session)
    for story in (one, other):
        story.tell("sit_exam", MONDAY + timedelta(days=1))
    answer = login(client, world.provider).post(
        results(session),
        {
            "occurred_on": str(FRIDAY),
            f"r{one.prescription.pk}-result": "exam_partial",
            f"r{other.prescription.pk}-result": "exam_passed",
        },
    )
    assert answer.status_code == 422
    assert "Indiquez au moins un CCP" in answer.content.decode()
    assert state_of(one)[1] == state_of(other)[1] == "awaited"


def test_who_passed_in_part_may_only_do_better(client, world, session):
    story = trainee(world, session)
    story.tell("sit_exam", MONDAY + timedelta(days=1))
    story.tell("exam_partial", MONDAY + timedelta(days=2))
    pk = story.prescription.pk
    client = login(client, world.provider)
    assert 'value="exam_failed"' not in client.get(results(session)).content.decode()
    answer = client.post(results(session), {"occurred_on": str(FRIDAY), f"r{pk}-result": "exam_failed"})
    assert answer.status_code == 422
    assert state_of(story)[1] == "partial"


def test_a_result_dated_before_the_exam_is_refused_beside_its_line(client, world, session):
    story = trainee(world, session)
    story.tell("sit_exam", MONDAY + timedelta(days=3))
    answer = login(client, world.provider).post(
        results(session), {"occurred_on": str(MONDAY), f"r{story.prescription.pk}-result": "exam_passed"}
    )
    assert answer.status_code == 422
    assert f'href="#id_r{story.prescription.pk}-result"' in answer.content.decode()
    assert state_of(story)[1] == "awaited"


def test_other_roles_are_refused_and_other_providers_find_nothing(client, world, session):
    trainee(world, session)
    for role, actor in world.actors.items():
        if role != Role.PROVIDER:
            client = login(client, actor)
            assert client.get(PAGE).status_code == 403, role
            assert client.get(results(session)).status_code == 403, role
    other = factories.actor(Role.PROVIDER, factories.organisation(OrganisationKind.PROVIDER))
    own = factories.session(other.organisation)
    client = login(client, other)
    assert client.get(PAGE, {"session": session.pk}).status_code == 404
    assert client.get(PAGE, {"session": "abc"}).status_code == 404
    assert client.get(results(session)).status_code == 404
    assert client.get(results(own)).status_code == 200


def test_queries_do_not_grow_with_the_people(client, world, session, django_assert_max_num_queries):
    for _ in range(3):
        trainee(world, session)
    client = login(client, world.provider)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
