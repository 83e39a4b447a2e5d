"""Référents are told of refusals and of seats offered, for as long as these are true."""

from datetime import timedelta

import pytest

from config import clock
from notifications import inbox
from notifications.models import Notice
from pathways.corrections import annul
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    story = World.make().story("Kerguelen")
    story.tell("submit", FIRST_DAY + timedelta(days=2))
    return story


def told(story, days: int = 40) -> list[tuple[str, str]]:
    with clock.at(FIRST_DAY + timedelta(days=days)):
        items, _ = inbox.page(story.world.referent, 10, unread_only=True)
    return [(item.kind_code, item.title) for item in items]


def test_a_refusal_until_it_is_taken_back(story):
    refused = story.tell("refuse", FIRST_DAY + timedelta(days=20))
    assert told(story) == [("refused", "Camille Kerguelen")]
    notice = Notice.objects.get(ended_at=None)
    assert "prérequis insuffisants" in notice.detail
    assert told(World.make().story()) == []
    with clock.at(FIRST_DAY + timedelta(days=21)):
        annul(refused.event.pk, story.world.provider, comment="Erreur de saisie.")
    assert told(story) == []


def test_a_seat_offered_until_it_is_accepted(story):
    story.tell("waitlist", FIRST_DAY + timedelta(days=10))
    story.tell("offer", FIRST_DAY + timedelta(days=30))
    assert told(story) == [("seat_offered", "Camille Kerguelen")]
    assert Notice.objects.get(ended_at=None).due_on is not None
    story.tell("accept", FIRST_DAY + timedelta(days=31))
    assert told(story) == []
