"""« Aucune session compatible »: who is told, what ends it, and that a small detection sees what a full one would."""

from datetime import timedelta

import pytest

from config import clock
from notifications.models import Alert
from notifications.services import detect
from pathways.models import Pathway
from prescriptions.aif import services
from prescriptions.aif.services import Conclusion

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def alerted():
    detect()
    open_alerts = Alert.objects.open().filter(kind="no_session")
    return [alert.subject_key for alert in open_alerts.order_by("pk")]


def test_it_reaches_the_referent_and_the_advisors_and_ends_with_a_session(world, person, offer):
    assert alerted() == [f"pathway:{person.pk}"]
    keys = Alert.objects.get(kind="no_session").audiences.order_by("key").values_list("key", flat=True)
    assert list(keys) == [
        f"advisor:area:{world.area.pk}",
        f"referent:{world.referent.organisation_id}",
    ]
    session = offer()
    assert alerted() == []
    # Days pass: the session opens, and nothing follows.
    with clock.at(session.starts_on + timedelta(days=1)):
        assert alerted() == [f"pathway:{person.pk}"]


@pytest.mark.parametrize(
    ("changes", "is_alerted"),
    [
        ({"recruitment": "closed"}, True),
        ({"recruitment": ""}, False),  # to verify is not empty
        ({"days": 61}, True),
        ({"rome": ["J1501"]}, True),
        ({"rome": ["F1799"]}, False),
        ({"action": {"latitude": 43.9, "longitude": 5.4}}, True),
        ({"action": {"financers": [{"code": "10"}]}}, True),
        ({"action": {"is_contracted": False}}, True),
        ({"days": -20, "action": {"entry_mode": "permanent"}}, False),
    ],
)
def test_what_serves_nobody_is_no_session(person, offer, changes, is_alerted):
    offer(**changes)
    assert bool(alerted()) == is_alerted


def test_it_ends_with_a_motivated_aif_and_not_with_a_refused_one(world, person, wish):
    assert alerted()
    for ground, text, left in (("not_granted", "Budget épuisé.", True), ("no_session", "", False)):
        seen = services.examine(person, wish).fingerprint
        services.record(person, wish, Conclusion(ground, text, {}, seen), world.advisor)
        assert bool(alerted()) == left


def test_a_session_come_into_the_window_or_a_new_project_is_seen_by_the_next_detection(person, offer):
    offer(days=65)
    assert alerted()
    with clock.at(TODAY + timedelta(days=5)):
        assert not alerted()
    beneficiary = Pathway.objects.get(pk=person.pk).beneficiary
    beneficiary.job_project = "J1501"
    beneficiary.save()
    with clock.at(TODAY + timedelta(days=5)):
        assert alerted()
