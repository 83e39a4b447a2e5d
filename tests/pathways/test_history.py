"""Facts first: backdating, annulment, correction, replay on any day as known at any time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config import clock
from followup.models import Employment, Enrolment
from pathways import corrections
from pathways.enums import OrganisationKind, Role
from pathways.guards import TransitionRefused
from pathways.models import Event, Pathway
from pathways.refusals import NotVisible
from pathways.replay import replay
from pathways.transitions import apply
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World, actor, organisation

pytestmark = pytest.mark.django_db


def day(n: int):
    return FIRST_DAY + timedelta(days=n)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def in_training(world):
    story = world.story()
    for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, day(n))
    return story


def refusal_code(call, *args, **kwargs) -> str:
    with pytest.raises(TransitionRefused) as caught:
        call(*args, **kwargs)
    return caught.value.refusal.code


def test_a_fact_recorded_late_takes_its_place_and_moves_what_followed(world):
    story = world.story()
    story.tell("submit", day(2))
    story.tell("admit", day(10))
    with clock.at(day(70)):
        apply(
            "register",
            story.pathway.pk,
            world.provider,
            subject_id=story.prescription.pk,
            occurred_on=day(40),
        )
        apply(
            "enter", story.pathway.pk, world.provider, subject_id=story.prescription.pk, occurred_on=day(61)
        )
        backdated = apply(
            "contact", story.pathway.pk, world.advisor, occurred_on=day(5), reason="appointment"
        )
    story.refresh()
    assert story.pathway.state == "in_training"
    assert story.pathway.state_since == day(61)
    assert story.pathway.contacted_on == day(5)
    assert (backdated.event.occurred_on, timezone.localdate(backdated.event.recorded_at)) == (day(5), day(70))


def test_a_late_fact_that_contradicts_what_followed_is_refused_with_the_fact_it_breaks(in_training):
    with clock.at(day(65)), pytest.raises(TransitionRefused) as caught:
        apply(
            "withdraw",
            in_training.pathway.pk,
            in_training.world.referent,
            subject_id=in_training.prescription.pk,
            occurred_on=day(30),
            reason="personal",
        )
    assert caught.value.refusal.code == "impossible_history"
    assert "Inscrit (AIS)" in caught.value.refusal.sentence
    assert in_training.refresh().pathway.state == "in_training"


@pytest.mark.parametrize(
    ("offset", "code"),
    [(-1, "before_cohort"), (66, "in_the_future"), (-365 * 40, "before_birth")],
)
def test_a_date_out_of_the_story_is_refused(in_training, offset, code):
    with clock.at(day(65)):
        pathway, advisor = in_training.pathway.pk, in_training.world.advisor
        assert (
            refusal_code(apply, "contact", pathway, advisor, occurred_on=day(offset), reason="other") == code
        )


def test_annulling_an_exit_puts_the_person_back_and_taking_the_annulment_back_puts_them_out_again(
    in_training,
):
    left = in_training.tell("drop_out", day(65)).event
    provider = in_training.world.provider
    with clock.at(day(67)):
        undone = corrections.annul(left.pk, provider, comment="Ce n'était pas elle.")
    in_training.refresh()
    assert (in_training.pathway.state, in_training.pathway.state_since) == ("in_training", day(60))
    enrolment = Enrolment.objects.get(pk=in_training.prescription.pk)
    assert (enrolment.state, enrolment.exit_on, enrolment.exit_cause) == ("active", None, "")
    with clock.at(day(68)):
        corrections.annul(undone.event.pk, provider, comment="Si, c'était bien elle.")
    assert in_training.refresh().pathway.state == "dropped_out"
    with clock.at(day(69)):
        corrections.annul(left.pk, provider, comment="Décidément non.")
    assert in_training.refresh().pathway.state == "in_training"


def test_a_corrected_date_keeps_the_rank_of_the_fact_it_replaces(in_training):
    registered = Event.objects.get(pathway=in_training.pathway, kind="register")
    with clock.at(day(62)):
        corrections.correct(
            registered.pk, in_training.world.provider, comment="Faute de frappe.", occurred_on=day(60)
        )
    in_training.refresh()
    assert in_training.prescription.registered_on == day(60)
    assert in_training.pathway.state == "in_training"


def test_a_wrong_entry_taken_back_voids_the_course_and_a_new_one_revives_it(in_training):
    entered = Event.objects.get(pathway=in_training.pathway, kind="enter")
    with clock.at(day(61)):
        corrections.annul(entered.pk, in_training.world.provider, comment="Pas venue.")
    assert Enrolment.objects.get(pk=in_training.prescription.pk).state == "void"
    assert in_training.refresh().pathway.state == "admitted"
    in_training.tell("enter", day(63))
    assert Enrolment.objects.get(pk=in_training.prescription.pk).entered_on == day(63)


def test_a_job_found_is_on_record_until_its_fact_is_taken_back(in_training):
    left = in_training.tell("leave_for_job", day(65)).event
    assert Employment.objects.get(pathway=in_training.pathway).contract == "cdi"
    assert in_training.pathway.state == "employed"
    with clock.at(day(66)):
        corrections.annul(left.pk, in_training.world.provider, comment="Promesse non tenue.")
    assert not Employment.objects.filter(pathway=in_training.pathway).exists()


def test_a_corrected_job_replaces_the_one_on_record(in_training):
    in_training.tell("complete", day(72))
    hired = in_training.tell("employ", day(75)).event
    with clock.at(day(80)):
        corrections.correct(
            hired.pk, in_training.world.advisor, comment="C'était un CDD.", payload={"contract": "cdd_short"}
        )
    job = Employment.objects.get(pathway=in_training.pathway)
    assert (job.contract, job.started_on) == ("cdd_short", day(75))


def test_who_may_take_back_what(in_training):
    world = in_training.world
    entered = Event.objects.get(pathway=in_training.pathway, kind="enter")
    founding = Event.objects.get(pathway=in_training.pathway, kind="identify")
    assert refusal_code(corrections.annul, entered.pk, world.referent, comment="Non.") == "not_yours"
    assert refusal_code(corrections.annul, founding.pk, world.manager, comment="Non.") == "founding_fact"
    assert refusal_code(corrections.annul, entered.pk, world.provider, comment="  ") == "comment_missing"
    stranger = actor(Role.PROVIDER, organisation(OrganisationKind.PROVIDER))
    with pytest.raises(NotVisible):
        corrections.annul(entered.pk, stranger, comment="Non.")
    with clock.at(day(62)):
        corrections.annul(entered.pk, world.manager, comment="À la demande de l'organisme.")
        assert (
            refusal_code(corrections.annul, entered.pk, world.manager, comment="Encore.")
            == "annulled_already"
        )


def test_a_fact_on_which_others_rest_cannot_be_taken_back(in_training):
    admitted = Event.objects.get(pathway=in_training.pathway, kind="admit")
    code = refusal_code(corrections.annul, admitted.pk, in_training.world.provider, comment="Erreur.")
    assert code == "impossible_history"


def test_what_was_known_never_changes(in_training):
    left = in_training.tell("drop_out", day(65)).event
    with clock.at(day(70)):
        corrections.annul(left.pk, in_training.world.provider, comment="Erreur de personne.")
    evening = datetime.combine(day(66), datetime.min.time(), tzinfo=UTC)
    assert replay(in_training.pathway, as_of=day(66), known_at=evening).state("pathway") == "dropped_out"
    assert replay(in_training.pathway, as_of=day(66)).state("pathway") == "in_training"
    assert replay(in_training.pathway, as_of=day(30)).state("pathway") == "admitted"
    assert replay(in_training.pathway, as_of=day(-1)).state("pathway") == ""


def test_the_same_form_sent_twice_is_one_fact(world):
    story = world.story()
    send = {"subject_id": story.prescription.pk, "occurred_on": day(2), "idempotency_key": "formulaire-1"}
    with clock.at(day(2)):
        first = apply("submit", story.pathway.pk, world.referent, **send)
        again = apply("submit", story.pathway.pk, world.referent, **send)
        assert (again.event.pk, again.repeated) == (first.event.pk, True)
        assert (
            refusal_code(
                apply, "note", story.pathway.pk, world.referent, comment="x", idempotency_key="formulaire-1"
            )
            == "key_reused"
        )


def test_the_same_correction_sent_twice_states_the_fact_right_once(in_training, world):
    wrong = in_training.pathway.events.get(kind="enter")

    def set_right():
        with clock.at(day(70)):
            return corrections.correct(
                wrong.pk,
                world.provider,
                comment="Un jour plus tard.",
                occurred_on=day(61),
                idempotency_key="form-2",
            )

    first, second = set_right(), set_right()
    assert not first.repeated
    assert (second.repeated, second.event.pk) == (True, first.event.pk)
    assert in_training.pathway.events.filter(kind="annul").count() == 1


def test_a_request_that_ends_leaves_the_person_where_the_others_say(world):
    story = world.story()
    story.tell("submit", day(2))
    other = world.session(capacity=3)
    second = type(story.prescription).objects.create(
        pathway=story.pathway,
        session=other,
        prescriber=world.referent.user,
        prescriber_organisation=world.referent.organisation,
    )
    with clock.at(day(3)):
        apply("submit", story.pathway.pk, world.referent, subject_id=second.pk)
        apply("admit", story.pathway.pk, world.provider, subject_id=second.pk)
    story.tell("refuse", day(10))
    assert story.pathway.state == "admitted"
    with clock.at(day(11)):
        apply("withdraw", story.pathway.pk, world.referent, subject_id=second.pk, reason="personal")
    assert story.refresh().pathway.state == "identified"
    assert Session.objects.get(pk=other.pk).seats_held == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pathways_event SET comment = 'x'",
        "DELETE FROM pathways_event",
        "TRUNCATE pathways_event CASCADE",
    ],
)
def test_the_database_refuses_to_rewrite_history(in_training, statement):
    connection.check_constraints()  # what the story left pending would mask the trigger's own refusal
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_person_of_someone_else_does_not_exist(in_training):
    other = World.make()
    for role in (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.PROVIDER, Role.ADVISOR):
        with pytest.raises(NotVisible):
            apply("note", in_training.pathway.pk, other.actors[role], comment="Je regarde.")
    assert Pathway.objects.visible_to(other.referent).count() == 0
