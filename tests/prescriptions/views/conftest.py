"""Logged-in readers of a small world, on a day when its session is still to open."""

from datetime import timedelta

import pytest
from django.test import Client

from config import clock
from pathways.enums import Role
from tests.factories import FIRST_DAY, World, actor

#: Ten days after the first facts, fifty before the session opens.
TODAY = FIRST_DAY + timedelta(days=30)


@pytest.fixture
def world(db):
    return World.make()


@pytest.fixture
def other(world):
    """Another Département with its own people, sessions and actors."""
    return World.make()


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def login(world):
    """`login(Role.PROVIDER)` or `login(some_actor)` -> a logged-in client."""

    def opened(who):
        chosen = world.actors[who] if isinstance(who, Role) else who
        client = Client()
        client.force_login(chosen.user)
        return client

    return opened


@pytest.fixture
def colleague(world):
    """A second provider, with its own session: the « other organisation » of the tests."""
    from pathways.enums import OrganisationKind
    from tests.factories import organisation

    return actor(Role.PROVIDER, organisation(OrganisationKind.PROVIDER))
