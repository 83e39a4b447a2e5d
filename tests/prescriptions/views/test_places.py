"""The board of places: empty seats ahead, entries behind, alerts, the picture."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.services import detect
from pathways.enums import Role
from pathways.models import EmploymentArea
from tests.factories import World

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def opening(world, days, **fields):
    return world.session(starts_on=TODAY + timedelta(days=days), **fields)


def shown(client, **query):
    return [line["session"] for line in client.get("/places/", query).context["lines"]]


def test_sessions_with_empty_places_come_by_opening(world, login):
    late, soon = opening(world, 40), opening(world, 6)
    opening(world, 7, capacity=0)
    opening(world, 90)
    opening(world, 8, capacity=None)
    elsewhere = opening(world, 9)
    elsewhere.is_regional = False
    elsewhere.save()
    client = login(Role.REGION_OFFICER)
    assert shown(client) == [soon, late]
    assert shown(client, fenetre="15") == [soon]
    assert shown(client, tri="-ouverture") == [late, soon]
    assert len(shown(client, vue="toutes")) == 4
    assert len(shown(client, vue="inconnues")) == 1
    text = client.get("/places/").content.decode()
    assert "dans 6\xa0j" in text
    assert "jamais déclaré" not in text


def test_an_advisor_reads_the_bassins_of_the_agency(world, login):
    own = opening(world, 6)
    foreign = World.make()
    opening(foreign, 6)
    assert shown(login(Role.ADVISOR)) == [own]
    assert len(shown(login(Role.REGION_OFFICER))) == 2
    assert shown(login(Role.REGION_OFFICER), bassin=world.area.pk) == [own]
    # An area of somebody else narrows an advisor's list to nothing; it opens nothing.
    assert shown(login(Role.ADVISOR), bassin=foreign.area.pk) == []


def test_filling_is_entries_over_places(world, login):
    session = world.session(capacity=4, starts_on=TODAY - timedelta(days=2))
    for name in ("Amrani", "Bellil"):
        story = world.story(name, session)
        for kind in ("submit", "admit", "register"):
            story.tell(kind)
    story.tell("enter", TODAY - timedelta(days=2))
    page = login(Role.REGION_OFFICER).get("/places/", {"vue": "ouvertes"})
    figures = page.context["figures"]
    assert (figures.capacity, figures.held, figures.entered, figures.rate) == (4, 2, 1, 0.25)
    (line,) = page.context["lines"]
    assert (line["entered"], line["rate"]) == (1, 25)
    assert "Amrani" not in page.content.decode()


def test_the_alert_of_a_session_is_on_its_line(world, login):
    session = opening(world, 6)
    opening(world, 50)
    detect()
    lines = login(Role.REGION_OFFICER).get("/places/").context["lines"]
    assert [bool(line["alert"]) for line in lines] == [True, False]
    assert lines[0]["session"] == session


def test_the_chart_says_its_finding_and_adds_up(world, login):
    first, second = opening(world, 6, capacity=3), opening(world, 20, capacity=10)
    story = world.story("Amrani", first)
    story.tell("submit")
    story.tell("admit")
    chart = login(Role.REGION_OFFICER).get("/places/").context["chart"]
    assert [series.values for series in chart.series] == [[1, 0], [2, 10]]
    week = second.starts_on - timedelta(days=second.starts_on.weekday())
    assert chart.finding.replace("\xa0", " ") == (
        f"1 place tenue sur 13 ; la semaine du {week:%d/%m} en laisse le plus de vides (10)"
    )


def test_nothing_to_show(login):
    page = login(Role.REGION_OFFICER).get("/places/")
    assert page.context["chart"] is None
    assert "Aucune session dans cette vue" in page.content.decode()


@pytest.mark.parametrize("role", [Role.REFERENT, Role.PROVIDER, Role.COMMITTEE_MEMBER])
def test_who_has_no_board(login, role):
    assert login(role).get("/places/").status_code == 403


def test_the_board_costs_the_same_for_two_sessions_or_twenty(world, login):
    EmploymentArea.objects.create(code="9999", vintage=2020, name="Arles")
    client, costs = login(Role.REGION_OFFICER), []
    for number in (2, 18):
        for n in range(number):
            session = opening(world, n + 1)
        story = world.story(session=world.session(starts_on=TODAY - timedelta(days=4)))
        for kind in ("submit", "admit", "register"):
            story.tell(kind)
        story.tell("no_show", TODAY - timedelta(days=4))
        seated = world.story(session=session)
        seated.tell("submit")
        seated.tell("admit")
        detect()
        with CaptureQueriesContext(connection) as counted:
            client.get("/places/")
        costs.append(len(counted))
    assert len(shown(client)) == 20
    assert costs[1] <= costs[0]
