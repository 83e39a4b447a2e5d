"""Keys that find, sort and compare people by name.

The database has neither ICU collations, `unaccent` nor trigrams (embedded PostgreSQL), so what is
computed here and stored next to the name is the only search and sort key of the product.
"""

import datetime
import re
import unicodedata

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
    names = sorted(_compact(name) for name in (last_name, first_name))
    return "|".join([*names, birth_date.isoformat()])


def _compact(name: str) -> str:
    return normalise_name(name).replace(" ", "")


def _normalise_once(value: str) -> str:
    decomposed = unicodedata.normalize("NFKD", value.translate(_LETTERS)).translate(_LETTERS).upper()
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", decomposed)
        if not unicodedata.category(char).startswith("M")
    )
    return " ".join("".join(char if char.isalnum() else " " for char in bare).split())
