"""The cohort rule at its boundaries: each condition alone, each unknown explained, nothing else looked at."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from pathways.cohort_rule import IDENTIFIED, JOBSEEKER, RSA, Facts, evaluate


@dataclass
class Rule:
    reference_date: date = date(2018, 1, 15)
    rsa_months_limit: int = 12


TODAY = date(2018, 3, 1)
MEMBER = Facts(
    rsa_entered_on=date(2017, 6, 1),
    rsa_state="2",
    rsa_known_on=date(2018, 1, 31),
    pe_identifier="1234567A",
    pe_registered_on=date(2017, 7, 1),
    identified_on=date(2018, 2, 1),
    identified_by="Département 13",
)


def answer(code: str, rule: Rule | None = None, **changes):
    decision = evaluate(replace(MEMBER, **changes), rule or Rule(), TODAY)
    return next(criterion for criterion in decision.criteria if criterion.code == code)


def test_three_conditions_met_make_a_member():
    decision = evaluate(MEMBER, Rule(), TODAY)
    assert decision.is_eligible
    assert [criterion.code for criterion in decision.criteria] == [RSA, JOBSEEKER, IDENTIFIED]
    assert decision.unmet == ()


@pytest.mark.parametrize("missing", ["rsa_entered_on", "pe_registered_on", "identified_on"])
def test_one_condition_missing_is_enough_to_stay_out(missing):
    decision = evaluate(replace(MEMBER, **{missing: None}), Rule(), TODAY)
    assert not decision.is_eligible
    (unmet,) = decision.unmet
    assert not unmet.is_known
    assert "complét" in unmet.explanation or "renseignez" in unmet.explanation


@pytest.mark.parametrize(
    ("entered", "is_met"),
    [
        (date(2017, 1, 14), False),  # a year and a day
        (date(2017, 1, 15), False),  # a year to the day: no longer « less than a year »
        (date(2017, 1, 16), True),
        (date(2018, 1, 15), True),  # on the day itself
        (date(2018, 1, 16), False),  # not in the RSA yet
    ],
)
def test_seniority_is_counted_in_calendar_months_at_the_reference_date(entered, is_met):
    assert answer(RSA, rsa_entered_on=entered).is_met is is_met


@pytest.mark.parametrize(
    ("entered", "at", "is_met"),
    [
        (date(2016, 2, 29), date(2017, 2, 27), True),
        (date(2016, 2, 29), date(2017, 2, 28), False),
        (date(2017, 8, 31), date(2018, 2, 27), True),
        (date(2017, 8, 31), date(2018, 2, 28), False),
    ],
)
def test_ends_of_months_follow_the_calendar(entered, at, is_met):
    months = 12 if at.year == 2017 else 6
    assert answer(RSA, Rule(at, months), rsa_entered_on=entered).is_met is is_met


def test_seniority_is_told_in_months():
    assert "7 mois d'ancienneté au 15/01/2018" in answer(RSA).explanation


@pytest.mark.parametrize("state", ["0", "1"])
def test_a_right_pending_or_refused_is_no_rsa(state):
    assert not answer(RSA, rsa_state=state).is_met


@pytest.mark.parametrize(
    ("known_on", "is_met"), [(date(2018, 1, 15), False), (date(2018, 1, 16), True), (None, True)]
)
def test_a_closed_right_counts_only_when_known_at_the_reference_date(known_on, is_met):
    assert answer(RSA, rsa_state="5", rsa_known_on=known_on).is_met is is_met


@pytest.mark.parametrize(
    ("registered", "is_met"),
    [(date(2018, 1, 14), True), (date(2018, 1, 15), True), (date(2018, 1, 16), False)],
)
def test_registration_at_pole_emploi_is_judged_at_the_reference_date(registered, is_met):
    assert answer(JOBSEEKER, pe_registered_on=registered).is_met is is_met


def test_a_registration_without_identifier_is_enough_and_says_what_lacks():
    criterion = answer(JOBSEEKER, pe_identifier="")
    assert criterion.is_met
    assert "identifiant Pôle emploi reste à compléter" in criterion.explanation


def test_an_identifier_without_date_is_not_a_registration():
    criterion = answer(JOBSEEKER, pe_registered_on=None)
    assert (criterion.is_met, criterion.is_known) == (False, False)
    assert "date d'inscription" in criterion.explanation


@pytest.mark.parametrize(
    ("identified", "is_met"), [(date(2018, 2, 28), True), (date(2018, 3, 1), True), (date(2018, 3, 2), False)]
)
def test_identification_may_follow_the_reference_date_but_must_have_happened(identified, is_met):
    assert answer(IDENTIFIED, identified_on=identified).is_met is is_met


def test_what_is_kept_is_plain_json():
    kept = evaluate(MEMBER, Rule(), TODAY).as_json()
    assert [sorted(row) for row in kept] == [
        ["code", "explanation", "is_known", "is_met", "label", "value"]
    ] * 3
