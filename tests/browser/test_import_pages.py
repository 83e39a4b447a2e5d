"""Handing a file in from a real browser: each step at each size and scheme, with and without scripts."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from pathways.enums import Role
from pathways.imports import runs
from pathways.models import Beneficiary, Cohort, ImportRun
from tests.factories import World
from tests.pathways.cohort_files.builders import cohort_csv, csv_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = cohort_csv(
    csv_person(Courriel="zoe@"),
    csv_person(Nom="Roux", Prénom="", Identifiant_Pôle_emploi=""),
    csv_person(Nom="Bellil", Identifiant_Pôle_emploi="", **{"Date_d'inscription_Pôle_emploi": ""}),
)


@pytest.fixture
def world():
    world = World.make()
    Cohort.objects.update(reference_date="2022-02-28")
    return world


@pytest.fixture
def manager(world) -> Client:
    client = Client()
    client.force_login(world.actors[Role.DEPARTMENT_MANAGER].user)
    return client


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "cohorte-janvier.csv"
    path.write_bytes(ROWS)
    return path


def hand_in(page, file):
    page.goto("/imports/")
    page.get_by_role("link", name="Importer une cohorte").click()
    page.get_by_label("Fichier", exact=True).set_input_files(file)
    page.get_by_role("button", name="Déposer et voir l'aperçu").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_cohort_is_handed_in_previewed_and_written(open_page, manager, file, scripts, axe):
    page = open_page(manager, scripts=scripts)
    hand_in(page, file)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aperçu de l'import")
    page.get_by_role("link", name="Rejetées").click()
    expect(page.get_by_text("Prénom absent. Complétez-le.")).to_be_visible()
    assert not Beneficiary.objects.exists()
    page.get_by_role("button", name="Enregistrer 2 personnes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilan de l'import")
    expect(page.get_by_role("main")).to_contain_text("2 nouvelles, 1 rejetée")
    assert Beneficiary.objects.count() == 2
    if scripts:
        axe(page)


def test_abandoning_asks_first(open_page, manager, file):
    page = open_page(manager, scripts=False)
    hand_in(page, file)
    page.get_by_text("Abandonner", exact=True).click()
    page.get_by_role("button", name="Oui, abandonner").click()
    expect(page.get_by_role("main")).to_contain_text("rien n'a été enregistré")
    assert ImportRun.objects.get().status == "cancelled"


def test_a_wrong_file_is_said_in_the_form(open_page, manager, tmp_path, axe):
    wrong = tmp_path / "offre.xml"
    wrong.write_bytes(b"<?xml version='1.0'?><lheo xmlns='http://www.lheo.org/2.2'/>")
    page = open_page(manager)
    page.on("console", lambda line: None)
    hand_in(page, wrong)
    expect(page.get_by_role("alert").filter(has_text="Corrigez")).to_contain_text("offre de formation")
    axe(page)
    # The browser reports the 422 as an error of its own.
    page.faults = [fault for fault in page.faults if "422" not in fault]


def test_the_page_shows_the_preview_by_itself_once_the_analysis_ends(open_page, manager, file, monkeypatch):
    monkeypatch.setattr("pathways.tasks._send", lambda run_id: None)
    page = open_page(manager)
    hand_in(page, file)
    expect(page.get_by_text("Analyse du fichier")).to_be_visible()
    runs.work(ImportRun.objects.get().pk)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aperçu de l'import")


def test_every_page_is_accessible_at_each_size(review, open_page, manager, file, monkeypatch):
    review(manager, reverse("pathways:imports"), "imports-empty")
    review(manager, reverse("pathways:import_new", args=["cohorte"]), "imports-new")
    with monkeypatch.context() as patch:
        patch.setattr("pathways.tasks._send", lambda run_id: None)
        hand_in(open_page(manager, scripts=False), file)
    run = ImportRun.objects.get()
    ImportRun.objects.update(status="checking", progress=40, total=200)
    review(manager, reverse("pathways:import_run", args=[run.pk]), "imports-progress")
    runs.work(run.pk)
    review(manager, reverse("pathways:import_run", args=[run.pk]), "imports-preview")
    runs.confirm(run := ImportRun.objects.get())
    runs.work(run.pk)
    review(manager, reverse("pathways:import_run", args=[run.pk]), "imports-report")
    ImportRun.objects.create(
        kind="cohorte", status="failed", file_name="flux-tronqué.xml", user=run.user, role=run.role,
        organisation=run.organisation, error="Le fichier est tronqué : il s'arrête avant sa fin.",
        error_next_step="Demandez un nouvel envoi à la CAF.",
    )  # fmt: skip
    failed = ImportRun.objects.get(status="failed")
    review(manager, reverse("pathways:import_run", args=[failed.pk]), "imports-failed")
    review(manager, reverse("pathways:imports"), "imports-list")
