import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.identity import identity_key, normalise_name, search_key, sort_key

BORN = datetime.date(1985, 3, 2)
names = st.text(max_size=30)
latin_names = st.text(alphabet="abcéèçœæßøłÀÉÎ -'’.", max_size=20)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Éléonore", "ELEONORE"),
        ("lecœur", "LECOEUR"),
        ("Lætitia", "LAETITIA"),
        ("Groß", "GROSS"),
        ("  d’Artagnan ", "D ARTAGNAN"),
        ("d'Artagnan", "D ARTAGNAN"),
        ("Jean-Pierre", "JEAN PIERRE"),
        ("de  la\u00a0Tour", "DE LA TOUR"),
        ("Łukasz Søren", "LUKASZ SOREN"),
        ("Agnes\u0300", "AGNES"),
        (" - ' ", ""),
    ],
)
def test_writings_of_a_name_meet(written, expected):
    assert normalise_name(written) == expected


@given(names)
def test_normalising_twice_changes_nothing(name):
    assert normalise_name(normalise_name(name)) == normalise_name(name)


@given(names)
def test_a_normalised_name_holds_no_edge_or_double_space(name):
    key = normalise_name(name)
    assert key == " ".join(key.split())


@given(latin_names)
def test_case_does_not_matter(name):
    assert normalise_name(name.upper()) == normalise_name(name.lower()) == normalise_name(name)


@given(names, names, st.dates())
def test_inverting_last_and_first_name_keeps_the_identity(last, first, born):
    assert identity_key(last, first, born) == identity_key(first, last, born)


@given(latin_names, latin_names)
def test_hyphens_spaces_and_apostrophes_keep_the_identity(last, first):
    bare = last.replace("-", " ").replace("'", "").replace("’", "-")
    assert identity_key(last, first, BORN) == identity_key(bare, first.replace(" ", "-"), BORN)


def test_another_birth_date_is_another_person():
    assert identity_key("Martin", "Anne", BORN) != identity_key("Martin", "Anne", datetime.date(1985, 2, 3))


def test_two_names_never_merge_into_one():
    assert identity_key("Martin", "Anne", BORN) != identity_key("Martina", "nne", BORN)


def test_search_key_joins_what_is_known():
    assert search_key("Le Gall", "", "Zoé") == "LE GALL ZOE"


def test_short_names_sort_before_longer_ones_whatever_the_first_name():
    people = [("Le Gall", "Anne"), ("Lé", "Zoé"), ("Legrand", "Abel"), ("Le", "Abel")]
    assert sorted(people, key=lambda person: sort_key(*person)) == [
        ("Le", "Abel"),
        ("Lé", "Zoé"),
        ("Le Gall", "Anne"),
        ("Legrand", "Abel"),
    ]
