"""An early exit recorded by mistake, taken back from the history; then the true one, for a job: never a failure."""

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from config import clock
from tests.browser.visitor import Visitor
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MISTAKE = "Confusion avec une autre stagiaire du même nom."


def ago(days: int):
    return clock.today() - timedelta(days)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def trainee(world):
    """Somebody who entered a course forty days ago."""
    story = world.story("Bellil", world.session(starts_on=ago(40), ends_on=ago(-60)))
    for kind, days in (("submit", 90), ("admit", 80), ("register", 50), ("enter", 40)):
        story.tell(kind, ago(days))
    return story


@pytest.fixture
def visitor(open_page, axe, fits):
    """`visitor()`: somebody at a browser of their own; nobody looks at a page twice."""
    return lambda: Visitor(open_page(), axe, fits)


def open_exit(visitor: Visitor, story) -> None:
    visitor.goto(f"/dossiers/{story.pathway.pk}/")
    visitor.follow("Sortie anticipée")


def stands_at(visitor: Visitor, label: str) -> None:
    expect(visitor.page.locator(".milestones [aria-current]")).to_contain_text(label)


def test_a_wrong_exit_is_taken_back_then_the_departure_for_a_job_recorded(visitor, world, trainee):
    provider = visitor().log_in(world.provider)
    open_exit(provider, trainee)
    provider.choose("Difficultés financières")
    provider.fill(occurred_on=str(ago(6)))
    provider.send("Enregistrer", "Enregistré pour Camille Bellil")
    stands_at(provider, "Sorti")
    assert trainee.refresh().pathway.state == "dropped_out"

    # -- Taken back from the history: one click opens what it changes, the reason is typed, one click records.
    provider.follow("Corriger : Formation interrompue")
    effects = provider.page.get_by_role("region", name="Si ce fait est retiré")
    expect(effects).to_contain_text("En formation")
    provider.look()
    assert trainee.refresh().pathway.state == "dropped_out"
    provider.fill(why=MISTAKE)
    provider.send("Retirer ce fait", "Fait retiré")
    stands_at(provider, "En formation")
    assert trainee.refresh().pathway.state == "in_training"
    struck = provider.page.locator(".event-annulled")
    expect(struck.locator("s")).to_have_text("Formation interrompue : Difficultés financières")
    expect(struck.locator(".event-correction")).to_contain_text(
        f"Corrigé le {clock.today():%d/%m/%Y} par {world.provider.user} : {MISTAKE}"
    )

    # -- The true exit: the person leaves for a job.
    open_exit(provider, trainee)
    provider.choose("Retour à l'emploi")
    provider.page.get_by_label("Type de contrat").select_option(label="CDI")
    provider.fill(occurred_on=str(ago(3)), detail_employer="Bâti Sud")
    provider.look(dark=True)
    provider.send("Enregistrer", "Enregistré pour Camille Bellil")

    # -- The référent reads it: in a job, and what was wrong stays visible with who put it right.
    referent = visitor().log_in(world.referent)
    referent.goto(f"/dossiers/{trainee.pathway.pk}/")
    stands_at(referent, "En emploi")
    assert trainee.refresh().pathway.state == "employed"
    by_provider = f"{world.provider.user}, {world.provider.organisation}"
    assert referent.timeline()[:2] == [
        (f"{ago(3):%d/%m/%Y}", "Parti en emploi pendant la formation", by_provider),
        (f"{ago(6):%d/%m/%Y}", "Annulé : Formation interrompue : Difficultés financières", by_provider),
    ]
    expect(referent.page.locator(".event-correction")).to_contain_text(MISTAKE)
    main = referent.page.locator("main").inner_text()
    assert not [word for word in ("abandon", "échec") if word in main.lower()]


def test_two_tabs_record_one_exit_and_the_second_is_told_why(visitor, world, trainee):
    first, second = visitor().log_in(world.provider), visitor().log_in(world.provider)
    for tab in (first, second):
        open_exit(tab, trainee)
        tab.choose("Difficultés financières")
        tab.fill(occurred_on=str(ago(2)))
    first.send("Enregistrer", "Enregistré pour Camille Bellil")
    second.page.get_by_role("button", name="Enregistrer").click()
    summary = second.page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("formation suivie « Interrompue »")
    expect(summary).to_contain_text("Quelqu'un l'a peut-être déjà enregistré")
    second.look()
    second.page.faults.clear()  # the browser reports the 422 itself, which is what was asked for
    assert trainee.pathway.events.filter(kind="drop_out").count() == 1


def test_a_double_click_records_once(visitor, world, trainee):
    provider = visitor().log_in(world.provider)
    open_exit(provider, trainee)
    provider.choose("Difficultés financières")
    provider.fill(occurred_on=str(ago(2)))
    provider.page.get_by_role("button", name="Enregistrer").dblclick(no_wait_after=True)
    stands_at(provider, "Sorti")
    assert trainee.pathway.events.filter(kind="drop_out").count() == 1


def dropped(trainee):
    trainee.tell("drop_out", ago(6))
    return f"/dossiers/{trainee.pathway.pk}/corriger/{trainee.pathway.events.get(kind='drop_out').pk}/"


def test_what_a_rectification_changes_follows_the_typing_and_keeps_the_focus(visitor, world, trainee):
    provider = visitor().log_in(world.provider)
    provider.goto(dropped(trainee))
    day = provider.page.get_by_label("Dernier jour de présence")
    day.fill(str(ago(4)))
    told = provider.page.locator("#rectification")
    expect(told).to_contain_text(f"Interrompue depuis le {ago(4):%d/%m/%Y}")
    expect(day).to_be_focused()
    provider.look()
    day.fill(str(ago(70)))
    expect(told).to_contain_text("Ce n'est pas possible ainsi")
    day.fill(str(ago(4)))
    expect(told).to_contain_text(f"Interrompue depuis le {ago(4):%d/%m/%Y}")
    assert trainee.refresh().pathway.state_since == ago(6)
    provider.fill(why=MISTAKE)
    provider.send("Rectifier", "Fait rectifié")
    assert trainee.refresh().pathway.state_since == ago(4)


def test_without_scripts_a_fact_is_taken_back_with_one_button_and_set_right_after_a_look(
    open_page, world, trainee
):
    client = Client()
    client.force_login(world.provider.user)
    page = open_page(client, scripts=False)
    page.goto(dropped(trainee))
    page.get_by_label("Dernier jour de présence").fill(str(ago(4)))
    page.get_by_role("button", name="Voir ce que cela change").click()
    expect(page.locator("#rectification")).to_contain_text(f"Interrompue depuis le {ago(4):%d/%m/%Y}")
    page.get_by_label("Raison de la correction").fill(MISTAKE)
    page.get_by_role("button", name="Rectifier").click()
    expect(page.locator("#messages")).to_contain_text("Fait rectifié")
    page.get_by_role("link", name="Corriger : Formation interrompue").click()
    page.get_by_label("Raison de la correction").fill(MISTAKE)
    page.get_by_role("button", name="Retirer ce fait").click()
    expect(page.locator("#messages")).to_contain_text("Fait retiré")
    assert trainee.refresh().pathway.state == "in_training"
