"""A session with empty seats twenty days before its opening, its alert just detected, and a team of two advisors."""

from datetime import timedelta

import pytest

from config import clock
from notifications.services import detect
from pathways.enums import Role
from prescriptions.models import SaturationCase
from tests.factories import FIRST_DAY, World, actor
from tests.prescriptions.views.conftest import login, other  # noqa: F401  (fixtures)

TODAY = FIRST_DAY + timedelta(days=30)
OPENS = TODAY + timedelta(days=20)


@pytest.fixture
def world(db):
    return World.make()


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def session(world):
    return world.session(capacity=2, starts_on=OPENS)


@pytest.fixture
def colleague(world):
    """Another advisor of the same agency."""
    return actor(Role.ADVISOR, world.advisor.organisation)


@pytest.fixture
def case(session):
    detect(["session_empty"])
    return SaturationCase.objects.get(session=session)


def at(days: float):
    """So many days after TODAY."""
    with clock.at(TODAY) as noon:
        return clock.at(noon + timedelta(days=days))


def seat(world, session, name, **fields):
    """A person who holds a seat of the session."""
    story = world.story(name, session, **fields)
    for kind in ("submit", "admit"):
        story.tell(kind)
    return story


def steps(case):
    return list(case.steps.order_by("pk").values_list("kind", flat=True))
