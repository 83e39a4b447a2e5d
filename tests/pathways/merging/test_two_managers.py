"""Two managers at once on the same pair, either way round: one event, and the other is told."""

import pytest

from pathways.guards import TransitionRefused
from pathways.merging.joining import merge
from pathways.models import Event
from pathways.transitions import apply
from tests.factories import World, actor
from tests.pathways.merging.conftest import WHY, make_pair
from tests.pathways.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_pair_is_merged_once():
    world = World.make()
    pair = make_pair(world)
    second = actor(world.manager.role, world.manager.organisation)
    kept, other = pair.people
    answers = at_once(
        [
            lambda: merge(kept, other, world.manager, comment=WHY).event.kind,
            lambda: merge(kept, other, second, comment=WHY).event.kind,
            lambda: merge(other, kept, second, comment=WHY).event.kind,
        ]
    )
    assert sorted(answers) == ["already_merged", "already_merged", "merge"]
    assert Event.objects.merges().count() == 1


def test_a_fact_and_a_merge_at_once_lose_nothing():
    world = World.make()
    pair = make_pair(world)
    kept, other = pair.people

    def note():
        try:
            return apply("note", pair.other.pathway.pk, world.referent, comment="Appel.").event.kind
        except Exception as gone:
            return type(gone).__name__

    answers = at_once([lambda: merge(kept, other, world.manager, comment=WHY).event.kind, note])
    # Either the note came first, or its file was already part of the other one: the page then sends it on there.
    assert sorted(answers) in (["merge", "note"], ["NotVisible", "merge"])
    assert Event.objects.filter(kind="note").count() == answers.count("note")
    with pytest.raises(TransitionRefused):
        merge(kept, other, world.manager, comment=WHY)
