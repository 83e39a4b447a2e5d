"""Two readings at the same time, and facts recorded meanwhile: each reading has tables of its own."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from config import clock
from pathways.models import Pathway
from pathways.reading.moment import Reading
from pathways.reading.room import room
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = FIRST_DAY + timedelta(days=100)


@pytest.fixture
def story():
    story = World.make().story("Kermadec")
    for kind, days in (("submit", 5), ("admit", 10), ("register", 40)):
        story.tell(kind, FIRST_DAY + timedelta(days=days))
    return story


def state_read(days: int, actor, until) -> str:
    """The person's state in a reading that stays open until `until()` returns."""
    with clock.at(TODAY):
        reading = Reading(FIRST_DAY + timedelta(days=days), None, clock.now())
        with room(reading, actor, Pathway.objects.visible_to(actor)):
            until()
            return Pathway.objects.visible_to(actor).get().state


def test_two_different_readings_at_once_do_not_see_each_other(story):
    actor, both_open, found = story.world.referent, threading.Barrier(2, timeout=20), {}

    def read(days: int) -> None:
        try:
            found[days] = state_read(days, actor, both_open.wait)
        finally:
            connections.close_all()

    readers = [threading.Thread(target=read, args=[days]) for days in (2, 20)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == {2: "identified", 20: "admitted"}


def test_a_fact_recorded_meanwhile_does_not_reach_an_open_reading(story):
    def record() -> None:
        def withdraw() -> None:
            try:
                story.tell("withdraw", TODAY)
            finally:
                connections.close_all()

        teller = threading.Thread(target=withdraw)
        teller.start()
        teller.join()

    assert state_read(99, story.world.referent, record) == "admitted"
    assert Pathway.objects.get().state == "identified"


def test_a_connection_that_served_a_reading_reads_today_again(story):
    for _ in range(8):  # more often than a driver waits before it keeps a prepared statement
        assert Pathway.objects.get().state == "admitted"
    assert state_read(2, story.world.referent, lambda: None) == "identified"
    assert Pathway.objects.get().state == "admitted"
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)
