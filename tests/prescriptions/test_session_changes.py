"""A session cancelled or moved to other dates: nobody is forgotten, each person is led somewhere."""

from datetime import timedelta

import pytest

from config import clock
from notifications.models import Notice
from notifications.services import detect
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.pile import pile
from pathways.refusals import NotVisible
from prescriptions import overlaps, services, session_changes
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
P = PrescriptionState
TODAY = FIRST_DAY + timedelta(days=30)
OPENING = FIRST_DAY + timedelta(days=60)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return World.make()


def state_of(prescription):
    return Prescription.objects.values_list("state", flat=True).get(pk=prescription.pk)


def held(world, name, session):
    """Somebody on the main list of the session."""
    story = world.story(name, session)
    story.tell("submit")
    story.tell("admit")
    return story


def lines(world, icon):
    return [item for item in pile(world.referent).items if item.icon == icon]


def labels(item):
    return [action.label for action in item.actions]


# ---- cancelled sessions


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.REGION_OFFICER])
def test_cancelling_a_session_ends_every_live_request(world, role):
    session = world.session()
    asked, held = world.story("Amrani", session), world.story("Bellil", session)
    for story in (asked, held):
        story.tell("submit")
    held.tell("admit")
    refused = world.story("Cohen", session)
    refused.tell("submit")
    refused.tell("refuse")
    report = session_changes.cancel_session(session, world.actors[role], "Formateur absent.")
    assert {p.pk for p in report.done} == {asked.prescription.pk, held.prescription.pk}
    assert [state_of(s.prescription) for s in (asked, held)] == [P.SESSION_CANCELLED] * 2
    assert state_of(refused.prescription) == P.REFUSED
    session = Session.objects.get(pk=session.pk)
    assert (session.cancelled_on, session.seats_held) == (TODAY, 0)
    said = Event.objects.filter(kind="cancel_session").first()
    assert said.comment == f"Session annulée par {world.actors[role].organisation} : Formateur absent."
    kept = session.history.first()
    assert (kept.history_user, kept.history_change_reason) == (
        world.actors[role].user,
        f"Annulée par {world.actors[role]} : Formateur absent."[:100],
    )


