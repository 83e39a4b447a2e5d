import datetime
from dataclasses import dataclass

import pytest

from pathways.cohort_files import MatchKey, MatchStatus, PersonRow, match

BORN = datetime.date(1985, 3, 2)


@dataclass
class Known:
    id: int = 1
    pe_identifier: str = ""
    caf_number: str = ""
    last_name: str = "Autre"
    birth_name: str = ""
    first_name: str = "Nom"
    birth_date: datetime.date = BORN


def row(**changes) -> PersonRow:
    values = {"last_name": "MARTIN", "first_name": "ZOÉ", "birth_date": BORN, "birth_name": "LE GALL"}
    return PersonRow(
        locator="ligne 12", **(values | {"pe_identifier": "1234567A", "caf_number": "7654321"} | changes)
    )


@pytest.mark.parametrize(
    ("known", "key"),
    [
        (Known(pe_identifier="1234567A"), MatchKey.PE_IDENTIFIER),
        (Known(caf_number="7654321", first_name="zoe"), MatchKey.CAF_NUMBER),
        (Known(last_name="Martin", first_name="Zoe"), MatchKey.IDENTITY),
        (Known(last_name="Zoé", first_name="Martin"), MatchKey.IDENTITY),
        (Known(last_name="LEGALL", first_name="Zoé"), MatchKey.IDENTITY),
        (Known(birth_name="Le-Gall", first_name="Zoé"), MatchKey.IDENTITY),
    ],
)
def test_each_key_recognises_and_says_so(known, key):
    result = match(row(), [known])
    assert (result.status, result.candidate, result.key) == (MatchStatus.MATCHED, known, key)
    assert result.explanation.startswith("Reconnu : ")


@pytest.mark.parametrize(
    "known",
    [
        Known(),
        Known(caf_number="7654321"),
        Known(caf_number="7654321", first_name="Zoé", birth_date=datetime.date(1985, 2, 3)),
        Known(last_name="Martin", first_name="Zoé", birth_date=datetime.date(1985, 2, 3)),
        Known(last_name="Martin", first_name="Zoé", pe_identifier="7654321B", caf_number="1111111"),
    ],
)
def test_other_people_are_not_recognised(known):
    result = match(row(), [known])
    assert (result.status, result.candidate, result.warnings) == (MatchStatus.UNKNOWN, None, ())


def test_empty_identifiers_never_match():
    assert (
        match(row(pe_identifier="", caf_number=""), [Known(first_name="Zoé")]).status is MatchStatus.UNKNOWN
    )


def test_the_most_trusted_key_decides():
    by_identity = Known(id=1, last_name="Martin", first_name="Zoé")
    by_identifier = Known(id=2, pe_identifier="1234567A")
    assert match(row(), [by_identity, by_identifier]).candidate is by_identifier


@pytest.mark.parametrize(
    "twin", [{"pe_identifier": "1234567A"}, {"last_name": "Martin", "first_name": "Zoé"}]
)
def test_two_candidates_are_ambiguous_and_explained(twin):
    result = match(row(), [Known(id=1, **twin), Known(id=2, **twin)])
    assert (result.status, result.candidate) == (MatchStatus.AMBIGUOUS, None)
    assert result.explanation.startswith("Ligne 12 : 2 personnes correspondent")
    assert "Fusionnez" in result.explanation


def test_the_same_candidate_found_twice_is_not_ambiguous():
    known = Known(pe_identifier="1234567A")
    assert match(row(), [known, known]).status is MatchStatus.MATCHED


def test_the_same_identifier_with_another_birth_date_warns_and_does_not_match():
    known = Known(pe_identifier="1234567A", birth_date=datetime.date(1990, 1, 1))
    result = match(row(), [known])
    assert result.status is MatchStatus.UNKNOWN
    assert len(result.warnings) == 1
    assert "01/01/1990" in result.warnings[0]


def test_a_changed_identifier_is_pointed_out_on_the_match():
    result = match(row(), [Known(last_name="Martin", first_name="Zoé", pe_identifier="7654321B")])
    assert result.status is MatchStatus.MATCHED
    assert "diffère" in result.warnings[0]
