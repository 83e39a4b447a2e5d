"""A session that tells everything, thirty days before it opens."""

from datetime import timedelta

import pytest

from config import clock
from prescriptions.enums import Recruitment
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World

TODAY = FIRST_DAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _today(db):
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return World.make()


def complete(world, opens_in: int = 35, **fields) -> Session:
    """A session of which nothing is missing, declared now."""
    told = {"minimum": 5, "hours": 600, "price": 5400, "recruitment": Recruitment.OPEN, "known_on": FIRST_DAY}
    session = world.session(starts_on=TODAY + timedelta(days=opens_in), **told | fields)
    for kind, days in (("information", 10), ("commission", 4)):
        session.meetings.create(kind=kind, held_on=session.starts_on - timedelta(days=days))
    return session


@pytest.fixture
def session(world):
    return complete(world)
