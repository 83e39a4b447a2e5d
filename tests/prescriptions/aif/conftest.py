"""A cheese maker to be, and sessions around Marseille."""

from datetime import date, timedelta
from itertools import count

import pytest

from config import clock
from pathways.models import Commune, Pathway
from prescriptions.aif.wish import Wish
from tests.factories import FIRST_DAY, World

TODAY = FIRST_DAY + timedelta(days=20)
HERE = (43.2965, 5.3698)
_number = count(1)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world(db):
    return World.make()


@pytest.fixture
def person(world):
    """Identified, with a home in Marseille and no request."""
    n = next(_number)
    home = Commune.objects.create(
        insee_code=f"13{n:03}", name="Marseille", area=world.area, latitude=HERE[0], longitude=HERE[1]
    )
    story = world.story(
        "Amrani", commune=home, job_project="F1703", education_level="50", pe_registered_on=date(2025, 9, 1)
    )
    story.prescription.delete()
    story.prescription.session.delete()  # which would serve
    return Pathway.objects.with_person().select_related("beneficiary__commune").get(pk=story.pathway.pk)


@pytest.fixture
def offer(world):
    """`offer(days=30, action={…}, level_in="4", …)`: a session that serves, but for what is changed."""

    def made(*, days=30, action=None, level_in="", rome=("F1703",), **fields):
        session = world.session(
            starts_on=TODAY + timedelta(days=days),
            **{"recruitment": "open", "capacity": 10, **fields},
        )
        session.action.formation.rome_codes = list(rome)
        session.action.formation.level_in = level_in
        session.action.formation.save()
        changes = {"is_contracted": True, "latitude": HERE[0], "longitude": HERE[1], **(action or {})}
        for name, value in changes.items():
            setattr(session.action, name, value)
        session.action.save()
        return session

    return made


@pytest.fixture
def wish():
    return Wish(
        "Fromager",
        "Lycée de Carmejane",
        rome_code="F1703",
        price=None,
        hours=300,
        starts_on=TODAY + timedelta(days=40),
    )
