"""What each criterion says of one person for one session."""

from datetime import date

import pytest

from prescriptions.matching import criteria, distances, levels
from prescriptions.matching.criteria import PastRefusal

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("project", "romes", "rank", "is_met", "to_verify"),
    [
        ("F1703", ["F1703"], criteria.SAME_TRADE, True, False),
        ("F1703", ["F1701", "F1702"], criteria.SAME_DOMAIN, True, False),
        ("F1703", ["F1601"], criteria.OTHER_TRADE, False, False),
        ("", ["F1703"], criteria.NO_TRADE_KNOWN, True, True),
        ("F1703", [], criteria.SAME_TRADE, True, False),
    ],
)
def test_trade(project, romes, rank, is_met, to_verify):
    verdict = criteria.trade(project, romes)
    assert (verdict.rank, verdict.is_met, verdict.to_verify) == (rank, is_met, to_verify)


@pytest.mark.parametrize(
    ("reached", "asked", "rank", "is_met", "to_verify"),
    [
        ("51", "4", 0, True, False),  # CAP for a course of level V
        ("51", "13", 0, True, False),  # the same, said in the list of 2019
        ("60", "4", 2, False, False),
        ("10", "1", 0, True, False),
        ("00", "4", 1, True, True),  # qualifications that certify nothing
        ("", "4", 1, True, True),
        ("51", "0", 1, True, True),  # LHEO: not communicated
        ("51", "", 1, True, True),
    ],
)
def test_level(reached, asked, rank, is_met, to_verify):
    verdict = criteria.level(reached, asked)
    assert (verdict.rank, verdict.is_met, verdict.to_verify) == (rank, is_met, to_verify)


def test_every_asp_level_but_one_is_on_the_scale():
    from pathways.cohort_files.codes import EDUCATION_LEVELS

    assert {code for code in EDUCATION_LEVELS if levels.reached(code) is None} == {"00"}


def test_distance_says_kilometres_and_refuses_beyond_the_reach():
    near, far, unknown = (criteria.distance(km, 30) for km in (8.4, 31, None))
    assert (near.text, near.is_met) == ("8\u00a0km", True)
    assert not far.is_met
    assert unknown.to_verify
    assert near.rank < far.rank < unknown.rank


def test_haversine_between_marseille_and_aix():
    assert distances.haversine(43.2965, 5.3698, 43.5297, 5.4474) == pytest.approx(26.7, abs=0.2)


@pytest.mark.parametrize(
    ("refusal", "rank"),
    [
        (None, 0),
        (PastRefusal("full", DAY, "other_session"), 1),
        (PastRefusal("full", DAY, "other_session", is_same_session=True), 2),
        (PastRefusal("project", DAY, "later", is_same_session=True), 1),
        (PastRefusal("prerequisites", DAY, "upgrade"), 2),
    ],
)
def test_a_refusal_counts_unless_the_provider_proposed_to_come_back(refusal, rank):
    verdict = criteria.refusal(refusal)
    assert verdict.rank == rank
    assert verdict.is_met == (rank < 2)


def test_a_refusal_is_told_with_its_reason_its_day_and_what_was_proposed():
    said = criteria.refusal(PastRefusal("prerequisites", DAY, "upgrade")).text
    assert said == (
        "refusé pour cette formation le 02/03/2026 (prérequis insuffisants) ; suite proposée : une remise à niveau"
    )


def test_who_waits_longer_comes_first():
    first, second, today = (criteria.wait(since, DAY) for since in (date(2026, 1, 1), date(2026, 2, 1), DAY))
    assert first.rank < second.rank < today.rank
    assert second.text == "cherche une place depuis 29\u00a0j"
