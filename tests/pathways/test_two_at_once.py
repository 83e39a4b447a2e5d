"""Real threads on PostgreSQL: two people at once, and nobody gets what only one can have."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.transitions import apply
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls):
    """Run the calls in as many threads, started together; each answers its result or the code of its refusal."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=20)
            return call()
        except TransitionRefused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_last_place_goes_to_one_and_the_other_is_told_why():
    world = World.make()
    session = world.session(capacity=1)
    stories = [world.story(session=session) for _ in range(2)]
    for story in stories:
        story.tell("submit", FIRST_DAY + timedelta(days=2))
    answers = at_once(
        [
            lambda s=story: (
                apply("admit", s.pathway.pk, world.provider, subject_id=s.prescription.pk).event.kind
            )
            for story in stories
        ]
    )
    assert sorted(answers) == ["admit", "session_full"]
    assert Session.objects.get(pk=session.pk).seats_held == 1
    assert sorted(story.refresh().prescription.state for story in stories) == ["admitted", "submitted"]


def test_two_clicks_on_the_same_button_state_one_fact():
    world = World.make()
    story = world.story()
    story.tell("submit", FIRST_DAY + timedelta(days=2))
    answers = at_once(
        [
            lambda: (
                apply(
                    "waitlist", story.pathway.pk, world.provider, subject_id=story.prescription.pk
                ).event.kind
            )
        ]
        * 8
    )
    assert sorted(answers) == ["waitlist", *["wrong_state"] * 7]
    assert Event.objects.filter(pathway=story.pathway, kind="waitlist").count() == 1


def test_the_same_form_from_two_tabs_answers_both_with_one_fact():
    world = World.make()
    story = world.story()
    send = {"comment": "Appel.", "idempotency_key": "onglet"}
    answers = at_once([lambda: apply("note", story.pathway.pk, world.referent, **send).event.pk] * 6)
    assert len(set(answers)) == 1
    assert Event.objects.filter(pathway=story.pathway, kind="note").count() == 1


def test_a_withdrawal_and_an_admission_at_once_leave_a_coherent_history():
    world = World.make()
    story = world.story()
    story.tell("submit", FIRST_DAY + timedelta(days=2))
    subject = story.prescription.pk
    answers = at_once(
        [
            lambda: apply("admit", story.pathway.pk, world.provider, subject_id=subject).event.kind,
            lambda: (
                apply(
                    "withdraw", story.pathway.pk, world.referent, subject_id=subject, reason="personal"
                ).event.kind
            ),
        ]
    )
    # Either order is a possible history; a withdrawal may follow an admission, not the reverse.
    assert sorted(answers) in (["admit", "withdraw"], ["withdraw", "wrong_state"])
    assert story.refresh().prescription.state == "withdrawn"
    assert Session.objects.get(pk=story.prescription.session_id).seats_held == 0
