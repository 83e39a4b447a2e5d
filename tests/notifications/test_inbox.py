"""The bell and the page of notifications: what is addressed to the reader, unread until they say so."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.urls import reverse

from config import clock
from notifications import inbox
from notifications.enums import Level
from notifications.models import ReadMark
from pathways.models import Membership
from tests.factories import World
from tests.notifications.conftest import TODAY


@pytest.fixture
def reader(room, client):
    client.force_login(room.world.referent.user)
    return client


def titles(response) -> list[str]:
    return [line["person"] for line in response.context["lines"]]


def page(client, **query):
    return client.get(reverse("notifications:inbox"), query)


def test_alerts_and_notices_newest_first_and_nobody_elses(room, reader):
    other = World.make()
    room.open(1, room.world.referent)
    room.open(2, other.referent)
    with clock.at(TODAY + timedelta(days=1)):
        room.post(3, room.world.referent, title="Inès")
        room.post(4, room.world.provider)
        answer = page(reader)
    assert titles(answer) == ["Inès", "Camille Kerguelen"]
    assert 'Notifications : </span><span class="nav-count bell-count">2<' in answer.content.decode()


def test_one_is_read_and_opens_its_page(room, reader):
    room.open(1, room.world.referent)
    room.open(2, room.world.referent)
    first = page(reader).context["lines"][0]
    opened, marked = first["actions"]
    answer = reader.post(opened["url"], opened["fields"])
    assert answer.status_code == 302
    assert answer.url.startswith("/dossiers/")
    reader.post(marked["url"], marked["fields"])  # twice: still one mark
    assert inbox.unread(room.world.referent) == 1
    assert ReadMark.objects.count() == 1
    assert len(titles(page(reader))) == 1
    assert len(titles(page(reader, voir="toutes"))) == 2


def test_what_came_after_the_page_was_drawn_stays_unread(room, reader):
    room.open(1, room.world.referent)
    seen = page(reader).context["now"]
    with clock.at(TODAY + timedelta(days=1)):
        room.open(2, room.world.referent)
        reader.post(reverse("notifications:read"), {"jusqua": seen})
        assert inbox.unread(room.world.referent) == 1


def test_an_alert_that_is_raised_is_unread_again(room, reader):
    room.cause("empty", 1, room.world.referent)
    reader.post(reverse("notifications:read"))
    assert inbox.unread(room.world.referent) == 0
    with clock.at(TODAY + timedelta(days=1)):
        room.raise_to(Level.URGENT, "empty", 1)
        assert inbox.unread(room.world.referent) == 1


def test_colleagues_read_apart(room, reader):
    room.open(1, room.world.referent, room.world.provider)
    reader.post(reverse("notifications:read"))
    assert (inbox.unread(room.world.referent), inbox.unread(room.world.provider)) == (0, 1)


def test_no_notice_of_ones_own_action(room):
    room.post(1, room.world.referent, room.world.provider, by=room.world.provider)
    assert (inbox.unread(room.world.referent), inbox.unread(room.world.provider)) == (1, 0)


def test_gone_with_its_cause_its_time_or_the_access(room, reader):
    room.open(1, room.world.referent)
    room.post(2, room.world.referent)
    room.settle("stuck", 1)
    assert inbox.unread(room.world.referent) == 1
    with clock.at(TODAY + timedelta(days=31)):
        assert inbox.unread(room.world.referent) == 0
    Membership.objects.filter(user=room.world.referent.user).update(role="provider")
    assert titles(page(reader)) == []


def test_somebody_elses_news_cannot_be_opened(room, reader):
    room.post(1, room.world.provider)
    item = inbox.page(room.world.provider, 5, unread_only=True)[0][0]
    answer = reader.post(reverse("notifications:read"), {"cle": item.key, "ouvrir": "1"})
    assert answer.status_code == 404
    for wrong in ("notice", "alert-1", "x-1-1", "alert-1-1' OR 1=1"):
        assert reader.post(reverse("notifications:read"), {"cle": wrong}).status_code == 404


def test_pages_follow_each_other_without_a_double(room, reader, monkeypatch):
    monkeypatch.setattr("notifications.views.inbox.PAGE", 3)
    for number in range(8):
        room.post(number, room.world.referent, title=f"n° {number}")
    seen, query = [], {}
    while True:
        answer = page(reader, **query)
        seen += titles(answer)
        if not answer.context["next_url"]:
            break
        query = dict(parse_qsl(answer.context["next_url"][1:]))
    assert sorted(seen) == [f"n° {number}" for number in range(8)]
    assert page(reader, apres="n'importe quoi").status_code == 200


def test_the_bell_counts_no_further_than_it_shows(room, monkeypatch):
    monkeypatch.setattr(inbox, "MANY", 3)
    for number in range(5):
        room.post(number, room.world.referent)
    assert inbox.unread(room.world.referent) == 3


def test_marks_are_forgotten_after_the_news(room, reader):
    room.post(1, room.world.referent)
    reader.post(reverse("notifications:read"))
    with clock.at(TODAY + timedelta(days=59)):
        assert inbox.forget_old_marks() == 0
    with clock.at(TODAY + timedelta(days=61)):
        assert inbox.forget_old_marks() == 1
        assert inbox.unread(room.world.referent) == 0
