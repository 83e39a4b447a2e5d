"""Reading offers into the database, on a day before the sessions of the builders open."""

import io
from datetime import date

import pytest

from config import clock
from pathways.enums import Role
from pathways.imports.lines import Tally
from pathways.models import Commune, EmploymentArea
from prescriptions.imports.offer import OFFER
from tests.factories import World

TODAY = date(2029, 10, 1)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world(db) -> World:
    return World.make()


@pytest.fixture
def marseille(db) -> EmploymentArea:
    area = EmploymentArea.objects.create(code="9312", name="Marseille")
    Commune.objects.create(insee_code="13055", name="Marseille", area=area)
    return area


@pytest.fixture
def read(world):
    """`read(bytes, write=True)` imports an offer as the Région: (lines, tally, job)."""

    def run(content: bytes, *, write: bool = True):
        job = OFFER.job({}, world.actors[Role.REGION_OFFICER])
        tally = Tally()
        source = io.BytesIO(content)
        lines = list(tally.count(job.write(source) if write else job.plan(source)))
        return lines, tally.as_dict(), job

    return run
