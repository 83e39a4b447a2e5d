"""Expected no-shows from the provider's own past, drawn towards the programme's when it is short."""

from datetime import timedelta

import pytest

from config import clock
from pathways.enums import OrganisationKind, Role
from prescriptions.models import AbsenceCount
from prescriptions.saturation import absences
from prescriptions.saturation.absences import Forecast, Past
from tests.factories import actor, organisation
from tests.factories import session as make_session

from .conftest import OPENS, TODAY

pytestmark = pytest.mark.django_db


def test_a_long_past_counts_more_than_the_programme():
    programme = Past(expected=1000, absent=100)
    none, short, long = (Forecast(own, programme, 20) for own in (Past(), Past(5, 5), Past(980, 0)))
    assert none.rate == pytest.approx(0.1)
    assert short.rate == pytest.approx((5 + 2) / 25)
    assert long.rate == pytest.approx(0.002)
    assert none.coming(10) == pytest.approx(9)
    assert Forecast(Past(), Past(), 20).coming(10) == 10
    assert short.sentence == "5\xa0absents sur 5\xa0attendus en un an"
    assert "taux du programme : 10 %" in none.sentence


def opening(world, came, absent, starts_on, **fields):
    """A past opening of the provider, with so many who came and so many who did not."""
    session = world.session(starts_on=starts_on, capacity=10, **fields)
    for rank in range(came + absent):
        story = world.story(f"Nom{rank}", session)
        with clock.at(starts_on):
            for kind in ("submit", "admit", "register"):
                story.tell(kind)
            story.tell("enter" if rank < came else "no_show", starts_on)


def test_only_openings_of_the_window_count(world):
    opening(world, 2, 1, TODAY - timedelta(days=5))
    other = actor(Role.PROVIDER, organisation(OrganisationKind.PROVIDER)).organisation
    world.session(starts_on=OPENS)
    found = absences.forecasts([world.provider.organisation_id, other.pk])
    assert found[world.provider.organisation_id].own == Past(3, 1)
    assert found[other.pk].own == Past()
    with clock.at(TODAY + timedelta(days=400)):
        assert (
            absences.forecasts([world.provider.organisation_id])[world.provider.organisation_id].own == Past()
        )


def test_the_programme_is_counted_once_a_day(world):
    opening(world, 1, 1, TODAY - timedelta(days=5))
    assert absences.count_programme() == 1
    assert absences.count_programme() == 0
    assert absences.programme() == Past(2, 1)
    make_session(world.provider.organisation)
    with clock.at(TODAY + timedelta(days=1)):
        assert absences.count_programme() == 1
    assert AbsenceCount.objects.count() == 2
    with clock.at(TODAY - timedelta(days=1)):
        assert absences.programme() == Past(), "a page of the past does not know the count of today"


def test_the_board_shows_who_is_expected(world, login):
    opening(world, 1, 1, TODAY - timedelta(days=5))
    absences.count_programme()
    session = world.session(starts_on=OPENS, capacity=4)
    for name in ("Amrani", "Bellil"):
        story = world.story(name, session)
        story.tell("submit")
        story.tell("admit")
    (row,) = login(Role.REGION_OFFICER).get("/places/").context["lines"]
    assert row["line"].coming == pytest.approx(2 * (1 - (1 + 20 * 0.5) / 22))
    assert row["line"].projected_empty == pytest.approx(4 - row["line"].coming)
    text = login(Role.REGION_OFFICER).get("/places/").content.decode()
    assert "1\xa0absent sur 2\xa0attendus en un an" in text
