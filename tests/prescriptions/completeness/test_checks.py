"""What each check asks, when, and from which day it counts."""

from datetime import timedelta

import pytest

from config import clock
from pathways import parameters
from pathways.enums import Role
from prescriptions.completeness.checks import lacks_of
from prescriptions.completeness.gaps import gaps
from prescriptions.enums import EntryMode
from prescriptions.models import Session, TrainingAction
from tests.factories import FIRST_DAY

from .conftest import TODAY, complete


def codes(session) -> list[str]:
    return [check.code for check in lacks_of(Session.objects.get(pk=session.pk))]


def change(session, **fields):
    Session.objects.filter(pk=session.pk).update(**fields)
    return session


def test_a_session_that_tells_everything_lacks_nothing(session):
    assert codes(session) == []


@pytest.mark.parametrize(
    ("column", "empty", "code"),
    [
        ("starts_on", None, "opening"),
        ("ends_on", None, "closing"),
        ("capacity", None, "capacity"),
        ("minimum", None, "minimum"),
        ("hours", None, "hours"),
        ("price", None, "price"),
        ("recruitment", "", "recruitment"),
    ],
)
def test_each_figure_is_asked_for(session, column, empty, code):
    assert code in codes(change(session, **{column: empty}))


def test_place_and_meetings_are_asked_for(world, session):
    TrainingAction.objects.update(city="")
    assert codes(session) == ["place"]
    TrainingAction.objects.update(city="Arles")
    session.meetings.filter(kind="information").update(withdrawn_at=clock.now())
    assert codes(session) == ["meeting"]
    # A commission is asked for thirty days before, a meeting forty-five.
    session.meetings.update(withdrawn_at=clock.now())
    assert codes(session) == ["meeting"]
    assert codes(change(session, starts_on=TODAY + timedelta(days=30))) == ["meeting", "commission"]


def test_nothing_is_asked_of_what_is_far_over_cancelled_or_another_s(session):
    change(session, capacity=None)
    assert codes(change(session, starts_on=TODAY + timedelta(days=75))) == ["capacity"]
    assert codes(change(session, starts_on=TODAY + timedelta(days=76))) == []
    assert codes(change(session, starts_on=TODAY - timedelta(days=1))) == []
    change(session, starts_on=TODAY + timedelta(days=20))
    assert codes(change(session, is_regional=False)) == []
    assert codes(change(session, is_regional=True, cancelled_on=TODAY)) == []


def test_permanent_entries_want_a_coming_meeting_as_long_as_they_run(session):
    TrainingAction.objects.update(entry_mode=EntryMode.PERMANENT)
    change(session, starts_on=TODAY - timedelta(days=40), ends_on=TODAY + timedelta(days=200))
    session.meetings.filter(kind="information").update(held_on=TODAY - timedelta(days=1))
    assert codes(session) == ["meeting"]
    session.meetings.create(kind="information", held_on=TODAY)
    assert codes(session) == []
    assert codes(change(session, ends_on=TODAY - timedelta(days=1))) == []


@pytest.mark.parametrize(("opens_in", "age"), [(60, 45), (30, 21), (15, 10)])
def test_the_nearer_the_opening_the_fresher_the_figures(session, opens_in, age):
    change(session, starts_on=TODAY + timedelta(days=opens_in))
    session.meetings.update(held_on=TODAY)
    change(session, declared_at=clock.now() - timedelta(days=age))
    assert codes(session) == []
    change(session, declared_at=clock.now() - timedelta(days=age, seconds=1))
    assert codes(session) == ["stale"]


def test_the_days_are_dated_parameters(world, session):
    change(session, capacity=None, starts_on=TODAY + timedelta(days=90))
    assert codes(session) == []
    region = world.actors[Role.REGION_OFFICER]
    parameters.choose("offer_complete_before", 90, TODAY, "Trois mois.", region)
    assert codes(session) == ["capacity"]


def test_what_is_missing_counts_from_when_it_was_asked_for(world, session):
    change(session, capacity=None, known_on=FIRST_DAY)
    (gap,) = gaps(Session.objects.all())
    # Asked for 75 days before the opening, which is 40 days ago, but known for 30 only.
    assert gap.session.asked_since == FIRST_DAY
    assert (gap.due_on, gap.is_late) == (FIRST_DAY + timedelta(days=7), True)
    change(session, known_on=TODAY - timedelta(days=2))
    (gap,) = gaps(Session.objects.all())
    assert (gap.due_on, gap.is_late) == (TODAY + timedelta(days=5), False)
    assert gap.told == "Manque : nombre de places."


def test_the_longest_awaited_comes_first(world, session):
    change(session, capacity=None)
    older = complete(world, opens_in=60, price=None, known_on=FIRST_DAY - timedelta(days=30))
    newer = complete(world, opens_in=20, hours=None, known_on=TODAY)
    assert [gap.session.pk for gap in gaps(Session.objects.all())] == [session.pk, older.pk, newer.pk]
