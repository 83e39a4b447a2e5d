"""What makes two files look like one person, in words; and what does not."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.identity import is_one_letter_off, likeness_keys
from pathways.merging.likeness import Strength, compare

SURE, PROBABLE, WEAK = Strength.SURE, Strength.PROBABLE, Strength.WEAK


@dataclass(frozen=True)
class Person:
    last_name: str = "Benali"
    first_name: str = "Samia"
    birth_date: date = date(1984, 3, 12)
    birth_name: str = ""
    sex: str = "F"
    pe_identifier: str = ""
    caf_number: str = ""
    phone: str = ""
    email: str = ""

    @property
    def keys(self) -> set[str]:
        identifiers = {"pe": self.pe_identifier, "caf": self.caf_number, "mail": self.email}
        return set(
            likeness_keys((self.last_name, self.birth_name), self.first_name, self.birth_date, identifiers)
        )


SAMIA = Person()
COMPOUND = Person("Le Gall-Petit", "Marie-Claude")


def other(person: Person = SAMIA, **changes) -> tuple[Person, Person]:
    return person, replace(person, **changes)


@pytest.mark.parametrize(
    ("pair", "strength", "told"),
    [
        (other(), SURE, "Même date de naissance, même nom, même prénom."),
        (
            other(COMPOUND, last_name="LE GALL PETIT", first_name="Marie Claude"),
            SURE,
            "Même date de naissance, même nom (écrit autrement), même prénom (écrit autrement).",
        ),
        (
            other(Person("Noël", "Zoé"), last_name="NOEL", first_name="ZOE"),
            SURE,
            "Même date de naissance, même nom (écrit autrement), même prénom (écrit autrement).",
        ),
        (
            other(last_name="Samia", first_name="Benali"),
            SURE,
            "Même date de naissance, nom et prénom inversés.",
        ),
        (
            other(last_name="Samia", first_name="Benalli"),
            PROBABLE,
            "Même date de naissance, nom et prénom inversés, à une lettre près.",
        ),
        (
            other(last_name="Dupont", birth_name="Benali"),
            SURE,
            "Même date de naissance, le nom de l'une est le nom de naissance de l'autre, même prénom.",
        ),
        (
            (Person("Dupont", birth_name="Benali"), Person("Durand", birth_name="Benali")),
            SURE,
            "Même date de naissance, même nom de naissance, même prénom.",
        ),
        (
            other(last_name="Benali Dupont"),
            PROBABLE,
            "Même date de naissance, une partie du nom en commun, même prénom.",
        ),
        (
            other(last_name="Bénalli"),
            PROBABLE,
            "Même date de naissance, noms à une lettre près, même prénom.",
        ),
        (
            other(COMPOUND, first_name="Marie"),
            PROBABLE,
            "Même date de naissance, même nom, une partie du prénom en commun.",
        ),
        (
            other(birth_date=date(1984, 12, 3)),
            PROBABLE,
            "Jour et mois de naissance inversés, même nom, même prénom.",
        ),
        (
            other(Person(pe_identifier="1234567A"), last_name="Durand"),
            PROBABLE,
            "Même date de naissance, même prénom, même identifiant Pôle emploi ; le nom diffère.",
        ),
        (
            other(Person(pe_identifier="1234567A"), birth_date=date(1985, 3, 12)),
            PROBABLE,
            "Même nom, même prénom, même identifiant Pôle emploi ; la date de naissance diffère.",
        ),
        (
            other(Person(caf_number="0123456"), last_name="Durand"),
            PROBABLE,
            "Même date de naissance, même prénom, même n° allocataire ; le nom diffère.",
        ),
        (
            other(Person(caf_number="0123456"), birth_date=date(1990, 1, 2)),
            WEAK,
            "Même nom, même prénom, même n° allocataire ; la date de naissance diffère.",
        ),
        (
            (Person(pe_identifier="1234567A"), Person(pe_identifier="7654321B")),
            PROBABLE,
            "Même date de naissance, même nom, même prénom ; l'identifiant Pôle emploi diffère.",
        ),
        (
            (Person(pe_identifier="1", caf_number="1"), Person(pe_identifier="2", caf_number="2")),
            WEAK,
            "Même date de naissance, même nom, même prénom ; l'identifiant Pôle emploi diffère, "
            "le n° allocataire diffère, peut-être des homonymes.",
        ),
        (
            other(Person(birth_date=date(1984, 1, 1))),
            PROBABLE,
            "Même date de naissance, même nom, même prénom ; "
            "le 1er janvier est souvent une date donnée par défaut.",
        ),
        (
            other(first_name="Nadia"),
            WEAK,
            "Même date de naissance, même nom ; le prénom diffère, peut-être des jumeaux.",
        ),
    ],
)  # fmt: skip
def test_each_likeness_is_explained_and_found_by_a_key(pair, strength, told):
    likeness = compare(*pair)
    assert (likeness.strength, str(likeness)) == (strength, told)
    assert pair[0].keys & pair[1].keys


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(
            Person(caf_number="0123456"),
            Person("Benali", "Karim", date(1980, 7, 1), sex="M", caf_number="0123456"),
            id="a couple shares its CAF number",
        ),
        pytest.param(
            Person(caf_number="0123456"),
            Person("Durand", "Karim", sex="M", caf_number="0123456"),
            id="a couple born on the same day",
        ),
        pytest.param(
            Person(caf_number="0123456", phone="0612345678", email="foyer@exemple.invalid"),
            Person("Benali", "Yanis", date(2003, 2, 4), "", "M", "", "0123456", "0612345678"),
            id="a parent and a child, one telephone",
        ),
        pytest.param(SAMIA, replace(SAMIA, first_name="Karim", sex="M"), id="brother and sister, twins"),
        pytest.param(
            Person(pe_identifier="1"), Person(first_name="Nadia", pe_identifier="2"), id="twins, known as two"
        ),
        pytest.param(SAMIA, replace(SAMIA, birth_date=date(1990, 4, 15)), id="homonyms of another age"),
        pytest.param(SAMIA, Person("Durand", "Nadia"), id="born on one day"),
        pytest.param(
            Person(pe_identifier="1"),
            Person("Durand", "Nadia", date(1990, 4, 15), pe_identifier="1"),
            id="a mistyped identifier",
        ),
    ],
)
def test_two_people_are_left_alone(one, two):
    assert compare(one, two) is None


def test_twins_are_never_more_than_to_be_checked():
    twins = Person(caf_number="1", phone="0612345678"), Person(first_name="Nadia", phone="0612345678")
    assert compare(*twins).strength == WEAK


@pytest.mark.parametrize(
    ("one", "two", "is_close"),
    [
        ("DUPONT", "DUPOND", True), ("DUPONT", "DUPPONT", True), ("DUPONT", "DUPNOT", True), ("DUPONT", "DUPON", True),
        ("DUPONT", "DUPONT", False), ("DUPONT", "DURAND", False), ("LI", "LU", False), ("DUPONT", "UDPOTN", False),
    ],
)  # fmt: skip
def test_one_letter_off(one, two, is_close):
    assert is_one_letter_off(one, two) is is_one_letter_off(two, one) is is_close


LASTS = ("Benali", "BÉNALI", "Ben Ali", "Benalli", "Dupont", "Dupont-Benali")
FIRSTS = ("Samia", "Sàmia", "Samja", "Marie-Claude", "Marie", "")
NAMES = st.sampled_from([*LASTS, *FIRSTS])
PEOPLE = st.builds(
    Person,
    NAMES.filter(bool),
    NAMES.filter(bool),
    st.sampled_from([date(1984, 3, 12), date(1984, 12, 3), date(1984, 1, 1), date(1990, 5, 5)]),
    NAMES,
    st.sampled_from(["", "F", "M"]),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "0612345678"]),
    st.sampled_from(["", "a@exemple.invalid", "A@exemple.invalid"]),
)


@given(PEOPLE, PEOPLE)
def test_likeness_is_symmetrical_and_never_missed_by_the_keys(one, two):
    there, back = compare(one, two), compare(two, one)
    assert there == back
    if there is not None:
        assert one.keys & two.keys, str(there)


@given(PEOPLE)
def test_everybody_is_like_themselves_unless_born_on_a_default_day(person):
    likeness = compare(person, person)
    assert likeness.strength >= PROBABLE
    assert not [told for told in likeness.differs if "diffère" in told]


@given(st.text(max_size=12), st.text(max_size=12))
def test_one_letter_off_is_symmetrical(one, two):
    assert is_one_letter_off(one, two) is is_one_letter_off(two, one)
