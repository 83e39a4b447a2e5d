"""`apply_many()`: the same facts, rows and refusals as one by one, in a handful of statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import clock
from pathways.bulk import Target, apply_many
from pathways.consistency import Progress, incoherences
from pathways.models import Event, Pathway
from pathways.statements import Writes
from pathways.transitions import apply
from prescriptions.models import Prescription, Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def world():
    return World.make()


def codes(report) -> list[str]:
    return [refusal.code for _, refusal in report.refused]


def states(ids) -> list[str]:
    by_id = dict(Pathway.objects.order_by().values_list("pk", "state"))
    return [by_id[pk] for pk in ids]


def test_one_fact_about_many_people_moves_each_of_them(world):
    ids = [world.story().pathway.pk for _ in range(4)]
    with clock.at(day(5)):
        report = apply_many("record_outcome", ids, world.referent, reason="moved")
    assert [done.target.pathway_id for done in report.done] == ids
    assert states(ids) == ["other_outcome"] * 4
    said = Event.objects.filter(kind="record_outcome").order_by("pk")
    assert [(event.pathway_id, event.from_state, event.to_state, event.reason) for event in said] == [
        (pk, "identified", "other_outcome", "moved") for pk in ids
    ]
    assert [event.pk for event in said] == [done.event_id for done in report.done]
    assert list(incoherences(Progress())) == []


def test_the_refused_stop_none_of_the_others(world):
    free, seated = world.story(), world.story()
    for kind, n in (("submit", 1), ("admit", 2), ("register", 3)):
        seated.tell(kind, day(n))
    stranger = World.make().story()
    with clock.at(day(5)):
        report = apply_many(
            "record_outcome",
            [seated.pathway.pk, stranger.pathway.pk, free.pathway.pk, 10**9],
            world.referent,
            reason="moved",
        )
    assert codes(report) == ["wrong_state", "not_visible", "not_visible"]
    assert [done.target.pathway_id for done in report.done] == [free.pathway.pk]


def test_the_last_seats_go_to_the_first_in_the_list(world):
    session = world.session(capacity=2)
    stories = [world.story(session=session) for _ in range(4)]
    for story in stories:
        story.tell("submit", day(2))
    with clock.at(day(5)):
        report = apply_many(
            "admit", [Target(s.pathway.pk, s.prescription.pk) for s in reversed(stories)], world.provider
        )
    assert [done.target.subject_id for done in report.done] == [s.prescription.pk for s in stories[:1:-1]]
    assert codes(report) == ["session_full", "session_full"]
    assert Session.objects.get(pk=session.pk).seats_held == 2
    assert list(incoherences(Progress())) == []


def test_a_person_who_comes_twice_finds_what_the_first_fact_did(world):
    story = world.story()
    with clock.at(day(5)):
        report = apply_many(
            "record_outcome", [story.pathway.pk, story.pathway.pk], world.referent, reason="moved"
        )
    assert (len(report.done), codes(report)) == (1, ["wrong_state"])


def test_the_same_keys_sent_again_record_nothing_twice(world):
    ids = [world.story().pathway.pk for _ in range(2)]
    targets = [Target(pk, idempotency_key="envoi-1") for pk in ids]
    with clock.at(day(5)):
        first = apply_many("note", targets, world.referent, comment="Appel.")
        again = apply_many("note", targets, world.referent, comment="Appel.")
    assert [done.repeated for done in again.done] == [True, True]
    assert [done.event_id for done in again.done] == [done.event_id for done in first.done]
    assert Event.objects.filter(kind="note").count() == 2


def test_facts_dated_before_others_are_put_in_their_place(world):
    late, last = world.story(), world.story()
    late.tell("submit", day(10))
    with clock.at(day(12)):
        report = apply_many(
            "contact",
            [late.pathway.pk, last.pathway.pk],
            world.advisor,
            occurred_on=day(5),
            reason="appointment",
        )
    assert len(report.done) == 2
    assert late.refresh().pathway.last_fact_on == day(10)
    assert (late.pathway.contacted_on, last.refresh().pathway.contacted_on) == (day(5), day(5))
    assert list(incoherences(Progress())) == []


def test_targets_carry_what_is_their_own(world):
    stories = [world.story(), world.story()]
    with clock.at(day(9)):
        apply_many(
            "note",
            [Target(stories[0].pathway.pk, occurred_on=day(3), comment="Le 3."), stories[1].pathway.pk],
            world.referent,
            occurred_on=day(4),
            comment="Pour tous.",
        )
    notes = Event.objects.filter(kind="note").order_by("pk").values_list("occurred_on", "comment")
    assert list(notes) == [(day(3), "Le 3."), (day(4), "Pour tous.")]


def test_a_group_leaves_training_with_its_follow_up_tasks(world):
    session = world.session()
    stories = [world.story(session=session) for _ in range(3)]
    for story in stories:
        for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
            story.tell(kind, day(n))
    with clock.at(day(70)):
        report = apply_many(
            "complete", [Target(s.pathway.pk, s.prescription.pk) for s in stories], world.provider
        )
    assert len(report.done) == 3
    assert list(incoherences(Progress())) == []  # a task to contact each of them among what is checked


def test_the_number_of_statements_does_not_follow_the_number_of_people(world):
    session = world.session(capacity=50)

    def statements(n: int) -> int:
        stories = [world.story(session=session) for _ in range(n)]
        targets = [Target(s.pathway.pk, s.prescription.pk) for s in stories]
        with clock.at(day(3)), CaptureQueriesContext(connection) as queries:
            report = apply_many("submit", targets, world.referent)
        assert len(report.done) == n
        return len(queries)

    assert statements(2) == statements(9)


def test_a_fact_costs_two_statements(world):
    """One that locks and reads, one that writes; the savepoint belongs to the test's own transaction."""
    story = world.story()
    with clock.at(day(3)), CaptureQueriesContext(connection) as queries:
        apply("submit", story.pathway.pk, world.referent, subject_id=story.prescription.pk)
    said = [query["sql"].split()[0] for query in queries]
    assert said == ["SAVEPOINT", "EXECUTE", "EXECUTE", "RELEASE"]
    assert Prescription.objects.get(pk=story.prescription.pk).state == "submitted"


