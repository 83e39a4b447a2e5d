"""Every situation × fact × role, against the hand-written answers of `situations.py`: the door says ok or that code."""

from datetime import timedelta

import pytest
from django.db import transaction

from config import clock
from pathways.actor import Actor
from pathways.enums import Role
from pathways.facts import KINDS, Kind
from pathways.guards import TransitionRefused
from pathways.refusals import NotVisible
from pathways.transitions import apply
from tests.factories import DETAILS, FIRST_DAY, World
from tests.pathways.situations import BLIND, BY_ROLE, ROLE_FACTS, SITUATIONS, UNSEEN_BY_PROVIDER, answers

#: The day on which everybody tries everything: after all facts of a situation, before the opening where none was sent.
LAST_DAY = FIRST_DAY + timedelta(days=80)
BEFORE_OPENING = FIRST_DAY + timedelta(days=55)
FACTS = sorted(set(KINDS) - {Kind.ANNUL})


def lead_to(situation: str):
    """A person led to the situation by its facts."""
    world = World.make()
    story = world.story()
    for word in SITUATIONS[situation][0].split():
        kind, _, day = word.partition("@")
        more = {"reason": "no_answer"} if kind == "contact" else {}
        by = Actor.system() if kind == "expire" else None
        story.tell(kind, FIRST_DAY + timedelta(days=int(day)), by=by, **more)
    return story


def door(story, kind: str, actor: Actor, day) -> str:
    """What the door answers to a well-filled form, leaving no trace."""
    details = {**DETAILS.get(kind, {})}
    if kind in ("convene", "offer"):
        details["payload"] = {key: str(day) for key in details["payload"]}
    subject = story.prescription.pk if KINDS[kind].about_subject else None
    try:
        with clock.at(day), transaction.atomic():
            apply(kind, story.pathway.pk, actor, subject_id=subject, occurred_on=day, **details)
            transaction.set_rollback(True)
    except TransitionRefused as refused:
        refusal = refused.refusal
        return refusal.code if refusal.sentence and refusal.next_step else f"{refusal.code}, unexplained"
    except NotVisible:
        return "not_visible"
    return "ok"


def expected(situation: str, kind: str, role: Role) -> str:
    if role in BLIND or (role == Role.PROVIDER and situation in UNSEEN_BY_PROVIDER):
        return "not_visible"
    if kind not in ROLE_FACTS[role].split():
        return "wrong_role"
    if (said := BY_ROLE.get((situation, kind, role))) is not None:
        return said
    return answers(situation).get(kind, "wrong_state")


@pytest.mark.django_db
@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_door_answers_every_role_as_written(situation):
    story = lead_to(situation)
    actors = {**story.world.actors, Role.SYSTEM: Actor.system()}
    day = BEFORE_OPENING if situation == "draft" else LAST_DAY
    wrong = {
        (kind, role.value): (said, wanted)
        for role, actor in actors.items()
        for kind in FACTS
        if (said := door(story, kind, actor, day)) != (wanted := expected(situation, kind, role))
    }
    assert not wrong, "\n".join(
        f"{key}: said {said}, wanted {wanted}" for key, (said, wanted) in wrong.items()
    )


def test_situations_cover_every_state_of_every_lifecycle():
    """A state that no situation reaches would not be tested; the two left out are made by services of their own."""
    from followup.enums import EnrolmentState, ExamState
    from pathways.enums import PathwayState
    from prescriptions.enums import PrescriptionState

    reached = set(SITUATIONS) | {
        "identified",
        "prescribed",
        "entered",
    }  # under the names of the pathway's states
    renamed = {"active": "in_training", "interrupted": "dropped_out", "none": "draft", "awaited": "in_exam"}
    renamed |= {"passed": "exam_passed", "partial": "exam_partial", "failed": "exam_failed"}
    made_elsewhere = {"void", "session_cancelled"}
    for states in (PathwayState, PrescriptionState, EnrolmentState, ExamState):
        for state in states.values:
            assert renamed.get(state, state) in reached | made_elsewhere, state
