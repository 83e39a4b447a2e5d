"""Reading of single values: dates, identifiers, contacts. Pure, no message, `None` when unreadable."""

import datetime
import re

from pathways.cohort_files.rows import Sex
from pathways.identity import normalise_name

_FRENCH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: 0{1,2}:00(?::00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")

_SEXES = {
    Sex.FEMALE: {"F", "FEMME", "FEMININ", "MME", "MLE", "MLLE", "MADAME", "MADEMOISELLE", "2"},
    Sex.MALE: {"M", "H", "HOMME", "MASCULIN", "MR", "MONSIEUR", "1"},
}
TITLES = {Sex.FEMALE: "Mme", Sex.MALE: "M."}


def read_date(text: str) -> datetime.date | None:
    """Read JJ/MM/AAAA or AAAA-MM-JJ, with or without midnight; None for anything else."""
    if match := _FRENCH_DATE.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def read_sex(text: str) -> Sex | None:
    """Read a sex or a title (1 and 2 are the codes of the CAF)."""
    word = normalise_name(text)
    return next((sex for sex, words in _SEXES.items() if word in words), None)


def read_boolean(text: str) -> bool | None:
    """Read 0/1, oui/non, vrai/faux, true/false."""
    word = normalise_name(text)
    if word in {"1", "OUI", "O", "VRAI", "TRUE", "X"}:
        return True
    return False if word in {"0", "NON", "N", "FAUX", "FALSE"} else None


def read_pe_identifier(text: str) -> str | None:
    """Read a Pôle emploi identifier: 8 characters (the last may be a letter) or the national one of 11."""
    compact = _compact(text)
    return compact if re.fullmatch(r"\d{7}[0-9A-Z]|\d{10}[0-9A-Z]", compact) else None


def read_caf_number(text: str) -> str | None:
    """Read an allocataire number, in one writing: 7 digits or more, without padding nor control letter.

    The flux pads MATRICULE to 15 digits where people write the 7 digits of the letterhead and its key letter.
    """
    match = re.fullmatch(r"(\d{1,15})[A-Z]?", _compact(text))
    digits = match[1].lstrip("0") if match else ""
    return digits.zfill(7) if digits else None


def read_insee_code(text: str) -> str | None:
    """Read the INSEE code of a commune; a spreadsheet may have eaten its leading zero."""
    compact = _compact(text)
    compact = compact.zfill(5) if compact.isdigit() and len(compact) == 4 else compact
    return compact if re.fullmatch(r"(?:0[1-9]|[1-9]\d|2[AB])\d{3}", compact) else None


def read_postal_code(text: str) -> str | None:
    """Read a French postal code; a spreadsheet, or the integer type of CODEPOS, may have eaten its zero."""
    compact = _compact(text)
    compact = compact.zfill(5) if compact.isdigit() and len(compact) == 4 else compact
    return compact if re.fullmatch(r"(?:0[1-9]|[1-9]\d)\d{3}", compact) else None


def read_phone(text: str) -> str | None:
    """Read a French phone number as 10 digits, or an international one as + and digits."""
    compact = re.sub(r"[\s.\-()/]", "", text)
    compact = re.sub(r"^(?:\+33|0033)(?:0)?(?=[1-9]\d{8}$)", "0", compact)
    compact = f"0{compact}" if re.fullmatch(r"[1-9]\d{8}", compact) else compact
    return compact if re.fullmatch(r"0[1-9]\d{8}|\+[1-9]\d{7,14}", compact) else None


def read_email(text: str) -> str | None:
    """Read an e-mail address, in lower case."""
    address = text.lower()
    shape = r"[^\s@<>\"',;:]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
    return address if re.fullmatch(shape, address) and ".." not in address else None


def read_rome_code(text: str) -> str | None:
    """Read a ROME v3 or v4 code: a letter from A to N and four digits."""
    compact = _compact(text)
    return compact if re.fullmatch(r"[A-N]\d{4}", compact) else None


def is_misread_utf8(text: str) -> bool:
    """Tell whether UTF-8 was read as windows-1252 (« AndrÃ© »)."""
    if text.isascii():
        return False
    try:
        text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()
