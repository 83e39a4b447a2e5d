"""Levels of education on one scale: what a person reached (ASP codes) and what a course asks for (LHEO codes).

The scale is the one of 2019 (1 to 8); the older LHEO codes name the levels VI to I of 1969.
"""

from __future__ import annotations

#: ASP code (ref_niveau_formation_v3) -> level. « 00 », qualifications that certify nothing, tells no level.
_OF_PERSON = {
    "01": 1,
    "70": 1,
    "60": 2,
    "51": 3,
    "50": 3,
    "41": 4,
    "40": 4,
    "30": 5,
    "20": 6,
    "10": 7,
}
#: LHEO dict-niveaux -> level. « 0 » was not communicated; « 1 » asks for none.
_ASKED = {
    **{str(code): code - 1 for code in range(2, 9)},
    **{str(10 + level): level for level in range(1, 9)},
}
NONE_ASKED = 0

NAMES = {
    1: "sans diplôme",
    2: "préqualification",
    3: "CAP ou BEP",
    4: "bac",
    5: "BTS ou DUT",
    6: "licence",
    7: "master",
    8: "doctorat",
}


def reached(asp_code: str) -> int | None:
    """The level from 1 to 7 that an ASP code says; None when it says none."""
    return _OF_PERSON.get(asp_code)


def asked(lheo_code: str) -> int | None:
    """The level from 1 to 8 that a course asks for; NONE_ASKED when it says so, None when it says nothing."""
    return NONE_ASKED if lheo_code == "1" else _ASKED.get(lheo_code)


def asked_in_words(lheo_code: str) -> str:
    """« niveau 3 (CAP ou BEP) »; "" when the course says nothing."""
    level = asked(lheo_code)
    if level is None:
        return ""
    return f"niveau {level} ({NAMES[level]})" if level else "aucun niveau demandé"


def codes_above(level: int) -> list[str]:
    """The LHEO codes that ask for more than a level from 1 to 8."""
    return sorted(code for code, wanted in _ASKED.items() if wanted > level)
