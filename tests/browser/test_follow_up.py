"""The follow-up pages in a real browser: presences by keyboard, by thumb and without scripts; nothing typed is lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from config import clock
from followup.attendance import Noted, Place, lock_day, record_marks
from followup.models import AttendanceMark
from followup.working_days import is_worked
from tests.factories import World
from tests.followup.courses import course, login, trainee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ("Amrani", "Bellil", "Costa", "Diallo", "Esteban")


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def monday():
    """The last Monday of a week that is over and without a public holiday (the server's clock is the real one)."""
    day = clock.today() - timedelta(days=clock.today().weekday() + 7)
    while not all(is_worked(day + timedelta(days=n)) for n in range(5)):
        day -= timedelta(days=7)
    return day


@pytest.fixture
def session(world, monday):
    return course(world, starts_on=monday - timedelta(days=7), ends_on=clock.today() + timedelta(days=30))


@pytest.fixture
def people(world, session):
    return [trainee(world, session, name, entered_on=session.starts_on) for name in NAMES]


def page_of(session, monday):
    return f"/sessions/{session.pk}/presences/?jour={monday}"


def cell(page, story, day, half="am"):
    return page.locator(f'select[name="m-{story.prescription.pk}-{day:%Y%m%d}-{half}"]')


def test_all_present_then_exceptions_by_keyboard(client, open_page, world, session, people, monday, axe):
    page = open_page(login(client, world.provider))
    page.goto(page_of(session, monday))
    page.get_by_role("button", name="Tous présents", exact=True).click()
    first, second = cell(page, people[0], monday), cell(page, people[1], monday)
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(first).to_have_value("J")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    expect(cell(page, people[1], monday, "pm")).to_have_value("N")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#messages")).to_contain_text("50 demi-journées enregistrées.")
    expect(page.locator("[data-attendance-status]")).to_have_text("Tout est noté et enregistré.")
    axe(page)
    marks = dict(
        AttendanceMark.objects.filter(day=monday, half="am").order_by("pk").values_list("enrolment", "mark")
    )
    assert marks[people[0].prescription.pk] == "J"
    assert list(marks.values()).count("P") == 4


def test_what_was_not_sent_comes_back_unless_a_colleague_noted_it(
    client, open_context, open_page, live_server, world, session, people, monday
):
    page = open_page(login(client, world.provider))
    page.goto(page_of(session, monday))
    cell(page, people[0], monday).select_option("R")
    cell(page, people[1], monday).select_option("E")
    # The page goes away without being sent, and a colleague notes one of the two cells.
    record_marks(session, [Noted(Place(people[1].prescription.pk, monday, "am"), "P", "")], world.provider)
    page.goto("about:blank")
    page.goto(page_of(session, monday))
    expect(cell(page, people[0], monday)).to_have_value("R")
    expect(cell(page, people[1], monday)).to_have_value("P")
    expect(page.locator("[data-attendance-status]")).to_contain_text("1 à enregistrer. 1 non reprise")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#messages")).to_contain_text("1 demi-journée enregistrée.")
    page.reload()
    expect(page.locator("[data-attendance-status]")).to_contain_text("demi-journées à noter")


def test_presences_are_noted_and_a_day_locked_without_scripts(
    client, open_page, world, session, people, monday
):
    page = open_page(login(client, world.provider), scripts=False, size="360")
    page.goto(f"{page_of(session, monday)}&vue=jour")
    cell(page, people[2], monday).select_option("N")
    page.get_by_role("button", name="Tous présents", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("10 demi-journées enregistrées.")
    page.get_by_role("button", name="Verrouiller la journée").click()
    expect(page.locator(".day-list")).to_contain_text("Verrouillée")
    page.locator(".day-list summary").click()
    page.get_by_label("Pourquoi rouvrir cette journée ?").fill("Justificatif reçu")
    page.get_by_role("button", name="Rouvrir la journée").click()
    expect(page.locator("#messages")).to_contain_text("rouverte")
    assert AttendanceMark.objects.get(enrolment=people[2].prescription.pk, day=monday, half="am").mark == "N"


def test_the_pages_of_presences(client, review, world, session, people, monday):
    people[3].tell("suspend", monday + timedelta(days=2))
    codes = "PPRJNEDFPP"
    marks = [
        Noted(Place(story.prescription.pk, monday + timedelta(days=n), half), codes[(rank * 3 + n) % 10])
        for rank, story in enumerate(people)
        for n in range(4)
        for half in ("am", "pm")
        if not (rank == 3 and n >= 2)
    ]
    record_marks(session, marks, world.provider)
    lock_day(session, monday, world.provider)
    client = login(client, world.provider)
    review(client, page_of(session, monday), "presences-semaine")
    review(client, f"{page_of(session, monday)}&vue=jour", "presences-jour")


def test_the_pages_of_trainees(client, review, world, session, people, monday):
    people[0].tell("suspend", monday)
    people[1].tell("drop_out", monday)
    people[2].tell("leave_for_job", monday)
    for story in people[3:]:
        story.tell("sit_exam", monday)
    people[4].tell("exam_partial", monday + timedelta(days=1))
    marks = [Noted(Place(people[3].prescription.pk, session.starts_on, half), "P") for half in ("am", "pm")]
    record_marks(session, marks, world.provider)
    client = login(client, world.provider)
    review(client, "/stagiaires/", "stagiaires")
    review(client, f"/sessions/{session.pk}/examen/", "examen")
    review(client, "/", "pile-organisme")
    review(client, f"/dossiers/{people[4].pathway.pk}/", "dossier-organisme")


def test_the_pages_of_leavers(client, review, world, session, people, monday):
    for rank, story in enumerate(people[:4]):
        person = story.pathway.beneficiary
        person.phone = "06 39 98 00 12"
        person.save()
        story.tell("complete" if rank else "drop_out", monday - timedelta(days=4 - rank))
    people[0].tell("contact", monday, reason="no_answer")
    people[1].tell("employ", monday)
    people[2].tell("contact", monday)
    client = login(client, world.advisor)
    review(client, "/sortants/", "sortants")
    review(client, "/sortants/?situation=tous", "sortants-tous")
    review(client, f"/dossiers/{people[1].pathway.pk}/", "dossier-conseiller")
