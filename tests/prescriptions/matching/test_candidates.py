"""Who is proposed for a session's empty seats, in which order, and what is said of them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways import parameters
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Pathway
from prescriptions.matching import candidates, eligibility
from prescriptions.matching.eligibility import Answer
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World
from tests.prescriptions.matching.conftest import TODAY


def ago(days):
    return TODAY - timedelta(days=days)


def since(story, days):
    """As if the person had been where they stand for so many days."""
    Pathway.objects.filter(pk=story.pathway.pk).update(state_since=ago(days), due_on=None)
    return story


def names(session, actor, **asked):
    return [one.pathway.beneficiary.last_name for one in asked_for(session, actor, **asked)]


def asked_for(session, actor, **asked):
    return candidates(Session.objects.with_offer().get(pk=session.pk), actor, **asked)


def told(session, actor, name):
    (one,) = [one for one in asked_for(session, actor) if one.pathway.beneficiary.last_name == name]
    return one


def test_the_trade_comes_first_then_the_distance_then_the_wait(world, seats, seeker):
    seeker("Autre", project="G1602")
    seeker("Domaine", project="F1701")
    seeker("Inconnu", project="")
    seeker("Aix", commune="13001")
    seeker("Marseille")
    seeker("Allauch", commune="13002")
    found = names(seats, world.advisor)
    # Marseille and Allauch lie in the same band of distance and have waited alike: the first file comes first.
    assert found == ["Marseille", "Allauch", "Aix", "Domaine", "Inconnu", "Autre"]


def test_the_reasons_are_words(world, seats, seeker):
    since(seeker("Marchand", commune="13002"), 30)
    one = told(seats, world.advisor, "Marchand")
    assert one.rank == 1
    assert one.summary == "même métier (F1703), 9\u00a0km, cherche une place depuis 30\u00a0j"
    assert [reason.code for reason in one.reasons] == [
        *("trade", "level", "distance", "wait", "availability", "eligibility")
    ]
    assert [text.split(" : ")[0] for text in one.to_verify] == ["éligibilité à vérifier"]


def test_who_waits_longest_comes_first_within_a_band(world, seats, seeker):
    seeker("Court")
    since(seeker("Tard"), 3)
    assert names(seats, world.advisor) == ["Court", "Tard"]


def test_a_refusal_elsewhere_does_not_restart_the_wait(world, seats, seeker):
    refused = seeker("Refuse", session=world.session())
    refused.tell("submit", ago(25))
    refused.tell("refuse", ago(2))
    since(seeker("Recent"), 10)
    assert names(seats, world.advisor) == ["Refuse", "Recent"]
    assert "depuis 25\u00a0j" in told(seats, world.advisor, "Refuse").summary


def test_a_refusal_for_this_course_is_told_and_ranks_behind(world, seats, seeker):
    again = world.session()
    Session.objects.filter(pk=again.pk).update(action=seats.action)
    refused = seeker("Refuse", session=again)
    refused.tell("submit", ago(20))
    refused.tell("refuse", ago(5))
    seeker("Jamais", commune="13001")
    assert names(seats, world.advisor) == ["Jamais", "Refuse"]
    texts = [reason.text for reason in told(seats, world.advisor, "Refuse").reasons]
    assert any("prérequis insuffisants" in text and "une remise à niveau" in text for text in texts)


def test_people_on_a_list_or_stuck_are_candidates_and_the_page_says_where_they_stand(world, seats, seeker):
    elsewhere = world.session(starts_on=seats.starts_on)
    waits = seeker("Attend", session=elsewhere)
    waits.tell("submit", ago(20))
    waits.tell("waitlist", ago(5))
    fresh = seeker("Frais", session=elsewhere)
    fresh.tell("submit", ago(1))
    stuck = seeker("Bloque", session=elsewhere)
    stuck.tell("submit", ago(28))
    assert set(names(seats, world.advisor)) == {"Attend", "Bloque"}
    assert any(
        "liste d'attente pour Maçon (rang 1)" in r.text for r in told(seats, world.advisor, "Attend").reasons
    )
    assert any(
        reason.text.startswith("bloqué depuis") for reason in told(seats, world.advisor, "Bloque").reasons
    )


def test_who_holds_a_seat_at_the_same_time_or_asks_for_this_one_is_left_out(world, seats, seeker):
    overlapping, asked = world.session(starts_on=seats.starts_on), seats
    offered = seeker("Propose", session=overlapping)
    offered.tell("submit", ago(28))
    offered.tell("waitlist", ago(25))
    offered.tell("offer", ago(1))
    same = seeker("Deja", session=asked)
    same.tell("submit", ago(28))
    admitted = seeker("Retenu", session=overlapping)
    admitted.tell("submit", ago(28))
    admitted.tell("admit", ago(20))
    assert names(seats, world.advisor) == []


def test_beyond_the_reach_nobody_is_proposed_and_an_unknown_home_is_to_verify(world, seats, seeker):
    seeker("Arles", commune="13004")
    seeker("Ailleurs", commune="13999")
    seeker("Sans", commune=None)
    assert set(names(seats, world.advisor)) == {"Ailleurs", "Sans"}
    assert "distance inconnue" in told(seats, world.advisor, "Sans").to_verify
    parameters.choose("candidates_reach_km", 100, TODAY, "Essai.", world.actors[Role.REGION_OFFICER])
    assert "Arles" in names(seats, world.advisor)


def test_the_order_is_a_setting(world, seats, seeker):
    seeker("Domaine", project="F1701")
    seeker("Aix", commune="13001")
    assert names(seats, world.advisor) == ["Aix", "Domaine"]
    region = world.actors[Role.REGION_OFFICER]
    parameters.choose("candidates_order_trade", 5, TODAY, "La distance d'abord.", region)
    assert names(seats, world.advisor) == ["Domaine", "Aix"]


def test_each_reads_their_own_people(world, seats, seeker):
    seeker("Ici")
    other = World.make()
    other.story("Ailleurs", job_project="F1703", commune_id="13055").prescription.delete()
    assert (
        names(seats, world.advisor) == names(seats, world.referent) == names(seats, world.manager) == ["Ici"]
    )
    assert names(seats, other.advisor) == ["Ailleurs"]


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.REGION_OFFICER, Role.COMMITTEE_MEMBER])
def test_other_roles_look_for_nobody(world, seats, seeker, role):
    seeker("Ici")
    with pytest.raises(PermissionDenied):
        asked_for(seats, world.actors[role])


def test_the_number_of_queries_does_not_follow_the_number_of_people(world, seats, seeker):
    session = Session.objects.with_offer().get(pk=seats.pk)
    counts = []
    for number in (1, 4):
        for rank in range(number):
            story = seeker(f"P{rank}", session=world.session(starts_on=FIRST_DAY + timedelta(days=60)))
            story.tell("submit", ago(20))
            story.tell("waitlist", ago(5))
        with CaptureQueriesContext(connection) as context:
            candidates(session, Actor(world.advisor.role, world.advisor.user, world.advisor.organisation))
        counts.append(len(context))
    assert counts[0] == counts[1] < 15


def test_whom_a_scheme_refuses_comes_last_and_the_page_says_why(world, seats, seeker, monkeypatch):
    first, second = seeker("Refuse"), seeker("Autre", project="G1602")
    answers = {first.pathway.pk: Answer(False, "pas inscrit."), second.pathway.pk: Answer(True, "PRF")}
    monkeypatch.setattr(eligibility, "answers", lambda session, people, day: answers)
    assert names(seats, world.advisor) == ["Autre", "Refuse"]
    assert told(seats, world.advisor, "Refuse").reasons[-1].text == "non éligible : pas inscrit."


def test_the_schemes_answer_for_real(world, seats, seeker):
    seeker("Inscrite", pe_registered_on=ago(300), pe_identifier="1234567A")
    seeker("Inconnue")
    assert told(seats, world.advisor, "Inscrite").reasons[-1].tone == "success"
    assert any("éligibilité à vérifier" in said for said in told(seats, world.advisor, "Inconnue").to_verify)
