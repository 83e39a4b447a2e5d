"""The pages of a pathway in a real browser: each size and scheme, without scripts, by keyboard."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from config import clock
from notifications.services import detect
from pathways.corrections import annul
from pathways.enums import Role
from pathways.models import RsaSituation, StateDelay
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ago(days: int):
    return clock.today() - timedelta(days)


@pytest.fixture
def world():
    # A flush between transactional tests also takes what migrations put there.
    StateDelay.objects.get_or_create(
        state="prescribed", defaults={"days": 14, "explanation": "une réponse de l'organisme"}
    )
    StateDelay.objects.get_or_create(
        state="identified", defaults={"days": 21, "explanation": "une prescription, ou un échange noté"}
    )
    return World.make()


@pytest.fixture
def client_of(world):
    def log_in(role: Role) -> Client:
        client = Client()
        client.force_login(world.actors[role].user)
        return client

    return log_in


@pytest.fixture
def stuck(world):
    """Somebody prescribed for 38 days, after a first request taken back as a mistake."""
    session = world.session(starts_on=clock.today() + timedelta(20))
    story = world.story(
        "Amrani", session, phone="06 00 00 00 01", email="samia@exemple.invalid", city="Marseille"
    )
    RsaSituation.objects.create(beneficiary=story.pathway.beneficiary, entered_on=ago(300), has_duties=True)
    mistaken = story.tell("note", ago(40), comment="Entretien du matin.").event
    with clock.at(ago(39)):
        annul(mistaken.pk, world.referent, comment="Mauvaise personne.")
    story.tell("submit", ago(38))
    story.tell("remind", ago(10))
    return story


@pytest.fixture
def trainee(world):
    session = world.session(starts_on=ago(30))
    story = world.story("Bellil", session)
    for kind, days in (("submit", 90), ("admit", 70), ("register", 40), ("enter", 30)):
        story.tell(kind, ago(days))
    story.tell("suspend", ago(20), by=world.referent, comment="Arrêt de travail.")
    story.tell("resume", ago(10))
    return story


def file_of(story) -> str:
    return reverse("pathways:file", args=[story.pathway.pk])


def fact_of(story, kind: str) -> str:
    return reverse("pathways:fact", args=[story.pathway.pk, kind]) + f"?prescription={story.prescription.pk}"


def test_pile_list_and_file_pass_the_review(review, client_of, stuck, trainee):
    detect(["pathway_stuck"])
    referent = client_of(Role.REFERENT)
    review(referent, "/", "pile")
    review(referent, "/dossiers/", "dossiers")
    review(referent, file_of(stuck), "dossier")


def test_the_providers_file_passes_the_review(review, client_of, trainee):
    provider = client_of(Role.PROVIDER)
    review(provider, file_of(trainee), "dossier-of")
    review(provider, "/dossiers/", "dossiers-of")


def test_forms_pass_the_review(review, client_of, trainee, stuck):
    review(client_of(Role.PROVIDER), fact_of(trainee, "drop_out"), "sortie")
    review(client_of(Role.PROVIDER), fact_of(stuck, "refuse"), "refus")
    review(client_of(Role.PROVIDER), fact_of(stuck, "enter"), "impossible")
    event = stuck.pathway.events.get(kind="submit")
    address = reverse("pathways:correct", args=[stuck.pathway.pk, event.pk])
    review(client_of(Role.REFERENT), address, "correction")


def test_the_details_of_a_job_appear_with_its_cause(open_page, client_of, trainee, axe):
    page = open_page(client_of(Role.PROVIDER))
    page.goto(fact_of(trainee, "drop_out"))
    contract = page.get_by_label("Type de contrat")
    expect(contract).to_be_hidden()
    page.get_by_role("radio", name="Retour à l'emploi").check()
    expect(contract).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe(page)
    page.faults.clear()  # the browser reports the 422 itself, which is what was asked for
    contract.select_option(label="CDI")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Parti en emploi pendant la formation").first).to_be_visible()


def test_an_early_exit_for_a_job_is_recorded_without_scripts(open_page, client_of, trainee):
    page = open_page(client_of(Role.PROVIDER), scripts=False)
    page.goto(file_of(trainee))
    page.get_by_role("link", name="Sortie anticipée").click()
    page.get_by_role("radio", name="Retour à l'emploi").check()
    page.get_by_label("Type de contrat").select_option(label="CDI")
    page.get_by_role("button", name="Enregistrer").click()
    assert trainee.refresh().pathway.state == "employed"


def test_a_wrong_drop_out_is_taken_back_in_two_clicks_and_told_beforehand(open_page, client_of, trainee, axe):
    trainee.tell("drop_out", ago(5))
    page = open_page(client_of(Role.PROVIDER))
    page.goto(file_of(trainee))
    page.get_by_role("link", name="Corriger : Formation interrompue").click()
    effects = page.get_by_role("region", name="Si ce fait est retiré")
    expect(effects).to_contain_text("En formation depuis le")
    axe(page)
    page.get_by_label("Raison de la correction").fill("Confusion avec une autre stagiaire.")
    page.get_by_role("button", name="Retirer ce fait").click()
    history = page.locator(".history")
    expect(history).to_contain_text("Confusion avec une autre stagiaire.")
    assert trainee.refresh().pathway.state == "in_training"


@pytest.mark.parametrize("size", ["360", "1280"])
def test_the_same_note_about_several_people_with_who_is_refused_and_why(
    open_page, client_of, world, stuck, axe, fits, size
):
    employed = world.story("Bellil")
    employed.tell("employ", ago(20), by=world.referent)
    page = open_page(client_of(Role.REFERENT), size=size)
    page.goto("/dossiers/")
    page.get_by_label("Tout cocher").check()
    expect(page.get_by_text("2 personnes choisies")).to_be_visible()
    page.get_by_role("button", name="Clore le dossier").click()
    axe(page)
    fits(page)
    page.get_by_role("button", name="Enregistrer").click()
    report = page.get_by_role("alert")
    expect(report).to_be_focused()
    expect(report).to_contain_text("1 personne enregistrée")
    expect(report).to_contain_text("Amrani")
    axe(page)
    fits(page)
    assert employed.refresh().pathway.state == "closed"
    page.faults.clear()  # the browser reports the 422 itself, which is what was asked for


def test_several_people_are_noted_without_scripts(open_page, client_of, world, stuck):
    world.story("Bellil")
    page = open_page(client_of(Role.REFERENT), scripts=False)
    page.goto("/dossiers/")
    page.get_by_role("link", name="Tout cocher").click()
    page.get_by_role("button", name="Noter un échange").click()
    page.get_by_label("Explication").fill("Réunion du pôle.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("enregistré pour 2 personnes")).to_be_visible()
