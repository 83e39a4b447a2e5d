"""The interface kit in a real browser: accessible in each size and scheme, usable by keyboard and without scripts."""

import pytest
from playwright.sync_api import expect

from pathways.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/composants/"


@pytest.fixture
def reviewer(client):
    """A logged-in test client of somebody who may see the review page."""
    user = User.objects.create_user(
        "relecture@exemple.fr", "mot de passe long", first_name="Ada", last_name="Relit", is_staff=True
    )
    client.force_login(user)
    return client


def test_components_pass_axe_and_fit_in_each_size_and_scheme(review, reviewer):
    review(reviewer, PAGE, "composants")


def test_login_passes_axe_and_fits_in_each_size_and_scheme(review):
    review(None, "/connexion/", "connexion")


def test_missing_page_says_what_to_do(open_page, reviewer, axe):
    page = open_page(reviewer)
    page.goto("/adresse-qui-n-existe-pas/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page introuvable")
    axe(page)
    # The browser reports the 404 itself, which is what this test asked for.
    page.faults.clear()


def test_the_review_page_is_closed_to_others(client):
    user = User.objects.create_user(
        "autre@exemple.fr", "mot de passe long", first_name="Léo", last_name="Autre"
    )
    client.force_login(user)
    assert client.get(PAGE).status_code == 403


def test_first_tab_reaches_the_skip_link(open_page):
    page = open_page()
    page.goto("/connexion/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(open_page, reviewer):
    page = open_page(reviewer)
    page.goto(PAGE)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Motif").click()
    expect(page.locator("#faux_reason")).to_be_focused()
    assert page.locator("#faux_reason").get_attribute("aria-describedby") == "faux_reason_error"


def test_a_date_that_does_not_exist_stays_as_typed(open_page, reviewer):
    page = open_page(reviewer)
    page.goto(PAGE)
    expect(page.locator("#faux_entered_on")).to_have_value("31/02/2018")
    assert page.locator("#vide_entered_on").get_attribute("type") == "date"


def test_the_scheme_is_kept_by_the_server(open_page):
    page = open_page(scheme="light")
    page.goto("/connexion/")
    page.get_by_role("button", name="Sombre").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_role("button", name="Auto").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_without_scripts_the_system_decides_the_scheme(open_page):
    colours = []
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme, scripts=False)
        page.goto("/connexion/")
        expect(page.locator("[data-theme-switch]")).to_be_hidden()
        # Playwright reads a style through the protocol, which needs no script of the page.
        colours.append(page.screenshot(clip={"x": 5, "y": 600, "width": 4, "height": 4}))
    assert colours[0] != colours[1]


def cell(page, name):
    return page.locator("form[data-attendance]").first.locator(f'select[name="{name}"]')


def test_attendance_is_noted_by_keyboard(open_page, reviewer):
    page = open_page(reviewer)
    page.goto(PAGE)
    cell(page, "m-1-20180412-pm").focus()
    page.keyboard.press("n")
    expect(cell(page, "m-1-20180412-pm")).to_have_value("N")
    expect(cell(page, "m-2-20180412-pm")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "m-2-20180413-am")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("d")
    expect(cell(page, "m-1-20180413-am")).to_have_value("D")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(cell(page, "m-1-20180413-am")).to_have_value("")


def test_all_present_keeps_the_exceptions(open_page, reviewer):
    page = open_page(reviewer)
    page.goto(PAGE)
    before = cell(page, "m-1-20180410-am").input_value()
    page.get_by_role("button", name="Tous présents").click()
    expect(cell(page, "m-1-20180410-am")).to_have_value(before)
    expect(cell(page, "m-4-20180413-pm")).to_have_value("P")
    expect(page.locator("[data-attendance-status]").first).to_have_text(
        "Tout est noté, pensez à enregistrer."
    )


def test_what_was_typed_survives_a_closed_connection(open_page, reviewer):
    page = open_page(reviewer)
    page.goto(PAGE)
    cell(page, "m-3-20180413-pm").select_option("R")
    page.reload()
    expect(cell(page, "m-3-20180413-pm")).to_have_value("R")


def test_attendance_cells_are_wide_enough_for_a_thumb(open_page, reviewer):
    page = open_page(reviewer, size="360")
    page.goto(PAGE)
    box = cell(page, "m-1-20180409-pm").bounding_box()
    assert min(box["width"], box["height"]) >= 42, box


def test_running_work_is_polled_until_it_ends(open_page, reviewer):
    page = open_page(reviewer)
    with page.expect_response("**/composants/travail/**") as answer:
        page.goto(PAGE)
    assert answer.value.ok
    assert answer.value.request.headers["hx-request"] == "true"
    expect(page.locator("#import-exemple")).to_have_count(1)


def test_a_chart_is_drawn_and_its_figures_open(open_page, reviewer):
    page = open_page(reviewer)
    page.goto(PAGE)
    figure = page.locator("figure[data-chart=g-entonnoir]")
    expect(figure.locator("canvas")).to_be_visible()
    figure.locator("summary").click()
    expect(figure.get_by_role("cell", name="420")).to_be_visible()


def test_phone_menu_opens_without_scripts(open_page, reviewer):
    page = open_page(reviewer, size="360", scripts=False)
    page.goto(PAGE)
    page.locator(".menu-user > summary").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def test_the_axe_helper_sees_a_field_without_label(open_page, axe):
    page = open_page()
    page.goto("/connexion/")
    page.evaluate("document.querySelector('label').remove()")
    with pytest.raises(AssertionError, match="label"):
        axe(page)
