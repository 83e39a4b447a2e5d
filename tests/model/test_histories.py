"""What must hold of any history, however it came about: backdated, corrected, sent twice, in any order."""

from random import Random

import pytest
from django.db import transaction
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from pathways.consistency import Progress, incoherences, rebuild
from pathways.enums import Origin, PathwayState
from pathways.models import Event, Pathway
from pathways.replay import replay
from prescriptions.models import Session
from tests.model.commands import Author, Command
from tests.model.model import OK, Model
from tests.model.reading import Said, holding
from tests.model.twin import CAST, Twin, after, author, make_model

pytestmark = pytest.mark.django_db

SEEDS = st.integers(0, 999_999)
STEPS = 60


def few(examples: int):
    """So many histories, the same ones each time."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
    )


def nothing_kept(test):
    """Each history in a transaction of its own, taken back at its end."""

    def run(seed):
        with transaction.atomic():
            test(seed)
            transaction.set_rollback(True)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def told(twin: Twin) -> list[tuple]:
    """Every column of every event."""
    return list(Event.objects.filter(pathway__in=twin.pathways).order_by("pk").values_list())


@few(4)
@given(seed=SEEDS)
@nothing_kept
def test_the_rows_are_what_replaying_the_facts_yields(seed):
    twin = Twin()
    draw = author(twin, seed)
    for _ in range(STEPS):
        twin.play(draw.next(twin.today))
        twin.differences([])
    assert list(incoherences()) == []
    assert list(rebuild(Progress())) == []
    assert twin.differences() == []


def deduced(twin: Twin, after_pk: int) -> int:
    """How many annulments of its own Jalons has added."""
    mine = Event.objects.filter(pathway__in=twin.pathways, pk__gt=after_pk, kind="annul")
    return mine.filter(origin=Origin.DEDUCED).count()


@few(4)
@given(seed=SEEDS)
@nothing_kept
def test_no_event_is_ever_lost_or_changed(seed):
    """A refused statement adds none; an accepted one adds its own after those that were there."""
    twin = Twin()
    draw, before = author(twin, seed), []
    for _ in range(STEPS):
        command = draw.next(twin.today)
        _, answered = twin.play(command)
        now = told(twin)
        assert now[: len(before)] == before
        is_new = answered == OK and command.verb in ("state", "annul", "correct")
        added = {"correct": 2}.get(command.verb, 1) if is_new else 0
        # What Jalons had deduced is taken back by an event of its own.
        given_way = deduced(twin, after_pk=before[-1][0] if before else 0)
        assert len(now) == len(before) + added + (given_way if is_new else 0), str(command)
        twin.differences([])
        before = now


@few(4)
@given(seed=SEEDS)
@nothing_kept
def test_what_was_known_on_a_day_stays_what_was_known_on_that_day(seed):
    """The answer at a past instant is the same for ever, whatever is recorded, backdated or corrected later."""
    twin = Twin()
    draw, choose, answers = author(twin, seed), Random(seed), []
    for _ in range(STEPS):
        command = draw.next(twin.today)
        if command.verb == "wait":  # the day is over: no more is recorded on it
            for key in twin.pathways:
                day = after(choose.randint(0, (twin.today - after(0)).days))
                answers.append((key, day, twin.noon, replay(Pathway(pk=key), day, twin.noon)))
        twin.play(command)
        twin.differences([])
    assert answers
    for key, day, known_at, answer in answers:
        assert replay(Pathway(pk=key), day, known_at) == answer


# ---- the same facts in another order


def possible_story(seed: int, length: int) -> tuple[list, list]:
    """Facts of one person by the day on which they were true, with who tells each, and the courses asked for."""
    model = lonely()
    draw, today, tellers = Author(model, CAST, Random(seed)), after(10), {}
    for _ in range(length):
        command = draw.next(today)
        if command.verb == "wait":
            today = after((today - after(0)).days + command.number)
        elif command.verb == "request":
            model.request(0, command.number)
        elif command.verb == "state" and model.state(CAST[command.who], 0, command.fact, today) == OK:
            tellers[len(model.said) - 1] = command.who
    facts = [(tellers[fact.number], afresh(fact)) for fact in holding(model.humans[0].facts)]
    return facts, [course for _, course in model.requests]


def lonely() -> Model:
    """One person, and seats for all."""
    model = make_model()
    del model.humans[1:]
    for course in model.courses:
        course.capacity = 50
    return model


def afresh(fact: Said) -> Said:
    """The fact as somebody would state it, without the place it has in one history."""
    return Said(fact.kind, fact.day, fact.subject, fact.reason, fact.comment, fact.payload)


def orders(facts: list, courses: list, seed: int) -> list[list]:
    """Two orders in which each of these facts is accepted in its turn; those of one day keep theirs.

    Days are disturbed at random; a fact that is refused is tried again after the others. Most orders end in a fact that
    is refused for good: they record other facts, and nothing is said of them.
    """
    choose, found = Random(seed), []
    for _ in range(60):
        noise = {fact.day: choose.uniform(0, choose.choice([1, 10, 60])) for _, fact in facts}
        left = sorted(facts, key=lambda told: (told[1].day - after(0)).days + noise[told[1].day])
        order = accepted(left, courses)
        if order is not None and order not in found:
            found.append(order)
        if len(found) == 2:
            break
    return found


def accepted(left: list, courses: list) -> list | None:
    """The order in which the model accepts them all, those refused being tried again; None when it never does.

    None too when a fact tried again comes after one of its own day that followed it: that is another history.
    """
    model, last_day, order, wanted = lonely(), max(fact.day for _, fact in left), [], list(left)
    for course in courses:
        model.request(0, course)
    while left:
        refused = [told for told in left if model.state(CAST[told[0]], 0, told[1], last_day) != OK]
        if len(refused) == len(left):
            return None
        order += [told for told in left if told not in refused]
        left = refused
    days = {fact.day for _, fact in order}
    keeps = all(
        [t for t in order if t[1].day == day] == [t for t in wanted if t[1].day == day] for day in days
    )
    return order if keeps else None


def recorded(order: list, courses: list) -> Twin:
    """A person about whom these facts are recorded in this order, all on the last of their days."""
    twin = Twin(lonely())
    for course in courses:
        twin.play(Command("request", "referent", 0, number=course))
    twin.today = max(fact.day for _, fact in order)
    for who, fact in order:
        assert twin.play(Command("state", who, 0, fact)) == (OK, OK)
    return twin


@few(6)
@given(seed=SEEDS)
@nothing_kept
def test_the_order_of_recording_does_not_matter(seed):
    """The same facts, of the same days, end in the same place, in whatever order they came to be known.

    Facts of one day are read in the order in which they were stated, so that they keep it here.
    """
    facts, courses = possible_story(seed, 60)
    assume(len({fact.day for _, fact in facts}) > 4)
    found = orders(facts, courses, seed)
    assume(len(found) == 2)
    one, other = (recorded(order, courses) for order in found)
    assert place(one) == place(other)


def place(twin: Twin) -> dict:
    """Every row about the person, jobs by what they say rather than by the number of their fact."""
    twin.differences([])
    rows = twin.rows(0)
    held = Session.objects.filter(pk__in=twin.sessions).order_by("pk")
    return {
        **rows,
        "jobs": sorted((job[1:] for job in rows["jobs"]), key=str),
        "seats": list(held.values_list("seats_held", flat=True)),
    }


def test_stories_go_through_every_state():
    """The drawn stories are worth something: together they pass through every state of a pathway."""
    seen = set()
    for seed in range(60):
        facts, _ = possible_story(seed, 80)
        model = make_model()
        model.requests = [(0, 0)] * 100
        for n in range(len(facts)):
            model.humans[0].facts = [fact for _, fact in facts[: n + 1]]
            model._read.clear()
            seen.add(model.standing(0).state("pathway"))
    assert seen == set(PathwayState.values)
