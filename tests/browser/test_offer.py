"""A provider completes a session, from the line of the pile to the page where its figures are those of the day."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from config import clock
from pathways.enums import Role
from tests.browser.visitor import Visitor
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    made = World.make()
    provider = made.provider.organisation
    provider.name, provider.phone = "AFPA Marseille Saint-Jérôme", "04 91 00 00 00"
    provider.save()
    return made


def row(page, number):
    return page.locator("fieldset.meeting-row").nth(number)


def announce(page, number, nature, day, hour, place):
    line = row(page, number)
    line.get_by_label("Nature").select_option(label=nature)
    line.get_by_label("Jour").fill(day.isoformat())
    line.get_by_label("Heure").fill(hour)
    line.get_by_label("Lieu").fill(place)


def test_a_provider_completes_a_session_from_the_pile(open_page, axe, fits, world):
    opening = clock.today() + timedelta(days=25)
    session = world.session(starts_on=opening, capacity=None, known_on=clock.today())
    visitor = Visitor(open_page(), axe, fits).log_in(world.provider)
    page = visitor.page
    line = page.locator("li, article").filter(has_text="Manque :").first
    expect(line).to_contain_text("nombre de places")
    visitor.follow("Compléter", within=line)

    page.get_by_label("Nombre de places").fill("12")
    page.get_by_label("Effectif minimal pour ouvrir").fill("20")
    page.get_by_label("Heures par stagiaire").fill("455")
    page.get_by_label("Prix par place").fill("4 322,50")
    page.get_by_label("Recrutement").select_option(label="Ouvert")
    announce(
        page, 0, "Information collective", opening - timedelta(days=12), "09:30", "12 rue Haute, Marseille"
    )
    page.get_by_role("button", name="Ajouter un rendez-vous").click()
    expect(page.get_by_label("Nombre de places")).to_have_value("12")
    announce(page, 1, "Commission d'entrée", opening - timedelta(days=5), "14:00", "12 rue Haute, Marseille")

    # A minimum above the places is told beside its field, and nothing typed is lost.
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.locator(".error-summary")).to_contain_text("L'effectif minimal dépasse le nombre de places")
    assert [fault for fault in page.faults if "422" not in fault] == []
    page.faults.clear()  # the browser tells of the refusal that was asked for
    visitor.look()
    expect(row(page, 1).get_by_label("Lieu")).to_have_value("12 rue Haute, Marseille")
    page.get_by_label("Effectif minimal pour ouvrir").fill("6")
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.locator("#messages")).to_contain_text("Session mise à jour")
    visitor.look(dark=True)

    told = page.locator("dl.facts-told")
    for value in ("12", "6", "455 h", "4 322,50 €", "9,50 €", "Ouvert"):
        expect(told.get_by_text(value, exact=True).first).to_be_visible()
    expect(told).to_contain_text("déclaré par AFPA Marseille Saint-Jérôme, à l'instant")
    expect(page.locator(".meeting-list")).to_contain_text("Commission d'entrée")
    expect(page.locator("main")).not_to_contain_text("À compléter")

    visitor.follow("Ma pile du jour", within=page.get_by_role("navigation").first)
    expect(page.locator("main")).not_to_contain_text("Manque :")
    session.refresh_from_db()
    assert (session.capacity, session.minimum, session.meetings.count()) == (12, 6, 2)
    assert session.declared_by == world.actors[Role.PROVIDER].organisation
