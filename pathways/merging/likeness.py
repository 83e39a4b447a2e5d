"""Are these two files the same person? Pure: what is alike, what differs, how strongly, in words. No score.

The comparison is symmetrical. `pathways.identity.likeness_keys` finds whom to compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from django.db import models

from pathways.identity import compact, is_one_letter_off, name_parts


class Comparable(Protocol):
    """What is compared of a person; unknown texts are empty."""

    last_name: str
    birth_name: str
    first_name: str
    birth_date: date
    sex: str
    pe_identifier: str
    caf_number: str
    phone: str
    email: str


class Strength(models.IntegerChoices):
    """How much two files look like one person."""

    WEAK = 1, "À vérifier"
    PROBABLE = 2, "Probable"
    SURE = 3, "Presque certain"


@dataclass(frozen=True)
class Likeness:
    """alike, differs: short phrases in French, without capital nor full stop."""

    strength: Strength
    alike: tuple[str, ...]
    differs: tuple[str, ...]

    def __str__(self) -> str:
        """« Même date de naissance, nom et prénom inversés ; l'identifiant Pôle emploi diffère. »"""
        told = " ; ".join(", ".join(phrases) for phrases in (self.alike, self.differs) if phrases)
        return f"{told[:1].upper()}{told[1:]}."


class Same(Enum):
    """How one thing compares in two files; UNKNOWN where one of them does not say."""

    YES = "yes"
    PART = "part"
    NEAR = "near"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Names:
    """How the names compare: last, first, and whether one file has them inverted."""

    last: Same
    first: Same
    words: tuple[str, ...]
    is_inverted: bool = False

    @property
    def are_same(self) -> bool:
        return self.last is self.first is Same.YES

    @property
    def are_near(self) -> bool:
        """The same but for a part of a compound name, or for one letter in one of the two."""
        both = (self.last, self.first)
        return Same.NO not in both and both != (Same.NEAR, Same.NEAR)


def compare(one: Comparable, other: Comparable) -> Likeness | None:
    """Return how two people are alike; None when nothing says that they may be one."""
    names, born = _names(one, other), _birth(one.birth_date, other.birth_date)
    pe, caf = _same(one.pe_identifier, other.pe_identifier), _same(one.caf_number, other.caf_number)
    phone, email = _same(one.phone, other.phone), _same(one.email.lower(), other.email.lower())
    sex = _same(one.sex, other.sex)
    strength = _strength(names, born, pe, caf, Same.YES in (phone, email), sex, one.birth_date)
    if strength is None:
        return None
    alike = [
        _BIRTH_WORDS.get(born, ""),
        *names.words,
        "même identifiant Pôle emploi" if pe is Same.YES else "",
        "même n° allocataire" if caf is Same.YES else "",
        "même téléphone" if phone is Same.YES else "",
        "même courriel" if email is Same.YES else "",
    ]
    differs = [
        "la date de naissance diffère" if born is Same.NO else "",
        "le nom diffère" if names.last is Same.NO else "",
        "le prénom diffère" if names.first is Same.NO else "",
        "le sexe diffère" if sex is Same.NO else "",
        "l'identifiant Pôle emploi diffère" if pe is Same.NO else "",
        "le n° allocataire diffère" if caf is Same.NO else "",
        _doubt(names, born, pe, caf, one.birth_date),
    ]
    return Likeness(strength, tuple(filter(None, alike)), tuple(filter(None, differs)))


_BIRTH_WORDS = {Same.YES: "même date de naissance", Same.NEAR: "jour et mois de naissance inversés"}


def _strength(
    names: Names, born: Same, pe: Same, caf: Same, has_same_contact: bool, sex: Same, birth_date: date
) -> Strength | None:
    """The rules, from what says most to what says least. A household shares its CAF number: never enough by itself."""
    is_supported = caf is Same.YES or has_same_contact
    if pe is Same.YES:
        return _with_same_identifier(names, born)
    if pe is Same.NO and caf is Same.NO:
        # As the import of cohorts: both identifiers differ, these are two people unless everything else agrees.
        return Strength.WEAK if names.are_same and born is Same.YES else None
    level = _without_identifier(names, born, caf, is_supported, sex, birth_date)
    # Two Pôle emploi identifiers weigh against, without deciding: people register twice.
    if pe is Same.NO and level is not None:
        return Strength(level - 1) if level > Strength.WEAK else None
    return level


def _with_same_identifier(names: Names, born: Same) -> Strength | None:
    if born is Same.NO:
        # A typing error in an identifier must not join two people: the names must agree.
        return Strength.PROBABLE if names.are_same else Strength.WEAK if names.are_near else None
    if names.are_near:
        return Strength.SURE
    return Strength.PROBABLE if names.first is Same.YES else Strength.WEAK


