"""Digests: one mail with all that is new, nobody named, nothing twice, nothing for nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import clock
from notifications import inbox, preferences
from notifications.digests import writing
from notifications.enums import Delivery, Level, Rhythm, Weekday
from notifications.models import Mail, MailLine, Subscription
from notifications.readers import directory
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership
from tests.factories import actor
from tests.notifications.conftest import SURNAME, TODAY, Newsroom

PARIS = ZoneInfo("Europe/Paris")


def morning(day: int, hour: int = 9) -> datetime:
    """An hour of a day of March 2026, once digests of 8 o'clock are due."""
    return datetime(2026, 3, day, hour, tzinfo=PARIS)


def write(day: int, hour: int = 9) -> list[Mail]:
    """The mails written on that day of March."""
    before = set(Mail.objects.values_list("pk", flat=True))
    with clock.at(morning(day, hour)):
        writing.write_urgent()
        writing.write_due()
    return list(Mail.objects.exclude(pk__in=before).order_by("pk"))


def told(mail: Mail) -> int:
    return mail.lines.count()


def choose(
    actor: Actor, rhythm: str = Rhythm.DAILY, weekday=Weekday.MONDAY, hour: int = 8, **choices
) -> None:
    (reader,) = directory().of_users([actor.user_id])
    preferences.choose(reader, rhythm, weekday, hour, choices)


@pytest.fixture
def referent(room) -> Actor:
    """Everybody has been seen once: the next daily digest is that of Tuesday at 8."""
    writing.write_due()
    return room.world.referent


def test_one_mail_tells_everything_new_once(room: Newsroom, referent):
    room.open(1, referent)
    room.open(2, referent, level=Level.URGENT)
    room.post(3, referent)
    assert write(3, 7) == []
    (mail,) = write(3)
    assert (mail.recipient, mail.address, told(mail)) == (referent.user, referent.user.email, 3)
    assert mail.subject == "Jalons : 1 urgence, 2 nouveautés"
    assert write(3, 10) == []
    assert write(4) == []  # nothing new: no mail
    with clock.at(morning(4, 10)):
        room.open(5, referent)
    assert [told(mail) for mail in write(5)] == [1]


def test_nobody_is_named_and_everything_has_its_link(room: Newsroom, referent):
    room.open(1, referent)
    room.post(2, referent, detail=f"{SURNAME} : garde d'enfant")
    room.cause("empty", 3, referent, title="Maçon, Arles")
    (mail,) = write(3)
    for part in (mail.subject, mail.text, mail.html):
        for secret in (SURNAME, "Camille", "Inès", "garde", "C. K."):
            assert secret not in part
    assert "Maçon, Arles. Attendu sous 14 j." in mail.text
    for part in (mail.text, mail.html):
        for path in ("/dossiers/1/", "/dossiers/2/", "/dossiers/3/", "/notifications/", "/mes-courriels/"):
            assert f"https://jalons.example{path}" in part
    assert mail.text.index("REFUS REÇU (1)") > 0


def test_the_most_urgent_kind_comes_first_and_long_lists_are_cut(room: Newsroom, referent):
    for number in range(12):
        room.open(number, referent)
    room.cause("empty", 1, referent, level=Level.URGENT)
    (mail,) = write(3)
    assert mail.text.index("PLACES VIDES (1, dont 1 urgente)".replace("1 u", "1\u00a0u")) < mail.text.index(
        "PARCOURS BLOQUÉ (12)"
    )
    assert "et 7 de plus" in mail.text
    assert told(mail) == 13


def test_no_notice_of_ones_own_action(room: Newsroom, referent):
    room.post(1, referent, by=referent)
    assert write(3) == []


def test_what_was_read_on_screen_or_is_over_is_not_told(room: Newsroom, referent):
    room.open(1, referent)
    room.open(2, referent)
    inbox.mark(referent, inbox.page(referent, 5, unread_only=True)[0][0].key)
    (mail,) = write(3)
    assert told(mail) == 1
    room.open(3, referent)
    room.settle("stuck", 3)
    assert write(4) == []


def test_an_alert_that_is_raised_is_told_again(room: Newsroom, referent):
    room.cause("empty", 1, referent)
    assert len(write(3)) == 1
    with clock.at(morning(3, 12)):
        room.raise_to(Level.URGENT, "empty", 1)
    assert [told(mail) for mail in write(4)] == [1]


def test_weekly_after_three_weeks_of_silence_is_one_mail(room: Newsroom, referent):
    choose(referent, Rhythm.WEEKLY, Weekday.THURSDAY)
    room.open(1, referent)
    assert write(4) == []
    assert len(write(5)) == 1
    with clock.at(morning(6)):
        room.open(2, referent)
    with clock.at(morning(16)):
        room.open(3, referent)
    assert [told(mail) for mail in write(27)] == [2]
    assert Subscription.objects.get(user=referent.user).next_digest_at == datetime(
        2026, 4, 2, 8, tzinfo=PARIS
    )


