"""A small Département, and test clients who act in one of its roles."""

import pytest
from django.test import Client

from pathways.actor import Actor
from pathways.enums import Role
from tests.factories import World


@pytest.fixture
def world(db) -> World:
    return World.make()


@pytest.fixture
def elsewhere(db) -> World:
    """Another Département, whose people are nobody else's."""
    return World.make()


@pytest.fixture
def log_in():
    """`log_in(actor)` is a test client acting as the actor."""

    def as_actor(actor: Actor) -> Client:
        client = Client()
        client.force_login(actor.user)
        return client

    return as_actor


@pytest.fixture
def as_role(world, log_in):
    """`as_role(Role.REFERENT)` is a test client acting in that role of `world`."""
    return lambda role: log_in(world.actors[Role(role)])