def test_behind_a_pooler_nothing_is_kept_and_everything_is_the_same(world, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    story = world.story()
    with clock.at(day(3)), CaptureQueriesContext(connection) as queries:
        apply(
            "submit",
            story.pathway.pk,
            world.referent,
            subject_id=story.prescription.pk,
            comment="50 %, l'été",
        )
    assert not any("EXECUTE" in query["sql"] for query in queries)
    assert Prescription.objects.get(pk=story.prescription.pk).state == "submitted"
    assert Event.objects.get(kind="submit").comment == "50 %, l'été"
    assert list(incoherences(Progress())) == []


def test_nothing_to_say_is_said_without_a_word(world):
    with CaptureQueriesContext(connection) as queries:
        report = apply_many("note", [], world.referent, comment="x")
    assert (report.done, report.refused, len(queries)) == ([], [], 0)


@pytest.mark.django_db(transaction=True)
def test_a_failure_among_people_who_come_several_times_leaves_nothing(world, monkeypatch):
    """Several runs of targets are one transaction: the first may not be committed before the last."""
    ids = [world.story().pathway.pk for _ in range(2)]
    real, sent = Writes.send, []

    def fails_the_second_time(self, **options):
        sent.append(options)
        if len(sent) == 2:
            raise KeyboardInterrupt
        return real(self, **options)

    monkeypatch.setattr(Writes, "send", fails_the_second_time)
    with clock.at(day(5)), pytest.raises(KeyboardInterrupt):
        apply_many("note", [*ids, *ids], world.referent, comment="Appel.")
    assert [options["is_last"] for options in sent] == [False, True]
    assert not Event.objects.filter(kind="note").exists()
    monkeypatch.undo()
    with clock.at(day(5)):
        assert len(apply_many("note", [*ids, *ids], world.referent, comment="Appel.").done) == 4
    assert Event.objects.filter(kind="note").count() == 4
