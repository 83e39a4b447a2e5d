"""What prescriptions put in the piles, when it is due, and when it goes away."""

from datetime import timedelta

import pytest

from pathways.enums import Role
from pathways.pile import pile
from prescriptions import allotment, pile_referent
from prescriptions import pile as sources
from prescriptions.deadlines import offer_deadline
from tests.factories import FIRST_DAY

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def after(days):
    return TODAY + timedelta(days=days)


def lines(source, actor):
    return [(item.who, item.due_on) for item in source(actor, 50).items]


def counts(source, actor):
    batch = source(actor, 0)
    return (batch.total, batch.late)


def test_requests_without_an_answer(world, other):
    session = world.session()
    fresh, old = world.story("Amrani", session), world.story("Bellil", session)
    fresh.tell("submit", after(-2))
    old.tell("submit", after(-10))
    assert lines(sources.without_answer, world.provider) == [
        ("Camille Bellil", after(-3)),
        ("Camille Amrani", after(5)),
    ]
    assert counts(sources.without_answer, world.provider) == (2, 1)
    assert counts(sources.without_answer, other.provider) == (0, 0)
    old.tell("admit", TODAY)
    assert counts(sources.without_answer, world.provider) == (1, 0)


def test_presences_of_one_meeting_are_one_line(world):
    session = world.session()
    for name, day in (("Amrani", -3), ("Bellil", -3), ("Cohen", 1)):
        story = world.story(name, session)
        story.tell("submit")
        story.tell("convene", payload={"convened_for": str(after(day))})
    assert lines(sources.presences_to_say, world.provider) == [("Maçon", after(-1))]
    assert counts(sources.presences_to_say, world.provider) == (1, 1)
    (item,) = sources.presences_to_say(world.provider, 50).items
    assert item.why.startswith("2\xa0personnes convoquées")


def test_ais_before_the_opening_then_aes_after(world):
    opens = {"near": after(8), "far": after(40), "open": after(-3)}
    for name, day in opens.items():
        story = world.story(name, world.session(starts_on=day))
        story.tell("submit")
        story.tell("admit")
        if name == "open":
            story.tell("register")
    assert lines(sources.without_ais, world.provider) == [("Maçon", after(3))]
    assert counts(sources.without_ais, world.provider) == (1, 0)
    assert lines(sources.without_aes, world.provider) == [("Maçon", after(-1))]
    assert counts(sources.without_aes, world.provider) == (1, 1)


def test_a_free_seat_is_offered_to_the_first_in_line(world):
    session = world.session(capacity=1)
    holder = world.story("Titulaire", session)
    holder.tell("submit")
    holder.tell("admit")
    for name, day in (("Seconde", 6), ("Première", 4)):
        story = world.story(name, session)
        story.tell("submit")
        story.tell("waitlist", FIRST_DAY + timedelta(days=day))
    assert counts(sources.seats_to_offer, world.provider) == (0, 0)
    holder.tell("withdraw", after(-1))
    assert counts(sources.seats_to_offer, world.provider) == (0, 0)  # Jalons offers it by itself
    allotment.suspend_offers(session.pk, "Le groupe est recomposé.", world.provider)
    (item,) = sources.seats_to_offer(world.provider, 50).items
    assert item.why == "1\xa0place libre ; première personne en attente : Camille Première"
    assert f"prescription={story.prescription.pk}" in item.actions[0].url


def test_setbacks_wait_for_the_referent_until_something_else_is_asked(world, other):
    story = world.story("Amrani")
    story.tell("submit")
    story.tell("refuse", after(-10))
    (item,) = pile_referent.setbacks(world.referent, 50).items
    assert "prérequis insuffisants" in item.why
    assert "une remise à niveau" in item.why
    assert (item.due_on, item.is_late) == (after(-3), True)
    assert counts(pile_referent.setbacks, world.referent) == (1, 1)
    assert counts(pile_referent.setbacks, other.referent) == (0, 0)
    from prescriptions.services import prescribe

    prescribe(story.pathway, world.session(), world.referent, TODAY, "", "k")
    assert counts(pile_referent.setbacks, world.referent) == (0, 0)


def test_who_found_a_job_after_a_refusal_leaves_the_pile(world):
    story = world.story("Amrani")
    story.tell("submit")
    story.tell("refuse", after(-10))
    story.tell("employ", after(-1))
    assert counts(pile_referent.setbacks, world.referent) == (0, 0)


def test_absences_offers_and_drafts_of_the_referent(world):
    missing = world.story("Amrani")
    missing.tell("submit")
    missing.tell("convene", payload={"convened_for": str(after(-1))})
    missing.tell("miss", after(-1))
    assert lines(pile_referent.absent, world.referent) == [("Camille Amrani", after(-1))]
    offered = world.story("Bellil")
    offered.tell("submit")
    offered.tell("waitlist")
    offered.tell("offer", payload={"expires_on": str(after(1))})
    assert lines(pile_referent.offers, world.referent) == [("Camille Bellil", after(1))]
    draft = world.story("Cohen")
    assert lines(pile_referent.drafts, world.referent) == [
        ("Camille Cohen", draft.prescription.session.starts_on)
    ]
    # The seat is taken from the pile itself.
    (item,) = pile_referent.offers(world.referent, 50).items
    assert [action.label for action in item.actions] == ["Accepter", "Décliner"]


def test_a_source_reads_only_the_lines_it_shows(world):
    session = world.session()
    for n in range(5):
        world.story(f"Personne{n}", session).tell("submit")
    batch = sources.without_answer(world.provider, 2)
    assert (batch.total, len(batch.items)) == (5, 2)


def test_the_most_urgent_comes_first_over_all_sources(world):
    soon = world.story("Amrani")
    soon.tell("submit")
    soon.tell("waitlist")
    soon.tell("offer", payload={"expires_on": str(TODAY)})
    world.story("Bellil")
    found = pile(world.referent)
    urgent = [item.who for item in found.items if item.who in ("Camille Amrani", "Camille Bellil")]
    assert urgent[0] == "Camille Amrani"


def test_an_offer_lasts_two_days_and_less_near_the_opening():
    assert offer_deadline(None) == after(2)
    assert offer_deadline(after(30)) == after(2)
    assert offer_deadline(after(2)) == after(1)
    assert offer_deadline(after(0)) == after(0)


def test_each_pile_opens(world, login):
    for role in (Role.REFERENT, Role.PROVIDER):
        assert login(role).get("/").status_code == 200
