"""A small Département, and test clients who act in one of its roles."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import StateDelay
from tests.factories import World

#: Days per state that these tests count with.
DELAYS = {
    "identified": (21, "une prescription, ou un échange noté"),
    "prescribed": (14, "une réponse de l'organisme"),
    "dropped_out": (15, "un contact, puis une nouvelle étape"),
}


@pytest.fixture
def world(db) -> World:
    StateDelay.objects.all().delete()
    StateDelay.objects.bulk_create(
        StateDelay(state=state, days=days, explanation=explanation)
        for state, (days, explanation) in DELAYS.items()
    )
    return World.make()


@pytest.fixture
def elsewhere(world) -> World:
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


@pytest.fixture
def text_of():
    """The words of a page's main part, tags removed."""

    def words(response) -> str:
        main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main.split(">", 1)[1])))

    return words


@pytest.fixture
def queries_of():
    """`queries_of(act)` counts the SQL statements of `act()`."""

    def count(act) -> int:
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    return count
