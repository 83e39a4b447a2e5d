"""« Mes courriels »: what is usual until one chooses, what may be chosen, what is refused."""

import pytest
from django.urls import reverse

from notifications import preferences
from notifications.enums import Delivery
from notifications.models import Subscription
from notifications.readers import directory
from notifications.registry import KINDS, Kind, register

URL = "notifications:preferences"


@pytest.fixture
def reader(room, client):
    client.force_login(room.world.referent.user)
    return client


def asked(**changes) -> dict:
    usual = {
        "rhythm": "daily",
        "weekday": "0",
        "hour": "8",
        "nature_stuck": "digest",
        "nature_empty": "at_once",
        "nature_refused": "digest",
        "nature_offered": "at_once",
    }
    return {**usual, **changes}


def saved(room) -> Subscription:
    return Subscription.objects.get(user=room.world.referent.user)


def test_reading_the_page_writes_nothing(reader):
    form = reader.get(reverse(URL)).context["form"]
    assert {name: form[name].value() for name in asked()} == {**asked(), "weekday": 0, "hour": 8}
    assert not Subscription.objects.exists()


def test_only_what_differs_from_the_usual_is_kept(room, reader):
    answer = reader.post(reverse(URL), asked(rhythm="weekly", weekday="3", hour="14", nature_stuck="none"))
    assert answer.status_code == 302
    kept = saved(room)
    assert (kept.rhythm, kept.weekday, kept.hour, kept.choices) == ("weekly", 3, 14, {"stuck": "none"})
    assert kept.next_digest_at.weekday() == 3
    reader.post(reverse(URL), asked())
    assert saved(room).choices == {}


def test_never(room, reader):
    page = reader.post(reverse(URL), asked(rhythm="never"), follow=True)
    assert "ne vous écrira plus" in page.content.decode()
    assert saved(room).next_digest_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"hour": "3"},
        {"rhythm": "hourly"},
        {"weekday": "9"},
        {"nature_stuck": "at_once"},
        {"nature_refused": ""},
    ],
)
def test_what_is_not_offered_is_refused_and_what_was_typed_stays(room, reader, wrong):
    answer = reader.post(reverse(URL), asked(**{"rhythm": "weekly", **wrong}))
    assert answer.status_code == 422
    assert not Subscription.objects.exists()
    assert answer.context["form"]["rhythm"].value() == wrong.get("rhythm", "weekly")


def test_kinds_of_other_roles_are_not_offered_and_their_choices_stay(room, reader):
    register(Kind("theirs", "La leur", "circle", list, roles=frozenset({"advisor"})))
    assert "nature_theirs" not in reader.get(reverse(URL)).context["form"].fields
    (someone,) = directory().of_users([room.world.referent.user_id])
    subscription = preferences.choose(someone, "daily", 0, 8, {"stuck": Delivery.NONE})
    Subscription.objects.filter(pk=subscription.pk).update(choices={"theirs": "none", "stuck": "none"})
    reader.post(reverse(URL), asked())
    assert saved(room).choices == {"theirs": "none"}
    assert "theirs" in KINDS


def test_a_refused_address_is_said(room, reader):
    reader.post(reverse(URL), asked())
    Subscription.objects.update(bounced=room.world.referent.user.email)
    assert "Votre adresse est refusée" in reader.get(reverse(URL)).content.decode()
