"""Every page that the table of addresses knows, on a desk and on a phone; and the ways in that nobody should miss."""

import re

import pytest
from playwright.sync_api import expect

from config import clock
from notifications.services import detect
from pathways.enums import Role
from pathways.models import StateDelay
from prescriptions.documents.content import short_code
from tests.address_table import ALL_ROLES, PAGES, address
from tests.browser.visitor import Visitor
from tests.two_worlds import peopled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Addresses that answer with a file, or with a fragment of a page: by the end of their name, or by name.
NO_PAGE_ENDS = ("_export", "_progress")
NO_PAGES = {"prescriptions:document", "prescriptions:documents_all"}
READ = sorted(
    name
    for name, page in PAGES.items()
    if "get" in page.methods and name not in NO_PAGES and not name.endswith(NO_PAGE_ENDS)
)


@pytest.fixture
def people():
    # A flush between transactional tests also takes what migrations put there.
    for state, days in (("identified", 21), ("prescribed", 14), ("completed", 15)):
        StateDelay.objects.get_or_create(
            state=state, defaults={"days": days, "explanation": "une étape suivante"}
        )
    world = peopled("Kermadec")
    detect()
    return world


@pytest.fixture
def session_of(client, people):
    """`session_of(role)`: a test client logged in as that role."""

    def log_in(role: Role):
        client.force_login(people.actor(role).user)
        return client

    return log_in


@pytest.mark.parametrize("role", sorted(ALL_ROLES))
def test_every_page_of_a_role_is_accessible_and_fits(open_page, axe, fits, people, session_of, role):
    """Each page once, with the first role that may open it; everybody's pile with its own role."""
    visitor = Visitor(open_page(session_of(role)), axe, fits, sizes=("360", "1280"))
    for name in READ:
        first = min(PAGES[name].roles)
        if role == first or (name == "pathways:pile" and role in PAGES[name].roles):
            visitor.goto(address(name, people, role))


@pytest.mark.parametrize("size", ["1280", "360"])
def test_a_page_of_another_role_says_what_to_do(open_page, axe, fits, session_of, size):
    page = open_page(session_of(Role.REFERENT), size=size)
    page.goto("/candidats/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n'est pas ouverte à votre rôle")
    fits(page)
    axe(page)
    page.faults.clear()  # the browser reports the 403 itself
    page.get_by_role("link", name="Revenir à ma pile du jour").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma pile du jour")


@pytest.mark.parametrize("size", ["1280", "360"])
def test_somebody_elses_person_is_a_page_that_is_not_found(open_page, axe, fits, session_of, people, size):
    page = open_page(session_of(Role.PROVIDER), size=size)
    page.goto(f"/dossiers/{people.draft.pathway.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page introuvable")
    fits(page)
    axe(page)
    page.faults.clear()  # the browser reports the 404 itself


@pytest.mark.parametrize("size", ["1280", "360"])
def test_whoever_holds_a_document_verifies_it_without_an_account(open_page, axe, fits, people, size):
    page = open_page(size=size)
    page.goto("/verifier/")
    axe(page)
    fits(page)
    page.get_by_label("Numéro du document").fill(people.paper.number)
    page.get_by_label("Code de vérification").fill(short_code(people.paper.fingerprint).lower())
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("Authentique", exact=True)).to_be_visible()
    page.get_by_label("Nom écrit sur le document").fill("kermadectrainee")
    page.get_by_role("button", name="Comparer le nom").click()
    expect(page.get_by_role("status").filter(has_text="Le nom correspond")).to_be_visible()
    axe(page)
    fits(page)


def test_a_wrong_password_says_so_in_french(open_page, axe, people):
    page = open_page()
    page.goto("/dossiers/")
    page.get_by_label("Adresse électronique").fill(people.actor(Role.REFERENT).user.email)
    page.get_by_label("Mot de passe").fill("pas le bon")
    page.get_by_role("button", name="Se connecter").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("mot de passe")
    assert not re.search(r"\b(password|username|incorrect\b.*\bnot)\b", summary.inner_text())
    assert page.title() == "Erreur : Connexion · Jalons"
    axe(page)
    # The address asked for first is where the right password leads.
    page.get_by_label("Mot de passe").fill("mot-de-passe-long")
    page.get_by_role("button", name="Se connecter").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dossiers")


def test_from_the_pile_to_a_recorded_fact_by_keyboard_alone(open_page, session_of, people):
    page = open_page(session_of(Role.ADVISOR))
    page.goto("/")
    tab_to(page, re.compile("^Noter un contact"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Noter un contact")
    tab_to(page, re.compile("Rendez-vous pris|appointment"))
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Rendez-vous pris")).to_be_checked()
    tab_to(page, re.compile("^Enregistrer$"))
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Enregistré pour Camille Kermadec")
    contacts = people.leaver.pathway.events.filter(kind="contact")
    assert list(contacts.values_list("reason", "occurred_on")) == [("appointment", clock.today())]


def tab_to(page, words: re.Pattern, at_most: int = 60) -> None:
    """Press Tab until the focus is on something of that name; the focus must show at each step."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        name, is_shown = page.evaluate(
            """() => {
              const e = document.activeElement, label = e.labels?.[0]
              const style = getComputedStyle(e), around = getComputedStyle(e.parentElement)
              const shows = s => s.outlineStyle !== "none" || s.boxShadow !== "none"
              return [(label ?? e).textContent.trim() || e.value || "", shows(style) || shows(around)]
            }"""
        )
        assert is_shown, f"the focus does not show on « {name} »"
        if words.search(name):
            return
    pytest.fail(f"nothing of the name {words.pattern} is reached by Tab")


def test_a_fact_is_recorded_and_refused_without_scripts(open_page, session_of, people):
    page = open_page(session_of(Role.REFERENT), scripts=False, size="360")
    page.goto(f"/dossiers/{people.asked.pathway.pk}/")
    page.get_by_role("link", name="Noter un échange").first.click()
    page.locator("main [name=comment]").fill("")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".error-summary")).to_contain_text("Écrivez une phrase")
    page.locator("main [name=comment]").fill("Appel du matin.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#messages")).to_contain_text("Enregistré pour Camille Kermadec")
    expect(page.locator(".timeline")).to_contain_text("Appel du matin.")
    page.faults.clear()  # the browser reports the 422 itself
