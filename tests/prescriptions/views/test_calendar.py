"""The calendar: what a month holds, in order, for whom, and its export."""

from datetime import date, timedelta

import pytest

from pathways.enums import Role
from prescriptions.models import Session
from prescriptions.planning import Month
from tests.pathways.reading.words import words_of
from tests.readable import sheet_rows

pytestmark = pytest.mark.django_db
URL = "/sessions/calendrier/"


def lines(answer) -> list[tuple]:
    return [
        (entry.day, entry.kind.name, entry.session.title)
        for week in answer.context["weeks"]
        for day in week.days
        for entry in day.entries
    ]


@pytest.fixture
def session(world):
    """Opens and closes in March, with a meeting on the day of another's opening."""
    session = world.session(starts_on=date(2026, 3, 9), ends_on=date(2026, 3, 31), capacity=12)
    session.meetings.create(
        kind="information", held_on=date(2026, 3, 2), starts_at="14:00", declared_by=session.provider
    )
    session.meetings.create(kind="information", held_on=date(2026, 3, 2), starts_at="09:30", place="Salle 2")
    session.meetings.create(kind="commission", held_on=date(2026, 2, 27))
    return session


def test_a_month_holds_what_happens_in_it_in_order(login, world, session):
    cancelled = world.session(starts_on=date(2026, 3, 4))
    Session.objects.filter(pk=cancelled.pk).update(cancelled_on=date(2026, 2, 1))
    page = login(Role.REFERENT).get(f"{URL}?mois=2026-03")
    assert lines(page) == [
        (date(2026, 3, 2), "INFORMATION", "Maçon"),
        (date(2026, 3, 2), "INFORMATION", "Maçon"),
        (date(2026, 3, 9), "OPENING", "Maçon"),
        (date(2026, 3, 31), "CLOSING", "Maçon"),
    ]
    said = words_of(page)
    assert said.index("9 h 30") < said.index("14 h 00")
    assert "Semaine du 02/03/2026 au 08/03/2026" in said
    assert "0 place tenue sur 12" in said.replace("\xa0", " ")
    february = login(Role.REFERENT).get(f"{URL}?mois=2026-02&montrer=commissions")
    assert lines(february) == [(date(2026, 2, 27), "COMMISSION", "Maçon")]


def test_filters_of_the_catalogue_hold_and_a_wrong_month_is_this_one(login, world, session):
    other = world.session(starts_on=date(2026, 3, 10))
    Session.objects.filter(pk=other.pk).update(title="Couvreur")
    other.refresh_from_db()
    other.save()
    client = login(Role.ADVISOR)
    found = lines(client.get(f"{URL}?mois=2026-03&metier=couvreur"))
    assert found == [(date(2026, 3, 10), "OPENING", "Couvreur")]
    page = client.get(f"{URL}?mois=2026-13")
    assert (page.status_code, page.context["month"]) == (200, "Février 2026")
    assert client.get(f"{URL}?mois=1890-01&page=99999999999&montrer=nimporte").status_code == 200


def test_a_provider_reads_its_own_calendar(login, session, colleague):
    assert lines(login(colleague).get(f"{URL}?mois=2026-03")) == []
    assert len(lines(login(Role.PROVIDER).get(f"{URL}?mois=2026-03"))) == 4


def test_the_export_holds_the_lines_of_the_month_and_their_age(login, world, session):
    answer = login(Role.REGION_OFFICER).get(f"{URL}export/?mois=2026-03&montrer=informations")
    _, *rows = sheet_rows(answer)
    assert [(row[1], row[2], row[7], row[10]) for row in rows] == [
        ("09:30", "Information collective", "Salle 2", "le fichier du Carif-Oref"),
        ("14:00", "Information collective", None, session.provider.name),
    ]


def test_months_follow_each_other_over_the_years():
    december = Month.named("2026-12")
    assert (december.last, december.shifted(1).code, december.shifted(-12).code) == (
        date(2026, 12, 31), "2027-01", "2025-12",
    )  # fmt: skip
    assert Month.of(date(2028, 2, 10)).last == date(2028, 2, 10) + timedelta(days=19)