def _without_identifier(
    names: Names, born: Same, caf: Same, is_supported: bool, sex: Same, birth_date: date
) -> Strength | None:
    if born is Same.NO:
        is_backed = names.are_same and is_supported
        return Strength.WEAK if is_backed else None
    if born is Same.NEAR:
        if names.are_same:
            return Strength.PROBABLE
        return Strength.WEAK if names.are_near and is_supported else None
    if names.are_same:
        return Strength.PROBABLE if _is_default_day(birth_date) and not is_supported else Strength.SURE
    if names.are_near:
        return Strength.PROBABLE
    if names.first is Same.YES and is_supported:
        return Strength.PROBABLE
    # The same name and birth date under two first names: twins, or one person under two of their first names.
    return Strength.WEAK if names.last is Same.YES and sex is not Same.NO else None


def _doubt(names: Names, born: Same, pe: Same, caf: Same, birth_date: date) -> str:
    """What else the two files may be than one person."""
    if pe is Same.NO and caf is Same.NO:
        return "peut-être des homonymes"
    if born is Same.YES and names.last is Same.YES and names.first is Same.NO:
        return "peut-être des jumeaux"
    if born is Same.YES and pe is not Same.YES and _is_default_day(birth_date):
        return "le 1er janvier est souvent une date donnée par défaut"
    return ""


def _is_default_day(day: date) -> bool:
    return (day.day, day.month) == (1, 1)


def _same(one: str, other: str) -> Same:
    if not one.strip() or not other.strip():
        return Same.UNKNOWN
    return Same.YES if compact(one) == compact(other) else Same.NO


def _birth(one: date, other: date) -> Same:
    if one == other:
        return Same.YES
    is_inverted = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return Same.NEAR if is_inverted else Same.NO


# ---- names


def _names(one: Comparable, other: Comparable) -> Names:
    last, last_words = _last(one, other)
    first, first_words = _first(one.first_name, other.first_name)
    straight = Names(last, first, tuple(filter(None, (last_words, first_words))))
    if straight.are_near:
        return straight
    return _inverted(one, other) or straight


def _lasts(person: Comparable) -> frozenset[str]:
    return frozenset(filter(None, map(compact, (person.last_name, person.birth_name))))


def _last(one: Comparable, other: Comparable) -> tuple[Same, str]:
    if compact(one.last_name) == compact(other.last_name):
        is_written_alike = one.last_name.upper() == other.last_name.upper()
        return Same.YES, "même nom" if is_written_alike else "même nom (écrit autrement)"
    if _lasts(one) & _lasts(other):
        are_born_so = compact(one.birth_name) == compact(other.birth_name) != ""
        words = (
            "même nom de naissance" if are_born_so else "le nom de l'une est le nom de naissance de l'autre"
        )
        return Same.YES, words
    if _is_part(one.last_name, other.last_name) or _is_part(
        f"{one.last_name} {one.birth_name}", f"{other.last_name} {other.birth_name}"
    ):
        return Same.PART, "une partie du nom en commun"
    if any(is_one_letter_off(mine, theirs) for mine in _lasts(one) for theirs in _lasts(other)):
        return Same.NEAR, "noms à une lettre près"
    return Same.NO, ""


def _first(one: str, other: str) -> tuple[Same, str]:
    if compact(one) == compact(other):
        return Same.YES, "même prénom" if one.upper() == other.upper() else "même prénom (écrit autrement)"
    if _is_part(one, other):
        return Same.PART, "une partie du prénom en commun"
    if is_one_letter_off(compact(one), compact(other)):
        return Same.NEAR, "prénoms à une lettre près"
    return Same.NO, ""


def _is_part(one: str, other: str) -> bool:
    """Whether the words of one compound name are all in the other."""
    mine, theirs = name_parts(one), name_parts(other)
    return bool(mine) and bool(theirs) and (mine <= theirs or theirs <= mine)


def _inverted(one: Comparable, other: Comparable) -> Names | None:
    """The last name of each is the first name of the other, to the letter or nearly; None when it is not."""
    mine, theirs = compact(one.first_name), compact(other.first_name)
    if mine in _lasts(other) and theirs in _lasts(one):
        return Names(Same.YES, Same.YES, ("nom et prénom inversés",), is_inverted=True)

    def is_near(name: str, names: frozenset[str]) -> bool:
        return name in names or any(is_one_letter_off(name, known) for known in names)

    if is_near(mine, _lasts(other)) and is_near(theirs, _lasts(one)):
        return Names(Same.YES, Same.NEAR, ("nom et prénom inversés, à une lettre près",), is_inverted=True)
    return None
