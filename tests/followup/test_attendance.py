"""Noting half-days: what is written, what is refused and why, two trainers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from config import clock
from followup.assiduity import assiduity
from followup.attendance import (
    AttendanceRefused,
    Noted,
    Place,
    lock_day,
    missing_places,
    record_marks,
    reopen_day,
)
from followup.models import AttendanceMark, Enrolment, LockedDay
from pathways.corrections import annul
from pathways.enums import OrganisationKind, Role
from pathways.refusals import NotVisible
from tests import factories
from tests.factories import World
from tests.followup.courses import FRIDAY, MONDAY, course, trainee

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture(autouse=True)
def _on_friday():
    with clock.at(FRIDAY):
        yield


def held(enrolment_id):
    """{(day, half): mark} of the marks that hold."""
    rows = AttendanceMark.objects.filter(enrolment=enrolment_id, replaced_at=None).order_by("pk")
    return {(row.day, row.half): row.mark for row in rows}


def note(session, actor, enrolment_id, mark, day=MONDAY, half="am", seen=None):
    return record_marks(session, [Noted(Place(enrolment_id, day, half), mark, seen)], actor)


def test_changed_marks_are_kept_beside_the_new_and_unchanged_ones_are_not_written_again(world):
    session = course(world)
    story = trainee(world, session)
    pk = story.prescription.pk
    first = record_marks(
        session, [Noted(Place(pk, MONDAY, half), "P", "") for half in ("am", "pm")], world.provider
    )
    again = record_marks(
        session,
        [Noted(Place(pk, MONDAY, "am"), "P", "P"), Noted(Place(pk, MONDAY, "pm"), "J", "P")],
        world.provider,
    )
    assert (first.written, again.written, again.problems) == (2, 1, ())
    assert held(pk) == {(MONDAY, "am"): "P", (MONDAY, "pm"): "J"}
    replaced = AttendanceMark.objects.get(enrolment=pk, replaced_at__isnull=False)
    assert (replaced.mark, replaced.half, replaced.recorded_by) == ("P", "pm", world.provider.user)


def test_a_mark_can_be_taken_back(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    note(session, world.provider, pk, "N")
    assert note(session, world.provider, pk, "", seen="N").written == 1
    assert held(pk) == {}
    assert AttendanceMark.objects.filter(enrolment=pk).count() == 1


def test_three_statements_write_any_number_of_half_days(world, django_assert_max_num_queries):
    session = course(world)
    people = [trainee(world, session).prescription.pk for _ in range(4)]
    marks = [Noted(Place(pk, MONDAY, half), "P", "") for pk in people for half in ("am", "pm")]
    # Savepoint twice, session locked, locks, trainees, suspensions, marks held; then two statements that write.
    with django_assert_max_num_queries(9):
        assert record_marks(session, marks, world.provider).written == 8


@pytest.mark.parametrize(
    ("day", "half", "mark", "code"),
    [
        (MONDAY - timedelta(days=3), "am", "P", "not_in_training"),
        (FRIDAY + timedelta(days=3), "am", "P", "not_yet"),
        (MONDAY, "am", "X", "unknown_mark"),
    ],
)
def test_impossible_half_days_are_refused_with_the_person_the_day_and_the_remedy(
    world, day, half, mark, code
):
    session = course(world)
    pk = trainee(world, session, "Amrani").prescription.pk
    problems = note(session, world.provider, pk, mark, day, half).problems
    assert [problem.code for problem in problems] == [code]
    assert problems[0].sentence.startswith("Camille Amrani, ")
    assert problems[0].next_step
    assert held(pk) == {}


def test_the_afternoon_of_today_is_noted_from_noon_on(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    with clock.at(datetime(2026, 3, 6, 9, 30)):
        assert note(session, world.provider, pk, "P", FRIDAY, "am").written == 1
        assert note(session, world.provider, pk, "P", FRIDAY, "pm").problems[0].code == "not_yet"
    with clock.at(datetime(2026, 3, 6, 12, 0)):
        assert note(session, world.provider, pk, "P", FRIDAY, "pm").written == 1


def test_days_outside_the_session_the_stay_or_during_a_suspension_are_refused(world):
    session = course(world, ends_on=MONDAY + timedelta(days=2))
    story = trainee(world, session, entered_on=TUESDAY)
    story.tell("suspend", TUESDAY + timedelta(days=1))
    pk = story.prescription.pk
    codes = [note(session, world.provider, pk, "P", MONDAY + timedelta(days=n)).problems for n in range(4)]
    assert [problems[0].code if problems else None for problems in codes] == [
        "not_in_training",
        None,
        "suspended",
        "suspended",
    ]
    story.tell("resume", FRIDAY)
    assert note(session, world.provider, pk, "P", FRIDAY).problems[0].code == "outside_session"


def test_a_suspension_that_was_taken_back_asks_for_the_days_again(world):
    session = course(world)
    story = trainee(world, session)
    outcome = story.tell("suspend", TUESDAY)
    assert not missing_places(session, [TUESDAY])
    annul(outcome.event.pk, world.provider, comment="Mauvaise personne.")
    assert len(missing_places(session, [TUESDAY])) == 2


def test_the_first_day_of_a_job_is_no_day_of_training_but_the_last_day_of_a_drop_out_is(world):
    session = course(world)
    leaver, dropper = trainee(world, session), trainee(world, session)
    leaver.tell("leave_for_job", TUESDAY)
    dropper.tell("drop_out", TUESDAY)
    assert (
        note(session, world.provider, leaver.prescription.pk, "P", TUESDAY).problems[0].code
        == "not_in_training"
    )
    assert note(session, world.provider, dropper.prescription.pk, "P", TUESDAY).written == 1


def test_a_locked_day_is_refused_and_the_rest_is_written(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    for half in ("am", "pm"):
        note(session, world.provider, pk, "P", MONDAY, half)
    lock_day(session, MONDAY, world.provider)
    recorded = record_marks(
        session,
        [Noted(Place(pk, MONDAY, "am"), "N", "P"), Noted(Place(pk, TUESDAY, "am"), "P", "")],
        world.provider,
    )
    assert recorded.written == 1
    (problem,) = recorded.problems
    assert problem.code == "day_locked"
    assert "lundi 2 mars 2026" in problem.sentence
    assert "Rouvrez la journée" in problem.next_step
    assert held(pk) == {(MONDAY, "am"): "P", (MONDAY, "pm"): "P", (TUESDAY, "am"): "P"}


def test_a_day_is_locked_once_all_is_noted_and_reopened_with_a_reason(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    with pytest.raises(AttendanceRefused) as refused:
        lock_day(session, MONDAY, world.provider)
    assert refused.value.code == "not_all_noted"
    for half in ("am", "pm"):
        note(session, world.provider, pk, "P", MONDAY, half)
    assert lock_day(session, MONDAY, world.provider) == lock_day(session, MONDAY, world.provider)
    with pytest.raises(AttendanceRefused) as refused:
        reopen_day(session, MONDAY, world.provider, "  ")
    assert refused.value.code == "reason_missing"
    reopen_day(session, MONDAY, world.provider, "Justificatif reçu")
    assert note(session, world.provider, pk, "J", MONDAY, seen="P").written == 1
    lock = LockedDay.objects.get()
    assert (lock.reopened_by, lock.reopen_reason) == (world.provider.user, "Justificatif reçu")
    with pytest.raises(AttendanceRefused) as refused:
        reopen_day(session, MONDAY, world.provider, "encore")
    assert refused.value.code == "not_locked"
    assert lock_day(session, MONDAY, world.provider) != lock


def test_days_to_come_and_days_outside_are_not_locked(world):
    session = course(world)
    for day, code in (
        (MONDAY - timedelta(days=1), "outside_session"),
        (FRIDAY + timedelta(days=3), "not_yet"),
    ):
        with pytest.raises(AttendanceRefused) as refused:
            lock_day(session, day, world.provider)
        assert refused.value.code == code


def test_another_provider_sees_no_session_and_other_roles_do_not_note(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    other = factories.actor(Role.PROVIDER, factories.organisation(OrganisationKind.PROVIDER))
    with pytest.raises(NotVisible):
        note(session, other, pk, "P")
    with pytest.raises(AttendanceRefused) as refused:
        note(session, world.referent, pk, "P")
    assert refused.value.code == "wrong_role"
    assert held(pk) == {}


def test_a_trainee_of_another_session_is_refused(world):
    session, other = course(world), course(world)
    pk = trainee(world, other).prescription.pk
    assert note(session, world.provider, pk, "P").problems[0].code == "not_in_training"
    assert held(pk) == {}


def test_what_a_colleague_noted_meanwhile_is_reported_not_overwritten(world):
    session = course(world)
    pk = trainee(world, session, "Amrani").prescription.pk
    colleague = factories.actor(Role.PROVIDER, world.provider.organisation)
    note(session, colleague, pk, "N", seen="")
    recorded = record_marks(
        session,
        [Noted(Place(pk, MONDAY, "am"), "P", ""), Noted(Place(pk, MONDAY, "pm"), "P", "")],
        world.provider,
    )
    assert recorded.written == 1
    (problem,) = recorded.problems
    assert problem.code == "noted_meanwhile"
    assert str(colleague.user) in problem.sentence
    assert "absence non justifiée" in problem.sentence
    assert held(pk) == {(MONDAY, "am"): "N", (MONDAY, "pm"): "P"}
    # Told, the trainer insists: the screen now shows N.
    assert note(session, world.provider, pk, "P", seen="N").written == 1


def test_a_cell_left_as_it_was_shown_never_undoes_a_colleagues(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    note(session, world.provider, pk, "N")
    assert note(session, world.provider, pk, "", seen="") == note(session, world.provider, pk, "P", seen="P")
    assert held(pk) == {(MONDAY, "am"): "N"}


@pytest.mark.django_db(transaction=True)
def test_two_trainers_who_save_at_once_lose_no_cell():
    world = World.make()
    session = course(world)
    people = [trainee(world, session).prescription.pk for _ in range(3)]
    trainers = [world.provider, factories.actor(Role.PROVIDER, world.provider.organisation)]
    barrier = Barrier(2)

    def save(rank):
        # Each notes the mornings or the afternoons of all, and both the last person's Tuesday morning.
        marks = [Noted(Place(pk, MONDAY, ("am", "pm")[rank]), "P", "") for pk in people]
        marks.append(Noted(Place(people[-1], TUESDAY, "am"), "PN"[rank], ""))
        try:
            with clock.at(FRIDAY):
                barrier.wait(timeout=20)
                return record_marks(session, marks, trainers[rank])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, range(2)))
    assert sorted(answer.written for answer in answers) == [3, 4]
    assert [p.code for answer in answers for p in answer.problems] == ["noted_meanwhile"]
    for pk in people:
        assert {half for day, half in held(pk) if day == MONDAY} == {"am", "pm"}
    winner = "P" if answers[0].written == 4 else "N"
    assert held(people[-1])[TUESDAY, "am"] == winner


def test_the_database_holds_one_mark_per_half_day_and_one_lock_per_day(world):
    session = course(world)
    pk = trainee(world, session).prescription.pk
    note(session, world.provider, pk, "P")
    user, home = world.provider.user, world.provider.organisation
    LockedDay.objects.create(session=session, day=MONDAY, locked_by=user, locked_for=home)
    for create in (
        lambda: AttendanceMark.objects.create(
            enrolment_id=pk, day=MONDAY, half="am", mark="N", recorded_by=user
        ),
        lambda: LockedDay.objects.create(session=session, day=MONDAY, locked_by=user, locked_for=home),
        lambda: LockedDay.objects.create(
            session=session, day=TUESDAY, locked_by=user, locked_for=home, reopened_at=clock.now()
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            create()


def test_assiduity_counts_attended_over_known_half_days_and_tells_what_is_missing(world):
    session = course(world)
    story = trainee(world, session)
    pk = story.prescription.pk
    # Monday P N, Tuesday D F, Wednesday suspended, Thursday nothing noted, today not past yet.
    for day, half, mark in ((0, "am", "P"), (0, "pm", "N"), (1, "am", "D"), (1, "pm", "F")):
        note(session, world.provider, pk, mark, MONDAY + timedelta(days=day), half)
    story.tell("suspend", MONDAY + timedelta(days=2))
    story.tell("resume", MONDAY + timedelta(days=3))
    found = assiduity(Enrolment.objects.filter(pk=pk))[pk]
    assert (found.attended, found.noted, found.unjustified, found.missing) == (2, 3, 1, 2)
    assert found.percent == 67


def test_assiduity_expects_nobody_on_a_public_holiday_and_nothing_after_the_exit(world):
    easter_monday = MONDAY + timedelta(days=35)  # 6 April 2026
    session = course(world)
    story = trainee(world, session, entered_on=easter_monday - timedelta(days=3))
    story.tell("drop_out", easter_monday + timedelta(days=1))
    with clock.at(easter_monday + timedelta(days=10)):
        found = assiduity(Enrolment.objects.filter(pk=story.prescription.pk))[story.prescription.pk]
    # The Friday before and the Tuesday after: four half-days.
    assert (found.missing, found.rate) == (4, None)
