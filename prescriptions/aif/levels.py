"""Levels of training on one scale, so that what a session asks compares with what a person has."""

from __future__ import annotations

#: LHEO dict-niveaux, both nomenclatures (formats.md, section 1): 1 « sans niveau » to 7. « 0 » says nothing.
LHEO = {
    "1": 0,
    "2": 1,
    "3": 2,
    "4": 3,
    "5": 4,
    "6": 5,
    "7": 6,
    "8": 7,
    "11": 1,
    "12": 2,
    "13": 3,
    "14": 4,
    "15": 5,
    "16": 6,
    "17": 7,
    "18": 7,
}
#: ASP ref_niveau_formation_v3 (formats.md, section 4). « 00 » says nothing.
ASP = {"01": 0, "70": 1, "60": 2, "50": 3, "51": 3, "40": 4, "41": 4, "30": 5, "20": 6, "10": 7}
WORDS = {
    0: "sans niveau",
    1: "savoirs de base",
    2: "fin de collège",
    3: "CAP, BEP",
    4: "bac",
    5: "bac + 2",
    6: "licence, master 1",
    7: "bac + 5",
}


def asked(level_in: str) -> int | None:
    """What a course asks; None when it asks for nothing that is known."""
    return LHEO.get(level_in)


def reached(education_level: str) -> int | None:
    """What a person has reached; None when unknown."""
    return ASP.get(education_level)
