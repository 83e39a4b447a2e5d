"""« Équité des refus » as the Région and the Département read it: counts, masks, export of what is shown."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from config import clock
from pathways import parameters
from pathways.enums import OrganisationKind, Role
from prescriptions.models import Prescription
from tests.factories import FIRST_DAY, World, actor, organisation, session
from tests.readable import sheet_rows, text_of

TODAY = FIRST_DAY + timedelta(days=40)


def decide(world, number, refused, *, course=None, **person):
    """So many people of one profile, so many of them refused, the others admitted."""
    course = course or world.session(capacity=200)
    for rank in range(number):
        story = world.story(f"Secret{rank}", course, **person)
        by = actor_of(course)
        story.tell("submit", FIRST_DAY)
        story.tell("refuse" if rank < refused else "admit", FIRST_DAY + timedelta(days=5), by=by)
    return course


ACTORS = {}


def actor_of(course):
    if course.provider_id not in ACTORS:
        ACTORS[course.provider_id] = actor(Role.PROVIDER, course.provider)
    return ACTORS[course.provider_id]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(), clock.at(TODAY):
        world = World.make()
        world.actors[Role.REGION_OFFICER].organisation.save()
        small = session(
            organisation(OrganisationKind.PROVIDER, "Petit organisme"), area=world.area, capacity=50
        )
        course = decide(world, 14, 9, sex="F")
        decide(world, 12, 5, course=course, sex="M")
        decide(world, 3, 1, course=small, sex="M")
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def db(world):
    from django.db import transaction

    with transaction.atomic(), clock.at(TODAY):
        yield
        transaction.set_rollback(True)


@pytest.fixture
def read(world, db):
    def answer(role=Role.REGION_OFFICER, path="/pilotage/equite/"):
        client = Client()
        client.force_login(world.actors[role].user)
        return client.get(path)

    return answer


def rows_of(text):
    """Label -> cells, for every table of the page."""
    rows = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", text):
        rows.setdefault(row[0], re.findall(r"<td[^>]*>(.*?)</td>", row[1]))
    return rows


@pytest.mark.parametrize("role", [Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER])
def test_rates_of_who_is_refused_are_shown_without_a_name(world, read, role):
    text = text_of(read(role))
    assert "15 / 29" not in text
    assert "Secret" not in text
    assert "Camille" not in text
    tables = re.findall(r"<table class=\"data-table data-table-plain\">.*?</table>", text, re.DOTALL)
    sexes = next(table for table in tables if "Femmes" in table and "Décisions" in table)
    assert rows_of(sexes) == {
        "Femmes": ["14", "9", "64,3\u00a0%", "38,8\u00a0% à 83,7\u00a0%"],
        "Hommes": ["15", "6", "40,0\u00a0%", "19,8\u00a0% à 64,3\u00a0%"],
    }
    assert "Aucune différence établie entre les femmes et les hommes" in text


def test_a_small_provider_is_hidden_with_the_one_that_would_give_it_away(world, read):
    text = text_of(read())
    for name in ("Petit organisme", world.provider.organisation.name):
        assert rows_of(text)[name] == ["masqué", "masqué", "masqué", "–"]


def test_the_export_holds_what_the_page_shows_and_hides_what_it_hides(world, read):
    rows = {row[1]: row[2:] for row in sheet_rows(read(path="/pilotage/equite/export/"))[1:]}
    assert rows["Femmes"][:3] == [14, 9, 64.3]
    assert set(rows["Petit organisme"]) == {"masqué"}
    assert set(rows[world.provider.organisation.name]) == {"masqué"}
    assert rows["Prérequis insuffisants"][1] == 15


def test_a_higher_threshold_hides_more(world, read):
    parameters.choose("small_numbers", 11, TODAY, "Choix du comité", world.actors[Role.REGION_OFFICER])
    assert rows_of(text_of(read()))["Femmes"] == ["masqué", "masqué", "masqué", "–"]


def test_a_year_of_almost_nothing_shows_not_even_its_totals(world, read):
    kept = Prescription.objects.filter(state="refused").order_by("pk").values("pk")[:3]
    Prescription.objects.filter(pk__in=list(kept.values_list("pk", flat=True))).update(
        decided_on=FIRST_DAY.replace(year=2025)
    )
    text = text_of(read(path="/pilotage/equite/?annee=2025"))
    assert "Trop peu de décisions pour en parler" in text
    assert len(sheet_rows(read(path="/pilotage/equite/export/?annee=2025"))) == 1


def test_the_department_reads_of_its_own_people_only(world, read):
    other = World.make()
    client = Client()
    client.force_login(other.manager.user)
    assert "Trop peu de décisions" in text_of(client.get("/pilotage/equite/"))
