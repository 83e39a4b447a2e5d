"""Lines of the pile put off, taken up again, entrusted: what disappears, what comes back, what colleagues see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import clock
from pathways import deferral, parameters
from pathways.models import Deferral
from pathways.pile import lines, pile
from tests.factories import FIRST_DAY, actor

pytestmark = pytest.mark.django_db
DEFER, ENTRUST = reverse("pathways:defer"), reverse("pathways:entrust")


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


@pytest.fixture
def candidate(world):
    """Somebody prescribed on the 2nd day: the provider answers by the 9th."""
    story = world.story("Durand")
    story.tell("submit", day(2))
    return story


@pytest.fixture
def key(candidate):
    return f"candidature:{candidate.prescription.pk}"


def keys(reader, **how) -> list[str]:
    """The lines about candidates and people: the offer has lines of its own."""
    return [
        item.key for item in pile(reader, **how).items if item.key.startswith(("candidature:", "bloque:"))
    ]


def line_of(reader, key: str):
    return next(item for item in pile(reader).items if item.key == key)


def put_off(client, key, today, /, **posted):
    with clock.at(today):
        return client.post(DEFER, {"cle": key, **posted})


# ---- put off


def test_a_line_put_off_leaves_the_pile_and_its_counts_until_its_day(world, log_in, key):
    other = world.story("Amrani")
    other.tell("submit", day(2))
    client = log_in(world.provider)
    with clock.at(day(5)):
        before = pile(world.provider).total
    assert put_off(client, key, day(5), until="3-jours").status_code == 302
    with clock.at(day(5)):
        found = pile(world.provider)
        assert (found.total, found.deferred) == (before - 1, 1)
        assert key not in [item.key for item in found.items]
        html = client.get("/").content.decode()
        assert "1&nbsp;ligne différée" in html or "1\xa0ligne différée" in html
    with clock.at(day(8)):
        assert key in keys(world.provider)


def test_only_who_put_it_off_no_longer_sees_it(world, log_in, key):
    colleague = actor(world.provider.role, world.provider.organisation)
    put_off(log_in(world.provider), key, day(5), until="demain")
    with clock.at(day(5)):
        assert keys(world.provider) == []
        assert keys(colleague) == [key]


def test_it_comes_back_before_it_is_too_late(world, log_in, key):
    client = log_in(world.provider)
    put_off(client, key, day(5), until="autre", on=str(day(30)), reason="Attend son permis")
    told = Deferral.objects.get()
    assert (told.until, told.returns_on) == (day(30), day(9 + 6))
    with clock.at(day(14)):
        html = client.get(reverse("pathways:deferred")).content.decode()
        assert "Attend son permis" in html
        assert "trop en retard" in html
        assert keys(world.provider) == []
    with clock.at(day(15)):
        assert keys(world.provider) == [key]
        assert "Durand" not in client.get(reverse("pathways:deferred")).content.decode()


@pytest.mark.parametrize(
    ("on", "posted", "told"),
    [
        (5, {"until": "autre", "on": ""}, "Saisissez la date"),
        (5, {"until": "autre", "on": str(FIRST_DAY)}, "Ce jour est passé"),
        (5, {"until": "autre", "on": str(FIRST_DAY + timedelta(days=60))}, "30 jours au plus"),
        (5, {}, "Choisissez un jour"),
        (16, {"until": "demain"}, "trop en retard pour être différée"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(world, log_in, key, on, posted, told):
    response = put_off(log_in(world.provider), key, day(on), reason="Rappelle lundi", **posted)
    assert response.status_code == 422
    html = response.content.decode()
    assert told in html
    assert "Rappelle lundi" in html
    assert not Deferral.objects.exists()


def test_the_limits_are_dated_parameters(world, log_in, key):
    with clock.at(day(3)):
        region = world.actors["region_officer"]
        parameters.choose("pile_deferral_days", 2, day(3), "Essai.", region)
    assert put_off(log_in(world.provider), key, day(5), until="3-jours").status_code == 422


def test_a_line_is_taken_up_again(world, log_in, key):
    client = log_in(world.provider)
    put_off(client, key, day(5), until="demain")
    with clock.at(day(5)):
        client.post(reverse("pathways:take_up"), {"cle": key})
        assert keys(world.provider) == [key]
        assert client.post(reverse("pathways:take_up"), {"cle": key}).status_code == 302


def test_what_is_settled_meanwhile_is_not_waited_for(world, log_in, candidate, key):
    client = log_in(world.provider)
    put_off(client, key, day(5), until="3-jours")
    candidate.tell("waitlist", day(6))
    with clock.at(day(6)):
        assert pile(world.provider).deferred == 0
        assert client.get(DEFER, {"cle": key}).status_code == 404


@pytest.mark.parametrize(
    "key", ["", "candidature:", "candidature:x", "rien:1", "presences:1:hier", "candidature:" + "9" * 40]
)
def test_a_key_that_nobody_made_is_a_404(world, log_in, key):
    with clock.at(day(5)):
        assert log_in(world.provider).get(DEFER, {"cle": key}).status_code == 404


def test_somebody_elses_line_does_not_exist(world, elsewhere, log_in, key):
    with clock.at(day(5)):
        assert log_in(elsewhere.provider).post(DEFER, {"cle": key, "until": "demain"}).status_code == 404
        assert log_in(elsewhere.provider).post(ENTRUST, {"cle": key, "to": "1"}).status_code == 404


def test_somebody_put_off_in_one_state_is_there_again_in_the_next(world):
    story = world.story()
    story.tell("submit", day(2))
    with clock.at(day(5)):
        Deferral.objects.create(
            user=world.referent.user,
            key=f"bloque:{story.pathway.pk}:identified",
            until=day(30),
            returns_on=day(30),
        )
    with clock.at(day(17)):
        from notifications.services import detect

        detect(["pathway_stuck"])
        assert f"bloque:{story.pathway.pk}:prescribed" in keys(world.referent)


def test_old_ones_are_forgotten(world):
    row = {"user": world.provider.user, "until": day(1)}
    Deferral.objects.create(key="candidature:1", returns_on=day(1), **row)
    with clock.at(day(40)):
        assert (deferral.forget_old(), deferral.forget_old()) == (1, 0)


def test_the_pile_costs_the_same_whatever_was_put_off(world, key):
    for number in range(4):
        world.story(f"Autre{number}").tell("submit", day(2))

    def statements() -> int:
        with clock.at(day(5)), CaptureQueriesContext(connection) as queries:
            pile(world.provider)
        return len(queries)

    pile(world.provider)
    with clock.at(day(5)):
        deferral.put_off(world.provider, lines(world.provider, [key])[0], day(7))
    one = statements()
    with clock.at(day(5)):
        for item in pile(world.provider).items:
            deferral.put_off(world.provider, item, day(7))
    assert statements() <= one


# ---- entrusted


def test_a_line_is_entrusted_taken_and_given_back(world, log_in, key):
    colleague = actor(world.provider.role, world.provider.organisation)
    client = log_in(world.provider)
    with clock.at(day(5)):
        html = client.get(ENTRUST, {"cle": key}).content.decode()
        assert colleague.user.get_full_name() in html
        client.post(ENTRUST, {"cle": key, "to": colleague.user_id})
        line = line_of(world.provider, key)
        assert line.holder == colleague.user.get_short_name()
        assert [item.key for item in pile(colleague, mine=True).items] == [key]
        assert pile(world.provider, mine=True).total == 0
        assert f"{line.holder} s" in client.get("/").content.decode()
        client.post(ENTRUST, {"cle": key, "to": "equipe", "seen": line.holder})
        assert line_of(world.provider, key).holder == ""
        client.post(ENTRUST, {"cle": key, "to": world.provider.user_id})
        assert pile(world.provider, mine=True).total == 1


def test_whoever_took_it_meanwhile_is_named_first(world, log_in, key):
    colleague = actor(world.provider.role, world.provider.organisation)
    with clock.at(day(5)):
        log_in(colleague).post(ENTRUST, {"cle": key, "to": colleague.user_id})
        response = log_in(world.provider).post(ENTRUST, {"cle": key, "to": world.provider.user_id})
        assert response.status_code == 422
        assert "Entre-temps" in response.content.decode()
        assert pile(colleague, mine=True).total == 1


def test_nobody_outside_the_organisation_is_offered(world, elsewhere, log_in, key):
    with clock.at(day(5)):
        response = log_in(world.provider).post(ENTRUST, {"cle": key, "to": elsewhere.provider.user_id})
    assert response.status_code == 422


def test_one_line_of_a_session_stands_for_everybody_in_it(world, log_in):
    session = world.session()
    for name in ("Durand", "Amrani"):
        story = world.story(name, session)
        story.tell("submit", day(2))
        story.tell("convene", day(4))
    line = f"presences:{session.pk}:{day(20)}"
    with clock.at(day(21)):
        log_in(world.provider).post(ENTRUST, {"cle": line, "to": world.provider.user_id})
        (item,) = pile(world.provider, mine=True).items
        assert (item.key, "2\xa0personnes" in item.why) == (line, True)
    story.tell("attend", day(20))
    with clock.at(day(21)):
        (item,) = pile(world.provider, mine=True).items
        assert "1\xa0personne " in item.why


def test_every_line_of_every_pile_has_a_key_of_its_own(world):
    from pathways.pile import _SOURCES

    unnamed = [each.read.__qualname__ for each in _SOURCES if not each.key]
    assert unnamed == []