def test_a_cancellation_cut_in_the_middle_is_finished_by_the_sweep(world, monkeypatch):
    session = world.session()
    stories = [world.story(name, session) for name in ("Amrani", "Bellil")]
    for story in stories:
        story.tell("submit")

    def crashes(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(services, "apply_many", crashes)
    with pytest.raises(KeyboardInterrupt):
        session_changes.cancel_session(session, world.provider, "Formateur absent.")
    assert session.refresh_from_db() or session.cancelled_on is not None
    assert [state_of(s.prescription) for s in stories] == [P.SUBMITTED] * 2
    monkeypatch.undo()
    assert session_changes.settle_cancelled_sessions() == 2
    assert [state_of(s.prescription) for s in stories] == [P.SESSION_CANCELLED] * 2
    assert session_changes.settle_cancelled_sessions() == 0


def test_a_session_that_people_entered_is_not_cancelled(world):
    session = world.session(starts_on=FIRST_DAY + timedelta(days=10))
    story = world.story("Amrani", session)
    for kind in ("submit", "admit", "register"):
        story.tell(kind)
    story.tell("enter", FIRST_DAY + timedelta(days=10))
    with pytest.raises(TransitionRefused) as refused:
        session_changes.cancel_session(session, world.provider, "Trop tard.")
    assert refused.value.refusal.code == "session_entered"
    assert Session.objects.get(pk=session.pk).cancelled_on is None


def test_another_provider_cannot_cancel(world):
    session = world.session()
    with pytest.raises(NotVisible):
        session_changes.cancel_session(session, World.make().provider, "Par erreur.")


def test_the_replacement_is_one_click_away_in_the_pile(world):
    session, other = world.session(), world.session()
    held(world, "Amrani", session)
    session_changes.cancel_session(session, world.provider, "Formateur absent.", other)
    (line,) = lines(world, "circle-x")
    assert line.actions[0].label == "Prescrire la session proposée"
    assert line.actions[0].url.endswith(f"?session={other.pk}")
    assert f"Proposée à la place : {other.title}" in Event.objects.get(kind="cancel_session").comment


# ---- other dates


def test_everybody_is_told_of_the_new_dates_and_nobody_loses_a_seat(world):
    session = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    asked, seated = world.story("Amrani", session), held(world, "Bellil", session)
    asked.tell("submit")
    later = OPENING + timedelta(days=14)
    report = session_changes.postpone_session(
        session, world.provider, later, later + timedelta(days=20), "Plateau technique en travaux."
    )
    assert len(report.done) == 2
    session = Session.objects.get(pk=session.pk)
    assert (session.starts_on, session.postponed_from, session.seats_held) == (later, OPENING, 1)
    assert [state_of(s.prescription) for s in (asked, seated)] == [P.SUBMITTED, P.ADMITTED]
    said = Event.objects.filter(kind="postpone")
    assert {event.payload["was"] for event in said} == {OPENING.isoformat()}
    assert {event.payload["opens_on"] for event in said} == {later.isoformat()}
    assert "Plateau technique en travaux." in said[0].comment
    assert Notice.objects.filter(kind="session_changed").count() == 2


def test_the_referent_says_who_keeps_their_place_and_the_line_goes(world):
    session = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    kept, gone = held(world, "Amrani", session), held(world, "Bellil", session)
    later = OPENING + timedelta(days=14)
    session_changes.postpone_session(session, world.provider, later, None, "Travaux.")
    first, second = lines(world, "calendar-due")
    assert labels(first) == ["Garder la place", "Trouver une autre session", "Retirer"]
    assert f"au lieu du {OPENING:%d/%m/%Y}" in second.why
    assert first.due_on == TODAY + timedelta(days=7)
    with clock.at(TODAY + timedelta(days=8)):
        assert pile(world.referent).late >= 2
    kept.tell("keep_place", TODAY)
    gone.tell("withdraw", TODAY)
    assert lines(world, "calendar-due") == []
    assert Session.objects.get(pk=session.pk).seats_held == 1
    with pytest.raises(TransitionRefused) as refused:
        kept.tell("keep_place", TODAY)
    assert refused.value.refusal.code == "dates_unchanged"


def test_taking_the_answer_back_asks_again(world):
    from pathways.corrections import annul

    session = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    story = held(world, "Amrani", session)
    session_changes.postpone_session(session, world.provider, OPENING + timedelta(days=7), None, "Travaux.")
    outcome = story.tell("keep_place", TODAY)
    annul(outcome.event.pk, world.referent, comment="La personne a changé d'avis.")
    assert len(lines(world, "calendar-due")) == 1


def test_a_postponement_cut_in_the_middle_is_finished_by_the_sweep(world, monkeypatch):
    session = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    for name in ("Amrani", "Bellil"):
        held(world, name, session)

    def crashes(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(services, "apply_many", crashes)
    with pytest.raises(KeyboardInterrupt):
        session_changes.postpone_session(
            session, world.provider, OPENING + timedelta(days=7), None, "Travaux."
        )
    monkeypatch.undo()
    assert session_changes.settle_postponed_sessions() == 2
    assert session_changes.settle_postponed_sessions() == 0
    assert Event.objects.filter(kind="postpone").count() == 2


def test_moved_there_and_back_each_move_is_told(world):
    session = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    story = held(world, "Amrani", session)
    for days, minutes in ((7, 0), (0, 5)):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            session_changes.postpone_session(
                session, world.provider, OPENING + timedelta(days=days), None, "Travaux."
            )
    assert story.pathway.events.filter(kind="postpone").count() == 2


@pytest.mark.parametrize(
    ("opening", "closing", "code"),
    [
        (TODAY - timedelta(days=1), None, "opening_past"),
        (OPENING + timedelta(days=9), OPENING, "closing_before_opening"),
        (OPENING, OPENING + timedelta(days=20), "dates_unchanged"),
    ],
)
def test_impossible_dates_are_refused_and_nothing_moves(world, opening, closing, code):
    session = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    held(world, "Amrani", session)
    with pytest.raises(TransitionRefused) as refused:
        session_changes.postpone_session(session, world.provider, opening, closing, "Travaux.")
    assert refused.value.refusal.code == code
    assert Session.objects.get(pk=session.pk).starts_on == OPENING
    assert not Event.objects.filter(kind="postpone").exists()


def test_a_session_cancelled_unknown_begun_or_foreign_does_not_move(world):
    later = OPENING + timedelta(days=9)
    with pytest.raises(NotVisible):
        session_changes.postpone_session(world.session(), World.make().provider, later, None, "Non.")
    unknown = world.session()
    Session.objects.filter(pk=unknown.pk).update(starts_on=None, ends_on=None)
    cancelled = world.session()
    session_changes.cancel_session(cancelled, world.provider, "Lot résilié.")
    for session, code in ((unknown, "opening_unknown"), (cancelled, "session_cancelled")):
        with pytest.raises(TransitionRefused) as refused:
            session_changes.postpone_session(session, world.provider, later, None, "Travaux.")
        assert refused.value.refusal.code == code


# ---- two seats at the same dates


def two_seats(world, name="Amrani", *, gap=0):
    """Somebody who holds a seat in each of two sessions, the second opening `gap` days after the first closes."""
    first = world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20))
    start = OPENING + timedelta(days=20 + gap)
    second = world.session(starts_on=start, ends_on=start + timedelta(days=20))
    story = held(world, name, first)
    other = services.prescribe(story.pathway, second, world.referent, TODAY)
    services.record_many("admit", [other], world.provider, "k")
    return story, other


