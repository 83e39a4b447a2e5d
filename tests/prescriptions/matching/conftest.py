"""A small country around Marseille, on a day when a session has seats left."""

from datetime import timedelta

import pytest

from config import clock
from pathways.models import Commune
from tests.factories import FIRST_DAY, World

TODAY = FIRST_DAY + timedelta(days=30)
#: Insee code -> name, latitude, longitude; the last lies 60 km away, and of one nobody knows where it is.
COMMUNES = {
    "13055": ("Marseille", 43.30, 5.38),
    "13002": ("Allauch", 43.34, 5.48),
    "13001": ("Aix-en-Provence", 43.53, 5.45),
    "13004": ("Arles", 43.68, 4.63),
    "13999": ("Ailleurs", None, None),
}


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world(db):
    world = World.make()
    for code, (name, latitude, longitude) in COMMUNES.items():
        Commune.objects.create(
            insee_code=code, name=name, area=world.area, latitude=latitude, longitude=longitude
        )
    return world


@pytest.fixture
def seats(world):
    """A masonry session in Marseille that asks for no diploma, with ten seats."""
    session = world.session()
    session.action.commune_id = session.action.insee_code = "13055"
    session.action.save()
    session.action.formation.level_in = "1"
    session.action.formation.formacodes = ["22334"]
    session.action.formation.save()
    return session


@pytest.fixture
def seeker(world, seats):
    """`seeker("Nom", project="F1703", commune="13055")` -> a story of somebody without a session."""

    def made(name, project="F1703", commune="13055", session=None, **fields):
        story = world.story(
            name, session or seats, job_project=project, commune_id=commune, education_level="51", **fields
        )
        if session is None:
            story.prescription.delete()
        return story

    return made
