"""People who have entered a course, ten days after its opening."""

from datetime import date, timedelta

import pytest
from django.test import Client

from config import clock
from pathways.enums import Role
from tests.factories import FIRST_DAY, Story, World

OPENING = FIRST_DAY + timedelta(days=60)
TODAY = OPENING + timedelta(days=10)
STEPS = (
    ("submit", FIRST_DAY + timedelta(days=2)),
    ("admit", FIRST_DAY + timedelta(days=10)),
    ("register", FIRST_DAY + timedelta(days=40)),
    ("enter", OPENING),
)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world(db):
    return World.make()


def lead(story: Story, until: str = "enter", *, entered_on: date = OPENING) -> Story:
    """Lead somebody as far as one of the STEPS."""
    for kind, day in STEPS:
        story.tell(kind, entered_on if kind == "enter" else day)
        if kind == until:
            break
    return story


@pytest.fixture
def trainee(world):
    return lead(world.story("Benslimane", pe_identifier="1234567A"))


@pytest.fixture
def login(world):
    """`login(Role.PROVIDER)` or `login(some_actor)` -> a logged-in client."""

    def opened(who):
        client = Client()
        client.force_login((world.actors[who] if isinstance(who, Role) else who).user)
        return client

    return opened
