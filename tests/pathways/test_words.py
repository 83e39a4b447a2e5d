"""A search finds the keys of which each word typed begins a word."""

import pytest

from pathways.models import Beneficiary
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return World.make().person(
        "Le Gall-O'Brien", first_name="Zoé", pe_identifier="1234567E89", caf_number="0042"
    )


@pytest.mark.parametrize(
    "text",
    [
        "le gall",
        "zoe obrien gall".replace("obrien", "o brien"),
        "BRI",
        "o'b",
        "zo le",
        "1234567e",
        "0042",
        "",
        " - ",
    ],
)
def test_beginnings_of_words_in_any_order(person, text):
    assert list(Beneficiary.objects.matching(text)) == [person]


@pytest.mark.parametrize("text", ["all", "le galle", "zoe zzz", "234567", "42"])
def test_nothing_else(person, text):
    assert list(Beneficiary.objects.matching(text)) == []


@pytest.mark.parametrize("text", ["'", "':* | le", "\\", "a' & 'b", "!le", "(le"])
def test_no_sign_has_a_meaning(person, text):
    """Signs are spaces, as in the keys themselves: nothing typed can break the query."""
    list(Beneficiary.objects.matching(text))
