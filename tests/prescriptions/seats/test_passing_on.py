"""Seats given up go to the next person by themselves: nobody is logged in, and a sweep may die at any step."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from config import clock
from notifications.models import Notice
from pathways.audience import keys_of
from pathways.corrections import annul
from pathways.enums import Role
from pathways.models import Event
from prescriptions import allotment, deadlines, offers, queue
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.tasks import pass_seats_on
from tests.factories import FIRST_DAY, World
from tests.prescriptions.seats.kept import keep, public

pytestmark = pytest.mark.django_db
P = PrescriptionState
OPENING = FIRST_DAY + timedelta(days=60)
DAY = FIRST_DAY + timedelta(days=20)
PARIS = ZoneInfo("Europe/Paris")


def moment(days: int = 0, hour: int = 14) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, 30, tzinfo=PARIS) + timedelta(days=days)


@pytest.fixture
def world():
    return World.make()


def full_session(world, waiting: int = 2, capacity: int = 1, **fields):
    """A session whose seats are all held, with people on its list: (session, holders, those who wait)."""
    session = world.session(capacity=capacity, **fields)
    holders = [world.story(session=session) for _ in range(capacity)]
    for story in holders:
        story.tell("submit")
        story.tell("admit", FIRST_DAY + timedelta(days=1))
    line = [world.story(session=session) for _ in range(waiting)]
    for rank, story in enumerate(line):
        story.tell("submit")
        story.tell("waitlist", FIRST_DAY + timedelta(days=2 + rank))
    return session, holders, line


def states(stories) -> list[str]:
    return [Prescription.objects.get(pk=story.prescription.pk).state for story in stories]


def test_an_offer_that_nobody_answers_passes_on_by_itself(world):
    session, (holder,), line = full_session(world)
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        assert pass_seats_on() == 1
        assert pass_seats_on() == 0
    assert states(line) == [P.OFFERED, P.WAITLISTED]
    said = Event.objects.get(kind="offer")
    assert (said.role, said.origin, said.actor) == (Role.SYSTEM, "deduced", None)
    assert said.payload == {
        "expires_on": str(DAY + timedelta(days=2)),
        "expires_at": moment(2).isoformat(),
    }
    assert "rang 1" in said.comment
    with clock.at(moment(2) - timedelta(minutes=1)):
        assert pass_seats_on() == 0
    with clock.at(moment(2)):
        assert pass_seats_on() == 2
    assert states(line) == [P.EXPIRED, P.OFFERED]
    with clock.at(moment(4)):
        assert pass_seats_on() == 1  # nobody waits any more: the seat stays given up
    row = Session.objects.get(pk=session.pk)
    assert (row.seats_held, row.seats_given_up) == (0, 1)


def test_a_declined_offer_passes_on_at_once(world):
    _, (holder,), line = full_session(world)
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        pass_seats_on()
    line[0].tell("withdraw", DAY, reason="declined_seat")
    with clock.at(moment(hour=15)):
        assert pass_seats_on() == 1
    assert states(line) == [P.WITHDRAWN, P.OFFERED]


def test_a_seat_that_nobody_has_held_stays_the_providers_to_give(world):
    session, (holder, _), line = full_session(world, capacity=2)
    Session.objects.filter(pk=session.pk).update(capacity=5)  # as it was declared from the beginning
    with clock.at(moment()):
        assert pass_seats_on() == 0
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        assert pass_seats_on() == 1
    assert states(line) == [P.OFFERED, P.WAITLISTED]


def test_a_worker_killed_between_two_steps_leaves_the_rest_to_the_next(world, monkeypatch):
    _, (holder,), line = full_session(world)
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        pass_seats_on()

    def killed(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(offers, "pass_seats_on", killed)
    with clock.at(moment(2)), pytest.raises(KeyboardInterrupt):
        pass_seats_on()
    monkeypatch.undo()
    assert states(line) == [P.EXPIRED, P.WAITLISTED]
    with clock.at(moment(2)):
        assert (pass_seats_on(), pass_seats_on()) == (1, 0)
    assert states(line) == [P.EXPIRED, P.OFFERED]
    assert Event.objects.filter(kind="expire").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_offer_each_seat_once():
    world = World.make()
    session, holders, line = full_session(world, waiting=4, capacity=2)
    for holder in holders:
        holder.tell("withdraw", DAY)
    Session.objects.filter(pk=session.pk).update(capacity=5)

    def sweep(_):
        try:
            with clock.at(moment()):
                return offers.sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 2
    assert sorted(states(line)) == sorted([P.OFFERED, P.OFFERED, P.WAITLISTED, P.WAITLISTED])


def test_an_offer_taken_back_is_not_made_again_to_the_same_person(world):
    _, (holder,), line = full_session(world)
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        pass_seats_on()
        annul(Event.objects.get(kind="offer").pk, world.manager, comment="La personne est en stage.")
        assert pass_seats_on() == 1
    assert states(line) == [P.WAITLISTED, P.OFFERED]


def test_nothing_is_offered_while_the_provider_has_suspended_it(world):
    session, (holder,), line = full_session(world)
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        with pytest.raises(allotment.SeatsRefused):
            allotment.suspend_offers(session.pk, " ", world.provider)
        allotment.suspend_offers(session.pk, "Groupe recomposé.", world.provider)
        assert pass_seats_on() == 0
        allotment.resume_offers(session.pk, world.provider)
        assert pass_seats_on() == 1
    assert states(line)[0] == P.OFFERED


@pytest.mark.parametrize("back", [0, -1])
def test_nothing_is_offered_once_the_session_is_open(world, back):
    _, (holder,), line = full_session(world)
    holder.tell("no_show" if back else "withdraw", OPENING)
    with clock.at(OPENING - timedelta(days=back)):
        assert pass_seats_on() == 0
    assert states(line) == [P.WAITLISTED, P.WAITLISTED]


def test_seats_added_to_a_full_session_pass_on_and_those_of_another_do_not(world):
    full, _, line = full_session(world)
    with clock.at(moment()):
        row = Session.objects.get(pk=full.pk)
        row.capacity = 2
        assert allotment.passing_after(row, 1) == 1
        Session.objects.filter(pk=full.pk).update(capacity=3)
        row = Session.objects.get(pk=full.pk)
        row.capacity = 4
        assert allotment.passing_after(row, 3) == 0
    assert states(line) == [P.WAITLISTED] * 2


def test_reserved_seats_left_unused_are_everybodys_on_their_day(world):
    session, _, line = full_session(world)
    Session.objects.filter(pk=session.pk).update(capacity=2)
    keep(session, public(max_age=20), 1, DAY)
    with clock.at(DAY - timedelta(days=1)):
        assert pass_seats_on() == 0
    with clock.at(DAY):
        assert (pass_seats_on(), pass_seats_on()) == (1, 0)
    assert states(line) == [P.OFFERED, P.WAITLISTED]


def test_a_kept_seat_goes_past_those_who_wait_longer(world):
    """The seat given up is the one kept for the young: the second in time is offered it, with the reason."""
    session, (holder,), line = full_session(world)
    keep(session, public(max_age=25), 1, OPENING - timedelta(days=15))
    young = world.story(session=session, birth_date=FIRST_DAY.replace(year=2005))
    young.tell("submit")
    young.tell("waitlist", FIRST_DAY + timedelta(days=9))
    holder.tell("withdraw", DAY)
    with clock.at(moment()):
        assert [queue.ranks([session.pk])[s.prescription.pk].rank for s in (young, *line)] == [1, 2, 3]
        pass_seats_on()
    assert states([young, *line]) == [P.OFFERED, P.WAITLISTED, P.WAITLISTED]


@pytest.mark.parametrize(
    ("opens_in", "hour", "wanted"),
    [
        (60, 14, moment(2)),
        (7, 14, moment(1)),
        (1, 14, datetime(DAY.year, DAY.month, DAY.day, tzinfo=PARIS) + timedelta(days=1)),
        (1, 21, None),
        (0, 9, None),
    ],
)
def test_there_is_less_time_to_answer_near_the_opening(opens_in, hour, wanted):
    with clock.at(moment(hour=hour)):
        assert deadlines.last_moment(DAY + timedelta(days=opens_in)) == wanted


def test_the_hours_are_real_hours_when_the_clocks_change():
    """The night of 29 March 2026 has one hour less: 48 hours later the clock says an hour more."""
    with clock.at(datetime(2026, 3, 28, 14, 30, tzinfo=PARIS)):
        last = deadlines.last_moment(None)
    assert last.astimezone(PARIS).strftime("%d/%m %H:%M") == "30/03 15:30"


def test_the_referent_is_told_of_what_happens_while_nobody_is_there(world):
    """A seat that passed on, and a request that the provider took back: each is told once."""
    _, (holder,), line = full_session(world)
    holder.tell("withdraw", DAY, by=world.provider)
    with clock.at(moment()):
        pass_seats_on()
    with clock.at(moment(2)):
        pass_seats_on()
    mine = Notice.objects.filter(audiences__key__in=keys_of(world.referent), kind="seat_lost").order_by("pk")
    told = [(notice.title, notice.detail.partition(" : ")[2]) for notice in mine]
    assert [title for title, _ in told] == [str(story.pathway.beneficiary) for story in (holder, line[0])]
    assert "candidature retirée par Organisme" in told[0][1]
    assert "n'a pas été acceptée à temps" in told[1][1]
