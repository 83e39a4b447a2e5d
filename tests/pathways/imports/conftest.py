"""A Département with a cohort, on a day of 2022 on which the files of these tests make sense."""

import io
from datetime import date

import pytest

from config import clock
from pathways.enums import OrganisationKind
from pathways.imports.cohort import COHORT
from pathways.imports.lines import Tally
from pathways.models import Cohort, Commune, EmploymentArea
from tests.factories import World, organisation

TODAY = date(2022, 3, 10)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world(db) -> World:
    world = World.make()
    Cohort.objects.filter(pk=world.cohort.pk).update(reference_date=date(2022, 2, 28), code="2022-1")
    world.cohort.refresh_from_db()
    return world


@pytest.fixture
def marseille(world) -> EmploymentArea:
    """A table of two communes, in two bassins."""
    aix = EmploymentArea.objects.create(code="9301", name="Aix-en-Provence")
    Commune.objects.create(insee_code="13055", name="Marseille", area=world.area)
    Commune.objects.create(insee_code="13001", name="Aix-en-Provence", area=aix)
    return world.area


@pytest.fixture
def pole(world, marseille):
    """A second pôle of the Département, known by its code; the first one has none."""
    return organisation(OrganisationKind.INSERTION_POLE, code="PI-13003", parent=world.manager.organisation)


@pytest.fixture
def read(world):
    """`read(bytes, write=True)` imports a cohort file as the manager: (lines, tally, job)."""

    def run(content: bytes, *, write: bool = True, cohort: Cohort | None = None):
        job = COHORT.job({"cohort": (cohort or world.cohort).pk}, world.manager)
        tally = Tally()
        source = io.BytesIO(content)
        lines = list(tally.count(job.write(source) if write else job.plan(source)))
        return lines, tally.as_dict(), job

    return run
