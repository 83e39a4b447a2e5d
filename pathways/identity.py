"""Keys that find, sort and compare people by name.

The database has neither ICU collations, `unaccent` nor trigrams (embedded PostgreSQL), so what is
computed here and stored next to the name is the only search and sort key of the product.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping

# Letters that NFKD leaves whole.
_LETTERS = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i",
    }
)  # fmt: skip

_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]+")

# Sorts before every character of a normalised name, so that LE comes before LE GALL whatever follows.
_BEFORE_LETTERS = "\t"


def normalise_name(value: str) -> str:
    """Return `value` in upper case, without accents, punctuation as single spaces.

    Particles stay (« de la Tour » → « DE LA TOUR »), apostrophes and hyphens become spaces.
    Idempotent. Empty for a value without letter or digit.
    """
    if value.isascii():
        return _NOT_ALPHANUMERIC.sub(" ", value.upper()).strip()
    previous, current = value, _normalise_once(value)
    # Upper-casing a few letters outside French yields new accents: once more until stable.
    while current != previous:
        previous, current = current, _normalise_once(current)
    return current


def search_key(*parts: str) -> str:
    """Return the normalised parts in order, empty ones left out: what a search box looks into."""
    return " ".join(key for key in map(normalise_name, parts) if key)


def sort_key(last_name: str, first_name: str) -> str:
    """Return the key that lists people in the order of a French directory (column collation "C")."""
    return f"{normalise_name(last_name)}{_BEFORE_LETTERS}{normalise_name(first_name)}"


def identity_key(last_name: str, first_name: str, birth_date: datetime.date) -> str:
    """Return a key equal for two writings of the same person.

    Insensitive to case, accents, hyphens, spaces inside a name (LE GALL, LEGALL) and to the
    inversion of last and first name, the commonest mistake of files typed by hand.
    """
    names = sorted(compact(name) for name in (last_name, first_name))
    return "|".join([*names, birth_date.isoformat()])


def likeness_keys(
    names: Iterable[str], first_name: str, birth_date: datetime.date, identifiers: Mapping[str, str]
) -> list[str]:
    """Return keys of which two files of one person share at least one, sorted.

    names: usual and birth name. identifiers: kind -> value (« pe », « caf », « mail »). Besides identifiers: the birth
    date with each name or part of a name, and the names with the birth date whose day and month may be inverted.
    """
    keys = {f"{kind}|{compact(value)}" for kind, value in identifiers.items() if compact(value)}
    first, lasts = compact(first_name), {compact(name) for name in names if compact(name)}
    parts = {part for name in (*names, first_name) for part in name_parts(name)}
    keys |= {f"{birth_date:%Y%m%d}|{part}" for part in parts | lasts | {first} if part}
    if birth_date.day <= 12 and birth_date.day != birth_date.month:
        low, high = sorted((birth_date.day, birth_date.month))
        keys |= {f"{birth_date:%Y}/{low}/{high}|{'|'.join(sorted((last, first)))}" for last in lasts}
    return sorted(keys)


def name_parts(name: str) -> frozenset[str]:
    """Return the words of a compound name, particles of one or two letters left out."""
    return frozenset(word for word in normalise_name(name).split() if len(word) > 2)


def is_one_letter_off(one: str, other: str) -> bool:
    """Whether two compact names of four letters or more differ by one letter: other, missing, added or swapped."""
    if one == other or min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    is_swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or is_swapped


def compact(name: str) -> str:
    """Return the normalised name without spaces: LE GALL and LEGALL are one."""
    return normalise_name(name).replace(" ", "")


def _normalise_once(value: str) -> str:
    decomposed = unicodedata.normalize("NFKD", value.translate(_LETTERS)).translate(_LETTERS).upper()
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", decomposed)
        if not unicodedata.category(char).startswith("M")
    )
    return " ".join("".join(char if char.isalnum() else " " for char in bare).split())
