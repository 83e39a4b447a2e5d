"""The calendar feed: what its owner would see now, in valid files that say what moved, behind a secret."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from config import clock
from notifications import agenda
from notifications.models import FeedAddress
from pathways.enums import Role
from pathways.models import Membership
from prescriptions.enums import MeetingKind
from prescriptions.models import Meeting
from tests.factories import World

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def world():
    with clock.at(TODAY):
        yield World.make()


@pytest.fixture
def session(world):
    return world.session(starts_on=date(2026, 4, 7), ends_on=date(2026, 7, 3), declared_at=clock.now())


def address_of(actor) -> str:
    return reverse("notifications:agenda_feed", args=[agenda.renew(actor.user_id)])


def read(address: str, **headers):
    """As a calendar program reads it: without any session."""
    return Client().get(address, headers=headers)


def events(address: str) -> dict[str, dict]:
    return {str(event["uid"]): event for event in Calendar.from_ical(read(address).content).walk("VEVENT")}


def test_openings_closings_and_meetings(world, session):
    meeting = Meeting.objects.create(
        session=session,
        kind=MeetingKind.INFORMATION,
        held_on=date(2026, 3, 30),
        starts_at=time(9, 30),
        place="Salle 2",
    )
    commission = Meeting.objects.create(
        session=session, kind=MeetingKind.COMMISSION, held_on=date(2026, 3, 28)
    )
    found = events(address_of(world.provider))
    opening = found[f"session-{session.pk}-opening@jalons"]
    assert (opening.decoded("dtstart"), opening["summary"]) == (date(2026, 4, 7), "Ouverture : Maçon")
    assert opening.decoded("dtend") == date(2026, 4, 8)
    assert opening["url"] == f"https://jalons.example/sessions/{session.pk}/"
    assert "0 place tenue sur 10" in opening["description"].replace("\u00a0", " ")
    assert found[f"session-{session.pk}-closing@jalons"].decoded("dtstart") == date(2026, 7, 3)
    held = found[f"meeting-{meeting.pk}@jalons"]
    # The day after summer time begins: 9:30 on the wall is 7:30 UTC.
    assert held.decoded("dtstart") == datetime(2026, 3, 30, 9, 30, tzinfo=PARIS)
    assert held["dtstart"].params["TZID"] == "Europe/Paris"
    assert held["location"] == "Salle 2"
    assert found[f"meeting-{commission.pk}@jalons"].decoded("dtstart") == date(2026, 3, 28)
    assert b"BEGIN:VTIMEZONE" in read(address_of(world.provider)).content


def test_nobody_is_named(world, session):
    story = world.story("Kerguelen", session=session)
    story.tell("submit")
    body = read(address_of(world.referent)).content.decode()
    assert "Ouverture" in body
    assert "Kerguelen" not in body.replace("\r\n ", "")


def test_each_role_reads_what_it_looks_after(world, session):
    other = World.make()
    theirs = other.session(starts_on=date(2026, 4, 7), ends_on=None)

    def has(actor, one) -> bool:
        return f"session-{one.pk}-opening@jalons" in events(address_of(actor))

    region = world.actors[Role.REGION_OFFICER]
    assert [has(actor, session) for actor in (world.provider, world.advisor, region)] == [True] * 3
    assert [has(actor, theirs) for actor in (world.provider, world.advisor, region)] == [False, False, True]
    # Neither pôle nor Département serve the bassin here: their people lead them to the session.
    assert [has(actor, session) for actor in (world.referent, world.manager)] == [False, False]
    world.story(session=session).tell("submit")
    assert [has(actor, session) for actor in (world.referent, world.manager)] == [True, True]
    assert not has(other.referent, session)
    world.referent.organisation.areas.add(other.area)
    assert has(world.referent, theirs)


def test_a_session_that_moves_keeps_its_entry_with_a_higher_sequence(world, session):
    address = address_of(world.provider)
    before = events(address)[f"session-{session.pk}-opening@jalons"]
    with clock.at(TODAY + timedelta(days=1)):
        session.starts_on, session.postponed_from = date(2026, 4, 14), session.starts_on
        session.postponed_at = clock.now()
        session.save()
        after = events(address)[f"session-{session.pk}-opening@jalons"]
    assert after.decoded("dtstart") == date(2026, 4, 14)
    assert int(after["sequence"]) > int(before["sequence"])
    assert "devait ouvrir le 07/04/2026" in after["description"]
    with clock.at(TODAY + timedelta(days=2)):
        session.cancelled_on = clock.today()
        session.save()
        cancelled = events(address)[f"session-{session.pk}-opening@jalons"]
    assert (cancelled["status"], cancelled["summary"]) == ("CANCELLED", "Annulé : Ouverture : Maçon")
    assert int(cancelled["sequence"]) > int(after["sequence"])


def test_a_meeting_that_is_withdrawn_is_cancelled(world, session):
    meeting = Meeting.objects.create(session=session, kind=MeetingKind.INFORMATION, held_on=date(2026, 3, 30))
    address = address_of(world.provider)
    first = events(address)[f"meeting-{meeting.pk}@jalons"]
    assert first["status"] == "CONFIRMED"
    with clock.at(TODAY + timedelta(days=1)):
        meeting.withdrawn_at = clock.now()
        meeting.save()
        again = events(address)[f"meeting-{meeting.pk}@jalons"]
    assert again["status"] == "CANCELLED"
    assert int(again["sequence"]) > int(first["sequence"])


def test_nothing_new_is_not_sent_again(world, session):
    address = address_of(world.provider)
    first = read(address)
    assert first.headers["Content-Type"].startswith("text/calendar")
    with clock.at(TODAY + timedelta(hours=30)):
        assert read(address, if_none_match=first.headers["ETag"]).status_code == 304
    session.cancelled_on = TODAY
    session.save()
    assert read(address, if_none_match=first.headers["ETag"]).status_code == 200


class TestTheSecret:
    def test_it_is_shown_once_and_only_its_hash_is_kept(self, world, client):
        client.force_login(world.referent.user)
        page = client.post(reverse("notifications:agenda_renew"))
        address = page.context["address"]
        assert address in page.content.decode()
        assert page.headers["Cache-Control"] == "no-store"
        token = address.rsplit("/", 1)[1].removesuffix(".ics")
        assert FeedAddress.objects.get().token_hash == FeedAddress.hash_of(token) != token
        assert token not in client.get(reverse("notifications:agenda")).content.decode()
        assert read(address.removeprefix("https://jalons.example")).status_code == 200

    def test_a_new_one_closes_the_one_before(self, world):
        old = address_of(world.referent)
        new = address_of(world.referent)
        assert (read(old).status_code, read(new).status_code) == (404, 200)

    def test_it_can_be_closed(self, world, client):
        address = address_of(world.referent)
        client.force_login(world.referent.user)
        client.post(reverse("notifications:agenda_revoke"))
        assert read(address).status_code == 404

    @pytest.mark.parametrize("left", ["membership", "account"])
    def test_whoever_left_reads_nothing(self, world, left):
        address = address_of(world.referent)
        if left == "membership":
            Membership.objects.filter(user=world.referent.user).update(ended_on=TODAY)
        else:
            world.referent.user.is_active = False
            world.referent.user.save()
        assert read(address).status_code == 404

    def test_a_role_without_offer_reads_nothing(self, world):
        assert read(address_of(world.actors[Role.COMMITTEE_MEMBER])).status_code == 404

    def test_a_guess_opens_nothing(self, world):
        address_of(world.referent)
        assert read(reverse("notifications:agenda_feed", args=["x" * 43])).status_code == 404
        assert Client().post(address_of(world.referent)).status_code == 405
