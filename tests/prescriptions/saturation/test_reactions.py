"""Times from the alert to each first step, seats filled and seats filled thanks to it; for whom."""

from datetime import timedelta

import pytest

from config import clock
from notifications.services import detect
from pathways.enums import Role
from prescriptions.models import SaturationCase
from prescriptions.saturation import cases, reactions
from tests.factories import World

from .conftest import OPENS, TODAY, at, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def alerts(world):
    """Five alerts of one bassin, seen after 1, 2, 3, 4 and 20 hours, the first two taken at once; one never seen."""
    for _ in range(6):
        world.session(capacity=4, starts_on=OPENS)
    detect(["session_empty"])
    found = list(SaturationCase.objects.order_by("pk"))
    for case, hours in zip(found[:5], (1, 2, 3, 4, 20), strict=True):
        with at(hours / 24):
            cases.see(case.pk, world.advisor)
            if hours < 3:
                cases.take(case.pk, world.advisor)
    return found


def opened(case, before, after, thanks):
    SaturationCase.objects.filter(pk=case.pk).update(
        empty_at_alert=before, empty_at_opening=after, seated_thanks=thanks
    )


def test_half_and_nine_in_ten(world, alerts):
    found = reactions.total(reactions.alerts(world.advisor, 12))
    assert (found.alerts, found.seen, found.taken, found.untaken) == (6, 5, 2, 4)
    assert (found.seen_half, found.seen_most) == (timedelta(hours=3), timedelta(hours=13.6))
    assert found.taken_half == timedelta(hours=1.5)
    assert found.proposed_half is None


def test_seats_are_those_of_sessions_that_have_opened(world, alerts):
    opened(alerts[0], 4, 1, 2)
    opened(alerts[1], 2, 3, 0)
    found = reactions.total(reactions.alerts(world.advisor, 12))
    assert (found.opened, found.empty_before, found.empty_after) == (2, 6, 4)
    assert (found.filled, found.thanks) == (3, 2), "one that lost a seat takes nothing from the other"


def test_by_bassin_with_its_team_and_by_month(world, alerts):
    elsewhere = World.make()
    with clock.at(TODAY - timedelta(days=40)):
        elsewhere.session(starts_on=TODAY - timedelta(days=20))
        detect(["session_empty"])
    officer = world.actors[Role.REGION_OFFICER]
    rows = reactions.alerts(officer, 12)
    assert {(line.note, line.alerts) for line in reactions.by_area(rows)} == {
        (world.advisor.organisation.name, 6),
        (elsewhere.advisor.organisation.name, 1),
    }
    assert [line.alerts for line in reactions.by_month(rows)] == [1, 6]
    assert reactions.alerts(officer, 1).count() == 6
    assert reactions.alerts(officer, 12, elsewhere.area).count() == 1
    assert reactions.alerts(elsewhere.advisor, 12).count() == 1
    assert reactions.alerts(world.provider, 12).count() == 0


def test_the_period_begins_with_a_month():
    with clock.at(TODAY.replace(month=3, day=31)):
        assert reactions.first_month(3) == TODAY.replace(month=1, day=1)
        assert reactions.first_month(12) == TODAY.replace(year=TODAY.year - 1, month=4, day=1)


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (None, "–"),
        (20, "20\xa0min"),
        (90, "2\xa0h"),
        (47 * 60, "47\xa0h"),
        (50 * 60, "2\xa0j 2\xa0h"),
        (48 * 60, "2\xa0j"),
    ],
)
def test_durations_in_words(wait, said):
    assert reactions.in_words(None if wait is None else timedelta(minutes=wait)) == said


def test_the_page_and_its_export_say_the_same(world, alerts, login):
    client = login(Role.REGION_OFFICER)
    page = client.get("/places/reactions/")
    text = page.content.decode()
    assert "en moins de 2\xa0h ; 4\xa0restent sans réaction sur 6" in text
    assert page.context["chart"].series[0].values == [3.0]
    first = workbook(client.get("/places/reactions/export/"))[0]
    assert (first["Regroupement"], first["Alertes"], first["Vues"]) == ("Ensemble", "6", "5")
    assert first["Vue, médiane (h)"] == "3"


def test_nothing_yet(login):
    assert "Aucune alerte sur cette période" in login(Role.ADVISOR).get("/places/reactions/").content.decode()


@pytest.mark.parametrize("role", [Role.REFERENT, Role.PROVIDER, Role.COMMITTEE_MEMBER])
def test_who_has_no_figures(login, role):
    assert login(role).get("/places/reactions/").status_code == 403
