"""Stories on the agenda: the clock, sleep and waking, what is meant for later."""

from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from config import clock
from followup.demo.agenda import Agenda, on_or_after, on_or_before

START = timezone.make_aware(datetime(2026, 3, 2, 7))  # a Monday


@pytest.fixture
def agenda():
    return Agenda(Random(1), START, START + timedelta(days=10))


def days_from_start(number: int):
    return (START + timedelta(days=number)).date()


def test_each_step_runs_at_its_moment_in_order(agenda):
    seen = []

    def story(name, *days):
        for day in days:
            yield days_from_start(day)
            seen.append((clock.today(), name))
            assert 8 <= timezone.localtime(clock.now()).hour < 18

    agenda.start(story("b", 2, 3))
    agenda.start(story("a", 1, 4))
    agenda.run()
    assert seen == [
        (days_from_start(1), "a"), (days_from_start(2), "b"), (days_from_start(3), "b"), (days_from_start(4), "a")
    ]  # fmt: skip


def test_two_steps_of_one_day_keep_their_order(agenda):
    moments = []

    def story():
        for _ in range(5):
            yield days_from_start(1)
            moments.append(clock.now())

    agenda.start(story())
    agenda.run()
    assert moments == sorted(set(moments))
    assert len(moments) == 5


def test_what_is_meant_for_after_the_end_has_not_happened(agenda):
    seen = []

    def story():
        yield days_from_start(11)
        seen.append("too late")

    agenda.start(story())
    agenda.run()
    assert seen == []


def test_a_sleeper_wakes_with_the_message_and_drops_its_own_wait(agenda):
    heard = []

    def sleeper():
        heard.append((yield None))
        heard.append((yield days_from_start(9)))

    def waker(task):
        yield days_from_start(1)
        agenda.wake(task, "first")
        yield days_from_start(2)
        agenda.wake(task, "second")

    agenda.start(waker(agenda.start(sleeper())))
    agenda.run()
    assert heard == ["first", "second"]


def test_an_exception_is_raised_inside_the_story(agenda):
    caught = []

    def story():
        try:
            yield None
        except LookupError as error:
            caught.append(error)

    def other(task):
        yield days_from_start(1)
        agenda.wake(task, LookupError("cancelled"))

    agenda.start(other(agenda.start(story())))
    agenda.run()
    assert len(caught) == 1


def test_working_days_skip_weekends_and_holidays():
    sunday_before_easter_monday = datetime(2026, 4, 5).date()
    assert on_or_after(sunday_before_easter_monday) == datetime(2026, 4, 7).date()
    assert on_or_before(sunday_before_easter_monday) == datetime(2026, 4, 3).date()
