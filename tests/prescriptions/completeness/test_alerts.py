"""Who is told of what is missing, reminded of it, and until when."""

from datetime import timedelta

import pytest

from config import clock
from notifications.models import Alert, Notice
from notifications.services import detect, detect_everything
from pathways.audience import REGION, in_organisation, keys_of
from pathways.enums import OrganisationKind, Role
from pathways.pile import pile
from prescriptions.completeness.alerts import OFFER, remind_providers
from prescriptions.models import OfferReminder, Session
from tests.factories import actor, organisation

from .conftest import TODAY, complete

KIND = "session_incomplete"


def alert():
    return Alert.objects.open().filter(kind=KIND).get()


def keys(found) -> set[str]:
    return set(found.audiences.values_list("key", flat=True))


@pytest.fixture
def lacking(world):
    return complete(world, capacity=None, known_on=TODAY)


def test_the_provider_is_told_first_and_the_region_once_the_day_has_passed(world, lacking):
    own = in_organisation(Role.PROVIDER, lacking.provider_id)
    detect([KIND])
    assert keys(alert()) == {own}
    assert alert().due_on == TODAY + timedelta(days=7)
    assert "Manque : nombre de places." in alert().detail
    with clock.at(TODAY + timedelta(days=8)):
        detect([KIND])
        assert keys(alert()) == {own, REGION}
    Session.objects.filter(pk=lacking.pk).update(capacity=12, declared_at=clock.now())
    detect([KIND])
    assert not Alert.objects.open().filter(kind=KIND).exists()


def test_a_detection_of_what_changed_finds_what_reading_everything_finds(lacking, world):
    complete(world, hours=None, opens_in=80, known_on=TODAY)
    for days in (0, 1, 6, 8, 20, 40, 80):
        with clock.at(TODAY + timedelta(days=days)):
            detect([KIND])
            changed = detect_everything([KIND]).counts
            assert changed == {"opened": 0, "refreshed": 0, "closed": 0}, days


def test_a_provider_is_reminded_once_a_period_until_it_has_completed(world, lacking):
    complete(world, price=None, known_on=TODAY)
    own = keys_of(world.provider)

    def swept(days: int) -> int:
        with clock.at(TODAY + timedelta(days=days)):
            detect([KIND])
            return remind_providers()

    assert swept(7) == 0
    assert swept(8) == 2
    assert swept(8) == 0
    assert swept(14) == 0
    notice = Notice.objects.get(kind="offer_reminder", ended_at=None)
    assert set(notice.audiences.values_list("key", flat=True)) == set(own) & {
        in_organisation(Role.PROVIDER, lacking.provider_id)
    }
    assert notice.title == "2\xa0sessions restent à compléter"
    assert f"relancé le {TODAY + timedelta(days=8):%d/%m/%Y}" in Alert.objects.open().first().detail
    Session.objects.filter(pk=lacking.pk).update(capacity=12)
    assert swept(15) == 1
    assert OfferReminder.objects.count() == 3
    latest = Notice.objects.get(kind="offer_reminder", ended_at=None)
    assert latest.title == "1\xa0session reste à compléter"


def test_the_pile_of_a_provider_holds_its_own_sessions_only(world, lacking):
    stranger = actor(Role.PROVIDER, organisation(OrganisationKind.PROVIDER))
    found = pile(world.provider, OFFER.code)
    (item,) = found.items
    assert (found.total, found.late, item.due_on) == (1, 0, TODAY + timedelta(days=7))
    assert item.actions[0].url == f"/sessions/{lacking.pk}/completer/"
    assert "Manque : nombre de places." in item.why
    assert pile(stranger, OFFER.code).total == 0