def test_two_seats_on_one_day_are_told_to_the_referent_and_one_is_given_back(world):
    story, other = two_seats(world)
    (line,) = lines(world, "git-merge")
    assert labels(line) == [f"Rendre la place : {p.session.title}" for p in (other, story.prescription)]
    assert line.due_on == TODAY
    detect()
    assert {alert.kind for alert in open_alerts()} == {"overlap", "overlap_seat"}
    story.tell("withdraw", TODAY, reason="other_training")
    assert lines(world, "git-merge") == []
    detect()
    assert open_alerts() == []


def test_sessions_that_follow_each_other_do_not_overlap(world):
    two_seats(world, gap=1)
    assert lines(world, "git-merge") == []
    detect()
    assert open_alerts() == []


def test_asking_for_two_sessions_is_no_overlap(world):
    story = held(world, "Amrani", world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20)))
    services.prescribe(
        story.pathway,
        world.session(starts_on=OPENING, ends_on=OPENING + timedelta(days=20)),
        world.referent,
        TODAY,
    )
    assert not overlaps.overlapping().exists()


def test_a_postponement_that_makes_an_overlap_is_told(world):
    story, _ = two_seats(world, gap=1)
    detect()
    assert open_alerts() == []
    later = OPENING + timedelta(days=5)
    session_changes.postpone_session(
        story.prescription.session, world.provider, later, later + timedelta(days=20), "Travaux."
    )
    detect()
    assert "overlap" in {alert.kind for alert in open_alerts()}


def test_a_provider_reads_nothing_of_the_other_seat(world):
    story, other = two_seats(world)
    Session.objects.filter(pk=other.session_id).update(title="Cuisine ailleurs")
    detect()
    told = [
        alert.detail
        for alert in open_alerts()
        if alert.subject_key == f"prescription:{story.prescription.pk}"
    ]
    assert len(told) == 1
    assert "Cuisine ailleurs" not in told[0]


def open_alerts():
    from notifications.models import Alert

    return list(Alert.objects.open().filter(kind__startswith="overlap").order_by("pk"))
