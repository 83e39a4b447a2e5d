"""A refusal followed to a new prescription on a phone, and a commission decided on a desk, by clicks."""

import re

import pytest
from playwright.sync_api import expect

from pathways.enums import Role
from prescriptions.models import Prescription
from tests.browser.test_prescriptions import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(transactional_db):
    return Scene()


def test_a_referent_follows_a_refusal_to_a_new_prescription(open_page, axe, fits, scene):
    page = open_page(scene.login(Role.REFERENT), size="360")
    page.goto("/")
    line = page.locator(".pile-line", has_text="remise à niveau")
    line.get_by_role("link", name="Trouver une autre session").click()
    expect(page.get_by_role("heading", name="Trouver une suite")).to_be_visible()
    expect(page.get_by_text("Les bases de calcul sont à reprendre avant l'entrée.")).to_be_visible()
    page.get_by_role("link", name="Une autre formation").click()
    axe(page)
    fits(page)
    page.get_by_role("link", name=re.compile("^Prescrire : Maçon du bâti ancien")).click()
    page.get_by_role("button", name="Prescrire", exact=True).click()
    page.get_by_text("envoyée à AFPA Marseille Saint-Jérôme").wait_for()
    made = Prescription.objects.get(pathway=scene.refused.pathway, state="submitted")
    assert made.session == scene.other
    page.goto("/")
    expect(page.locator(".pile-line", has_text="remise à niveau")).to_have_count(0)


def test_a_commission_decides_on_everybody_and_keeps_what_was_typed(open_page, axe, scene):
    page = open_page(scene.login(Role.PROVIDER))
    page.goto(f"/sessions/{scene.session.pk}/commission/")
    one, other = (page.get_by_role("group", name=re.compile(name)) for name in ("Amrani", "Cohen"))
    one.get_by_label("Liste principale").check()
    expect(page.get_by_role("status").filter(has_text="encore à donner")).to_contain_text("2 places")
    other.get_by_label("Refus", exact=True).check()
    other.get_by_label(re.compile("^Explication")).fill("Deux groupes déjà complets.")
    page.get_by_role("button", name="Enregistrer les décisions").click()
    expect(page.get_by_text("1 retenu")).to_be_visible()
    left = page.get_by_role("group", name=re.compile("Cohen"))
    expect(left.get_by_label(re.compile("^Explication"))).to_have_value("Deux groupes déjà complets.")
    page.faults.clear()  # the browser reports the 422 itself, which is what was asked for
    axe(page)
    left.get_by_label("Motif du refus").select_option("full")
    left.get_by_label("Suite proposée").select_option("other_session")
    page.get_by_role("button", name="Enregistrer les décisions").click()
    expect(page.get_by_text("1 refus")).to_be_visible()
    states = {p.pk: p.state for p in Prescription.objects.all()}
    assert states[scene.submitted.prescription.pk] == "admitted"
    assert states[scene.waiting.prescription.pk] == "refused"
