"""The control of the time machine in a real browser: by hand, without scripts, on a desk and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from config import clock
from pathways.corrections import correct
from pathways.enums import Role
from tests.two_worlds import ENTRY, TODAY, peopled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    world = peopled("Kermadec")
    enter = world.trainee.pathway.events.get(kind="enter")
    with clock.at(TODAY - timedelta(days=25)):
        correct(
            enter.pk,
            world.actor(Role.PROVIDER),
            comment="Un jour trop tôt.",
            occurred_on=enter.occurred_on + timedelta(days=1),
        )
    return world


@pytest.fixture
def page_of(client, open_page, people):
    def open_as(role: Role, **options):
        client.force_login(people.actor(role).user)
        return open_page(client, **options)

    return open_as


@pytest.mark.parametrize("size", ["1280", "360"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_day_is_chosen_and_left_again(page_of, people, axe, fits, size, scripts):
    page = page_of(Role.REFERENT, size=size, scripts=scripts)
    page.goto("/dossiers/")
    page.locator(".reading-choice > summary").click()
    page.get_by_label("Lire au").fill(str(ENTRY[2][1]))
    fits(page)
    page.get_by_role("button", name="Lire", exact=True).click()
    expect(page.locator(".reading-past")).to_contain_text("Vous lisez cette page au")
    fits(page)
    if scripts:
        axe(page)
    page.get_by_role("link", name="Kermadectrainee Camille").click()
    expect(page.locator(".reading-past")).to_contain_text("Vous lisez cette page au")
    expect(page.locator("main")).to_contain_text("rien ne s'enregistre ici")
    expect(page.locator(".milestone-current")).to_contain_text("Retenu")
    page.get_by_role("link", name="Revenir à aujourd'hui", exact=True).click()
    expect(page.locator(".reading-past")).to_have_count(0)


@pytest.mark.parametrize("size", ["1280", "360"])
def test_what_was_learnt_since_is_listed(page_of, people, axe, fits, size):
    page = page_of(Role.REFERENT, size=size)
    day = ENTRY[3][1]
    page.goto(f"/au/{day}/connu/{day}/dossiers/{people.trainee.pathway.pk}/")
    page.get_by_role("link", name="1 fait appris depuis, dont 1 correction").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qu'on a appris depuis")
    expect(page.locator("main")).to_contain_text("Un jour trop tôt.")
    fits(page)
    axe(page)
    page.get_by_role("link", name="Revenir à la page lue").click()
    expect(page.locator(".milestone-current")).to_contain_text("En formation")


def test_a_wrong_day_is_told_in_the_control(page_of, people, axe, fits):
    page = page_of(Role.REFERENT, size="360")
    page.goto("/dossiers/?lu_au=2200-01-01")
    expect(page.locator(".reading-form")).to_contain_text("est dans l'avenir")
    fits(page)
    axe(page)
