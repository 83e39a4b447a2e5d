"""The list of leavers: who is in which group, order, search, export, roles."""

import io
import zipfile
from datetime import timedelta

import pytest

from config import clock
from pathways.enums import OrganisationKind, Role
from pathways.models import EmploymentArea
from prescriptions.models import Prescription
from tests import factories
from tests.factories import World
from tests.followup.courses import FRIDAY, MONDAY, course, login, trainee

pytestmark = pytest.mark.django_db
PAGE = "/sortants/"
#: Ten days after the exits.
LATER = FRIDAY + timedelta(days=10)


@pytest.fixture(autouse=True)
def _ten_days_later():
    with clock.at(LATER):
        yield


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def session(world):
    return course(world)


def leaver(world, session, name, day=FRIDAY, kind="complete", **fields):
    story = trainee(world, session, name)
    if fields:
        person = story.pathway.beneficiary
        for key, value in fields.items():
            setattr(person, key, value)
        person.save()
    story.tell(kind, day)
    return story


def shown(client, **query):
    return client.get(PAGE, query).content.decode()


def test_those_who_wait_the_longest_come_first_and_late_ones_are_marked(client, world, session):
    leaver(world, session, "Tardif", MONDAY + timedelta(days=1), phone="06 39 98 00 01")
    leaver(world, session, "Nouveau", LATER - timedelta(days=1))
    html = shown(login(client, world.advisor))
    assert html.index("Tardif") < html.index("Nouveau")
    assert "en retard de 8\u00a0j" in html  # exit on the 3rd, due on the 8th, seen on the 16th
    assert "dans 4\u00a0j" in html
    assert 'href="tel:0639980001"' in html
    assert "Contactés : 0 sur 2 (0 %)" in html


def test_each_group_holds_its_people(client, world, session):
    day = FRIDAY + timedelta(days=1)
    leaver(world, session, "Attend")
    leaver(world, session, "Appele").tell("contact", day, reason="no_answer")
    leaver(world, session, "Joint").tell("contact", day)
    leaver(world, session, "Employe").tell("employ", day)
    leaver(world, session, "Ailleurs").tell("record_outcome", day)
    lost = leaver(world, session, "Perdu")
    for n in range(3):
        lost.tell("contact", day + timedelta(days=n), reason="no_answer")
    lost.tell("lose_contact", LATER)
    trainee(world, session, "Encore")
    client = login(client, world.advisor)
    names = ("Attend", "Appele", "Joint", "Employe", "Ailleurs", "Perdu", "Encore")

    def found(**query):
        html = shown(client, **query)
        return {name for name in names if f"{name} Camille" in html}

    assert found() == {"Attend", "Appele"}
    assert found(situation="joints") == {"Joint"}
    assert found(situation="emploi") == {"Employe"}
    assert found(situation="autre") == {"Ailleurs"}
    assert found(situation="perdus") == {"Perdu"}
    assert found(situation="tous") == set(names) - {"Encore"}
    assert found(situation="inconnu") == {"Attend", "Appele"}
    assert "Contactés : 1 sur 6 (17 %)" in shown(client)


def test_the_three_calls_before_losing_sight_are_explained(client, world, session):
    story = leaver(world, session, "Muet")
    client = login(client, world.advisor)
    for _ in range(2):
        story.tell("contact", LATER, reason="message_left")
    html = shown(client)
    assert "possible après 3 appels sans réponse (2 notés)" in html
    assert "lose_contact" not in html
    assert "dernier le 16/03/2026 : message laissé, sans retour" in html
    story.tell("contact", LATER, reason="no_answer")
    assert f"/dossiers/{story.pathway.pk}/fait/lose_contact/" in shown(client)


def test_someone_who_came_back_to_training_is_not_to_contact(client, world, session):
    story = leaver(world, session, "Revenu")
    opening = LATER + timedelta(days=20)
    story.prescription = Prescription.objects.create(
        pathway=story.pathway,
        session=course(world, starts_on=opening, ends_on=opening + timedelta(days=30)),
        prescriber=world.referent.user,
        prescriber_organisation=world.referent.organisation,
    )
    for kind in ("submit", "admit", "register"):
        story.tell(kind, LATER)
    client = login(client, world.advisor)
    assert "Revenu" in shown(client)
    story.tell("enter", opening)
    with clock.at(opening):
        assert "Revenu" not in shown(client)


def test_search_ignores_accents_and_sort_goes_both_ways(client, world, session):
    leaver(world, session, "Élodie")
    leaver(world, session, "Zoé", MONDAY)
    client = login(client, world.advisor)
    assert "Zoé" not in shown(client, q="elodie")
    by_name = shown(client, tri="-nom")
    assert by_name.index("Zoé Camille") < by_name.index("Élodie Camille")
    assert "Personne ne porte ce nom" in shown(client, q="introuvable")


def test_pages_follow_each_other_without_repeating_anybody(client, world, session, monkeypatch):
    monkeypatch.setattr("followup.views.leavers.PAGE_SIZE", 2)
    for n in range(5):
        leaver(world, session, f"Nom{n}e")
    client = login(client, world.advisor)
    seen, url = [], "?"
    while url:
        page = client.get(PAGE + url)
        seen += [line["row"].pk for line in page.context["lines"]]
        url = page.context["next_url"]
    assert len(seen) == len(set(seen)) == 5


def test_the_export_holds_exactly_what_is_shown(client, world, session):
    leaver(world, session, "=Formule")
    leaver(world, session, "Joint").tell("contact", LATER)
    answer = login(client, world.advisor).get("/sortants/export/", {"situation": "contacter"})
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    text = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
    text += book.read("xl/worksheets/sheet1.xml").decode()
    assert "=Formule Camille" in text
    assert "<f>" not in text
    assert "Joint Camille" not in text


def test_each_sees_own_people_and_other_roles_nothing(client, world, session):
    leaver(world, session, "Visible")
    for role, actor in world.actors.items():
        answer = login(client, actor).get(PAGE)
        if role in (Role.ADVISOR, Role.REFERENT, Role.DEPARTMENT_MANAGER):
            assert "Visible" in answer.content.decode(), role
        else:
            assert answer.status_code == 403, role
            assert client.get("/sortants/export/").status_code == 403, role
    elsewhere = factories.organisation(OrganisationKind.AGENCY)
    elsewhere.areas.add(EmploymentArea.objects.create(code="9301", vintage=2020, name="Aix"))
    other = login(client, factories.actor(Role.ADVISOR, elsewhere))
    assert "Visible" not in shown(other, situation="tous")
    assert "Personne à contacter" in shown(other)


def test_queries_do_not_grow_with_the_people(client, world, session, django_assert_max_num_queries):
    client = login(client, world.advisor)
    for n in range(3):
        leaver(world, session, f"Nom{n}e").tell("contact", LATER, reason="no_answer")
    with django_assert_max_num_queries(20):
        client.get(PAGE)