def test_daily_after_a_weekend_is_one_mail(room: Newsroom, referent):
    lines = []
    for day in (6, 7, 8, 9):
        lines.append([told(mail) for mail in write(day)])
        with clock.at(morning(day, 10)):
            room.open(day, referent)
    assert lines == [[], [], [], [3]]


def test_never_means_never_and_a_change_of_mind_makes_up_for_nothing(room: Newsroom, referent):
    choose(referent, Rhythm.NEVER)
    room.open(1, referent)
    room.cause("empty", 2, referent, level=Level.CRITICAL)
    assert write(3) == write(9) == []
    with clock.at(morning(12)):
        choose(referent)
        room.open(3, referent)
    assert [told(mail) for mail in write(13)] == [1]


def test_a_kind_may_be_left_out(room: Newsroom, referent):
    choose(referent, stuck=Delivery.NONE)
    room.open(1, referent)
    room.post(2, referent)
    (mail,) = write(3)
    assert [line.source for line in mail.lines.all()] == ["notice"]


class TestAtOnce:
    def test_what_cannot_wait_does_not_and_the_digest_leaves_it_out(self, room: Newsroom, referent):
        room.cause("empty", 1, referent, level=Level.CRITICAL)
        room.post(2, referent, kind="offered")
        room.open(3, referent, level=Level.CRITICAL)
        (mail,) = write(2, 12)
        assert (mail.subject, told(mail)) == ("Jalons : à traiter sans attendre", 2)
        assert write(2, 13) == []
        (digest,) = write(3)
        assert [line.source for line in digest.lines.all()] == ["alert"]

    def test_only_from_its_level_on(self, room: Newsroom, referent):
        room.cause("empty", 1, referent, level=Level.URGENT)
        assert write(2, 12) == []
        with clock.at(morning(2, 14)):
            room.raise_to(Level.CRITICAL, "empty", 1)
        assert len(write(2, 15)) == 1

    def test_whoever_prefers_finds_it_in_the_digest(self, room: Newsroom, referent):
        choose(referent, empty=Delivery.DIGEST)
        room.cause("empty", 1, referent, level=Level.CRITICAL)
        assert write(2, 12) == []
        assert len(write(3)) == 1

    def test_to_somebody_never_written_to(self, room: Newsroom):
        assert not Subscription.objects.exists()
        room.cause("empty", 1, room.world.advisor, level=Level.CRITICAL)
        with clock.at(morning(2, 12)):
            assert writing.write_urgent() == 1


def test_whoever_left_is_not_written_to_and_comes_back_without_a_flood(room: Newsroom, referent):
    room.open(1, referent)
    Membership.objects.filter(user=referent.user).update(ended_on=TODAY + timedelta(days=1))
    assert write(3) == []
    Membership.objects.filter(user=referent.user).update(ended_on=None)
    assert write(16) == []
    with clock.at(morning(16, 12)):
        room.open(2, referent)
    assert [told(mail) for mail in write(17)] == [1]


def test_an_address_that_was_refused_is_left_alone_until_it_changes(room: Newsroom, referent):
    Subscription.objects.filter(user=referent.user).update(bounced=referent.user.email)
    room.open(1, referent)
    assert write(3) == []
    referent.user.email = "autre@exemple.invalid"
    referent.user.save()
    (mail,) = write(4)
    assert (mail.address, told(mail)) == ("autre@exemple.invalid", 1)


def test_usual_rhythms(room: Newsroom, referent):
    rhythms = dict(Subscription.objects.values_list("user", "rhythm"))
    world = room.world
    assert {rhythms[actor.user_id] for actor in (world.referent, world.provider, world.advisor)} == {"daily"}
    assert rhythms[world.manager.user_id] == "weekly"
    assert len(rhythms) == 5  # neither committee nor administrator


def test_statements_do_not_follow_the_number_of_readers(room: Newsroom):
    def statements(day: int) -> int:
        with clock.at(morning(day, 7)):
            room.open(day, room.world.referent, room.world.provider)
        with clock.at(morning(day)), CaptureQueriesContext(connection) as queries:
            writing.write_due()
        return len(queries)

    writing.write_due()
    few = statements(3)
    home = room.world.referent.organisation
    for _ in range(15):
        actor(Role.REFERENT, home)
    statements(4)  # subscribes them
    assert statements(5) <= few
    assert Mail.objects.filter(created_at__gte=morning(5, 0)).count() == 17


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_write_one_mail(kinds):
    with clock.at(TODAY):
        kinds.append(Newsroom())
        writing.write_due()
        kinds[0].open(1, kinds[0].world.referent)
        kinds[0].cause("empty", 2, kinds[0].world.referent, level=Level.CRITICAL)
    together = Barrier(2)

    def run(_):
        try:
            with clock.at(morning(3)):
                together.wait(10)
                return writing.write_urgent() + writing.write_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    run_alone = MailLine.objects.values_list("recipient", "source", "source_id", "level")
    assert len(run_alone) == len(set(run_alone)) == 2
