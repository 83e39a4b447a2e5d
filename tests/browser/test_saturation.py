"""An advisor takes an alert about empty seats to a full session; référent and provider are at their screens too."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from config import clock
from notifications.services import detect
from pathways.enums import Role
from prescriptions.models import SaturationCase
from prescriptions.saturation import opening
from tests.browser.visitor import Visitor
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visitor(open_page, axe, fits):
    return lambda: Visitor(open_page(), axe, fits)


def test_an_advisor_takes_an_alert_to_a_full_session(visitor):
    world = World.make()
    opens = clock.today() + timedelta(days=12)
    session = world.session(capacity=1, starts_on=opens)
    person = world.story("Amrani", phone="06 39 98 00 11")
    person.prescription.delete()
    detect()

    # -- The advisor reads the alert in the pile, says so, takes it, proposes somebody.
    advisor = visitor().log_in(world.advisor)
    advisor.follow("Voir l'alerte")
    advisor.send("Vu", "« Vu » est noté")
    advisor.send("Prendre en charge", "vous avez pris cette alerte en charge")
    advisor.follow("Choisir des candidats")
    advisor.page.get_by_label("Proposer Camille Amrani").check()
    advisor.send("Proposer les personnes cochées", "1 personne proposée")
    expect(advisor.page.locator("main")).to_contain_text("En attente du référent")

    # -- The référent prescribes from the pile.
    referent = visitor().log_in(world.referent)
    expect(referent.page.locator("main")).to_contain_text("proposé par Pôle emploi")
    referent.page.get_by_role("link", name="Prescrire : Camille Amrani").last.click()
    referent.look()
    expect(referent.page.locator("main")).to_contain_text(session.title)
    referent.send("Prescrire", "envoyée à")

    # -- The provider admits: no seat is left.
    provider = visitor().log_in(world.provider)
    provider.menu("Candidats")
    provider.follow("Amrani Camille")
    provider.follow("Retenir")
    provider.send("Enregistrer", "Enregistré pour Camille Amrani")
    detect()

    # -- The alert has closed by itself, and the figures say thanks to whom.
    case = SaturationCase.objects.get()
    advisor.goto(f"/places/alertes/{case.pk}/")
    expect(advisor.page.locator("main")).to_contain_text("Places pourvues")
    expect(advisor.page.locator("main")).to_contain_text("Retenu")
    with clock.at(opens):
        opening.count_openings()
    officer = visitor().log_in(world.actors[Role.REGION_OFFICER])
    officer.menu("Places")
    officer.page.get_by_role("link", name="Réactions").click()
    officer.look()
    tile = officer.page.locator(".stat", has_text="Pourvues grâce à l'alerte")
    expect(tile).to_contain_text("1")
    case.refresh_from_db()
    assert (case.empty_at_alert, case.empty_at_opening, case.seated_thanks) == (1, 0, 1)
