"""A session with empty seats twenty days before its opening, its alert just detected, and a team of two advisors."""

import io
import re
import zipfile
from datetime import timedelta
from html import unescape

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


def workbook(response) -> list[dict[str, str]]:
    """The lines of an export's first sheet, by the heads of its columns."""
    sheet = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).read("xl/worksheets/sheet1.xml")
    rows = [
        {
            place: unescape(text)
            for place, text in re.findall(r'<c r="([A-Z]+)\d+".*?<(?:t|v)[^>]*>([^<]*)<', row)
        }
        for row in re.findall(r"<row .*?</row>", sheet.decode(), re.S)
    ]
    return [{head: row.get(place, "") for place, head in rows[0].items()} for row in rows[1:]]
