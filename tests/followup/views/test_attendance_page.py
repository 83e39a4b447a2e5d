"""The page of presences, driven through the test client."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from followup.attendance import Noted, Place, lock_day, record_marks
from followup.models import AttendanceMark, LockedDay
from pathways.enums import OrganisationKind, Role
from tests import factories
from tests.factories import World
from tests.followup.courses import FRIDAY, MONDAY, course, login, trainee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday():
    with clock.at(FRIDAY):
        yield


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def session(world):
    return course(world)


def address(session, **query):
    return reverse("followup:attendance", args=[session.pk], query=query or None)


def cell(pk, day=MONDAY, half="am"):
    return f"{pk}-{day:%Y%m%d}-{half}"


def held(pk):
    return dict(
        AttendanceMark.objects.filter(enrolment=pk, replaced_at=None, day=MONDAY)
        .order_by("pk")
        .values_list("half", "mark")
    )


def test_the_week_shows_trainees_and_what_is_left_to_note(client, world, session):
    pk = trainee(world, session, "Amrani").prescription.pk
    trainee(world, session, "Bellil", entered_on=MONDAY + timedelta(days=2))
    page = login(client, world.provider).get(address(session, jour=MONDAY))
    html = page.content.decode()
    assert page.status_code == 200
    assert "2\u00a0stagiaires" in html
    assert "2 à confirmer" in html
    assert f'name="m-{cell(pk)}"' in html
    assert f'<input type="hidden" name="b-{cell(pk)}" value="">' in html
    # Monday to Friday, no Saturday, no future week.
    assert html.count('class="slot-day"') == 10
    assert "Semaine suivante" not in html


def test_bellil_is_not_to_be_noted_before_the_entry(client, world, session):
    pk = trainee(world, session, "Bellil", entered_on=MONDAY + timedelta(days=2)).prescription.pk
    html = login(client, world.provider).get(address(session)).content.decode()
    assert f'name="b-{cell(pk)}"' not in html
    assert f'name="b-{cell(pk, MONDAY + timedelta(days=2))}"' in html
    assert "hors formation" in html


def test_only_changed_cells_are_written(client, world, session):
    pk = trainee(world, session).prescription.pk
    data = {
        f"m-{cell(pk)}": "R",
        f"b-{cell(pk)}": "",
        f"m-{cell(pk, half='pm')}": "",
        f"b-{cell(pk, half='pm')}": "",
    }
    answer = login(client, world.provider).post(address(session), {**data, "save": "1"})
    assert answer.status_code == 302
    assert held(pk) == {"am": "R"}


def test_all_present_fills_the_empty_ones_of_the_page_or_of_one_day(client, world, session):
    pk = trainee(world, session).prescription.pk
    tuesday = MONDAY + timedelta(days=1)
    data = {
        f"m-{cell(pk)}": "N", f"b-{cell(pk)}": "",
        f"m-{cell(pk, half='pm')}": "", f"b-{cell(pk, half='pm')}": "",
        f"m-{cell(pk, tuesday)}": "", f"b-{cell(pk, tuesday)}": "",
    }  # fmt: skip
    login(client, world.provider).post(address(session), {**data, "fill": f"F-{MONDAY:%Y%m%d}"})
    assert held(pk) == {"am": "N", "pm": "F"}
    assert not AttendanceMark.objects.filter(day=tuesday).exists()
    client.post(address(session), {**data, "fill": "P"})
    # The page still said « empty » of the afternoon that was noted F in between: F stays.
    assert held(pk) == {"am": "N", "pm": "F"}
    assert AttendanceMark.objects.get(day=tuesday).mark == "P"


def test_a_stale_page_reports_the_cell_and_keeps_what_was_typed(client, world, session):
    pk = trainee(world, session, "Amrani").prescription.pk
    colleague = factories.actor(Role.PROVIDER, world.provider.organisation)
    record_marks(session, [Noted(Place(pk, MONDAY, "am"), "N", "")], colleague)
    data = {
        f"m-{cell(pk)}": "P",
        f"b-{cell(pk)}": "",
        f"m-{cell(pk, half='pm')}": "P",
        f"b-{cell(pk, half='pm')}": "",
    }
    answer = login(client, world.provider).post(address(session), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert held(pk) == {"am": "N", "pm": "P"}
    assert str(colleague.user) in html
    assert '<option value="P" selected>' in html
    # The screen now says N: saving again is a choice made knowingly.
    assert f'<input type="hidden" name="b-{cell(pk)}" value="N">' in html
    client.post(address(session), {f"m-{cell(pk)}": "P", f"b-{cell(pk)}": "N"})
    assert held(pk) == {"am": "P", "pm": "P"}


def test_a_day_is_locked_from_the_page_with_what_is_on_it(client, world, session):
    pk = trainee(world, session).prescription.pk
    names = [cell(pk, half=half) for half in ("am", "pm")]
    data = {f"{p}-{name}": ("P" if p == "m" else "") for name in names for p in "mb"}
    client = login(client, world.provider)
    assert client.post(address(session), {**data, "lock": f"{MONDAY:%Y%m%d}"}).status_code == 302
    assert LockedDay.objects.get().day == MONDAY
    html = client.get(address(session)).content.decode()
    assert "Verrouillée" in html
    assert f'name="b-{names[0]}"' not in html
    refused = client.post(address(session), {f"m-{names[0]}": "N", f"b-{names[0]}": "P"})
    assert refused.status_code == 422
    assert "a été verrouillée par" in refused.content.decode()
    assert held(pk) == {"am": "P", "pm": "P"}


def test_a_day_with_something_left_to_note_is_not_locked(client, world, session):
    pk = trainee(world, session).prescription.pk
    answer = login(client, world.provider).post(
        address(session), {f"m-{cell(pk)}": "P", f"b-{cell(pk)}": "", "lock": f"{MONDAY:%Y%m%d}"}
    )
    assert answer.status_code == 422
    assert "1 demi-journée reste à noter" in answer.content.decode()
    assert held(pk) == {"am": "P"}
    assert not LockedDay.objects.exists()


def test_a_locked_day_is_reopened_with_a_reason(client, world, session):
    pk = trainee(world, session).prescription.pk
    record_marks(session, [Noted(Place(pk, MONDAY, half), "P", "") for half in ("am", "pm")], world.provider)
    lock_day(session, MONDAY, world.provider)
    url = reverse("followup:attendance_reopen", args=[session.pk])
    client = login(client, world.provider)
    page = client.post(url, {"day": f"{MONDAY:%Y%m%d}", "reason": ""}, follow=True)
    assert "Il manque la raison" in page.content.decode()
    assert LockedDay.objects.in_force().exists()
    client.post(url, {"day": f"{MONDAY:%Y%m%d}", "reason": "Justificatif reçu"})
    assert not LockedDay.objects.in_force().exists()
    assert client.post(url, {"day": "99999999", "reason": "x"}).status_code == 302


def test_odd_addresses_and_forms_show_the_page_and_write_nothing(client, world, session):
    pk = trainee(world, session).prescription.pk
    client = login(client, world.provider)
    for day in ("2026-02-31", "demain", "1999-01-01", "2999-01-01", ""):
        assert client.get(address(session, jour=day)).status_code == 200
    client.post(
        address(session), {f"m-{pk}-20260231-am": "P", "m-x-20260302-am": "P", "fill": "Z", "lock": "abc"}
    )
    assert not AttendanceMark.objects.exists()


def test_the_day_view_shows_one_day(client, world, session):
    trainee(world, session)
    html = login(client, world.provider).get(address(session, jour=MONDAY, vue="jour")).content.decode()
    assert html.count('class="slot-day"') == 2
    assert "Jour suivant" in html
    assert "Jour précédent" not in html


def test_weekends_are_shown_on_demand_and_holidays_are_not_asked(client, world, session):
    trainee(world, session)
    with clock.at(MONDAY + timedelta(days=13)):
        client = login(client, world.provider)
        sunday = MONDAY + timedelta(days=13)
        assert client.get(address(session, jour=sunday)).content.decode().count('class="slot-day"') == 10
        assert (
            client.get(address(session, jour=sunday, weekend=1)).content.decode().count('class="slot-day"')
            == 14
        )
    with clock.at(MONDAY + timedelta(days=37)):  # the week of Easter Monday, on Wednesday
        html = client.get(address(session)).content.decode()
        assert html.count('class="slot-day"') == 4


def test_a_session_to_come_says_when_it_opens(client, world):
    session = course(world, starts_on=FRIDAY + timedelta(days=10))
    html = login(client, world.provider).get(address(session)).content.decode()
    assert "La session n'a pas commencé" in html or "La session n&#x27;a pas commencé" in html
    assert "lundi 16 mars 2026" in html


def test_other_roles_are_refused_and_other_providers_find_nothing(client, world, session):
    for role, actor in world.actors.items():
        if role != Role.PROVIDER:
            assert login(client, actor).get(address(session)).status_code == 403, role
    other = factories.actor(Role.PROVIDER, factories.organisation(OrganisationKind.PROVIDER))
    client = login(client, other)
    assert client.get(address(session)).status_code == 404
    assert client.post(address(session), {}).status_code == 404
    assert client.post(reverse("followup:attendance_reopen", args=[session.pk]), {}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_people(
    client, world, session, django_assert_max_num_queries
):
    for _ in range(3):
        trainee(world, session)
    client = login(client, world.provider)
    with django_assert_max_num_queries(16):
        client.get(address(session))
