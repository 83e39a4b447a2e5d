"""A manager finds two files of one person, merges them, opens the old address, and takes the merge back."""

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from config import clock
from pathways.enums import Role
from pathways.merging.detection import find_duplicates
from pathways.models import Pathway, RsaSituation
from tests.browser.visitor import Visitor
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "Même carte d'identité, vue au rendez-vous."


def ago(days: int):
    return clock.today() - timedelta(days)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def pair(world):
    """(kept, other): the second file has the accents, the telephone and the course."""
    past = world.session(starts_on=ago(70), ends_on=ago(10))
    kept = world.story("Benali", past, first_name="Zoe", pe_identifier="1234567A", city="Marseille")
    kept.tell("submit", ago(90))
    kept.tell("refuse", ago(80))
    course = world.session(starts_on=ago(40), ends_on=ago(-60))
    other = world.story(
        "Ben-Ali", course, first_name="Zoé", phone="0612345678", email="zoe@exemple.invalid", city="Aubagne"
    )
    for kind, days in (("submit", 70), ("admit", 60), ("register", 50), ("enter", 40)):
        other.tell(kind, ago(days))
    RsaSituation.objects.create(
        beneficiary=other.pathway.beneficiary, entered_on=ago(300), known_on=ago(20), has_duties=True
    )
    world.story("Durand", first_name="Léa", birth_date=ago(9000))
    world.story("Durand", first_name="Léo", birth_date=ago(9000), pe_identifier="7654321B")
    find_duplicates()
    return kept, other


@pytest.fixture
def manager(open_page, axe, fits, world):
    return Visitor(open_page(), axe, fits).log_in(world.manager)


def test_two_files_become_one_and_come_apart_again(manager, pair):
    kept, other = pair
    manager.menu("Doublons")
    row = manager.page.get_by_role("row").filter(has_text="Benali Zoe")
    expect(row).to_contain_text("Même date de naissance, même nom (écrit autrement)")
    expect(row).to_contain_text("Presque certain")
    manager.follow("Comparer", within=row)
    expect(manager.page.get_by_role("region", name="Si les deux dossiers sont fusionnés")).to_contain_text(
        "En formation depuis le"
    )
    manager.page.get_by_role("group", name="Prénom").get_by_label("Zoé").check()
    manager.fill(why=WHY)
    manager.look(dark=True)
    manager.send("Fusionner les deux dossiers", "n'en font plus qu'un")
    assert manager.page.url.endswith(f"/dossiers/{kept.pathway.pk}/")
    expect(manager.page.get_by_role("heading", level=1)).to_contain_text("Zoé Benali")
    merged = manager.page.locator(".event").filter(has_text="Dossier fusionné")
    expect(merged).to_contain_text(WHY)
    expect(merged).to_contain_text("Zoé Ben-Ali")

    # -- An old bookmark.
    manager.goto(f"/dossiers/{other.pathway.pk}/")
    assert manager.page.url.endswith(f"/dossiers/{kept.pathway.pk}/")

    # -- Taken back.
    manager.follow("Corriger", within=merged)
    expect(manager.page.locator("main")).to_contain_text("de nouveau à part")
    manager.fill(why="Deux cousines, en fait.")
    manager.send("Retirer ce fait", "Fait retiré")
    manager.goto(f"/dossiers/{other.pathway.pk}/")
    assert manager.page.url.endswith(f"/dossiers/{other.pathway.pk}/")
    assert Pathway.objects.get(pk=other.pathway.pk).state == "in_training"


def test_two_people_are_set_aside_and_examined_again(manager, pair):
    manager.menu("Doublons")
    row = manager.page.get_by_role("row").filter(has_text="Durand")
    expect(row).to_have_count(1)
    manager.follow("Comparer", within=row)
    manager.page.get_by_role("button", name="Ce sont deux personnes").click()
    expect(manager.page.locator(".error-summary")).to_contain_text("Dites en une phrase")
    manager.look()
    manager.page.faults.clear()  # the browser reports the 422 itself, which is what was asked for
    manager.fill(reason="Deux jumeaux, reçus ensemble.")
    manager.send("Ce sont deux personnes", "ce sont deux personnes")
    expect(manager.page.get_by_role("row").filter(has_text="Durand")).to_have_count(0)
    manager.follow("Écartés")
    expect(manager.page.get_by_role("row").filter(has_text="Durand")).to_contain_text("Deux jumeaux")
    manager.send("Examiner à nouveau", "de nouveau à examiner")
    expect(manager.page.get_by_role("row").filter(has_text="Durand")).to_have_count(1)


def test_every_size_and_scheme(review, world, pair):
    client = Client()
    client.force_login(world.actors[Role.DEPARTMENT_MANAGER].user)
    kept, other = (story.pathway.beneficiary_id for story in pair)
    review(client, "/doublons/", "duplicates")
    review(client, "/doublons/?liste=ecartes", "duplicates-dismissed")
    review(client, f"/doublons/{kept}/{other}/", "merge")
    review(client, f"/dossiers/{pair[0].pathway.pk}/", "file-with-duplicate")
