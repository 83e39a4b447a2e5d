"""What a check says about one element of an offer, in three levels, with the remedy."""

import re
from dataclasses import dataclass

from prescriptions.lheo.catalogue import CATALOGUE, CORRECT_AND_EXPORT, Level
from prescriptions.lheo.nodes import Node


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. ``path`` is an XPath without namespaces, ``value`` an excerpt, ``message`` and ``remedy`` French."""

    code: str
    level: Level
    path: str
    line: int
    value: str
    message: str
    remedy: str


EXCERPT_LENGTH = 60
# A person's contact details are not quoted in reports.
_PRIVATE = frozenset({"nom", "prenom", "civilite", "courriel", "numtel", "ligne"})
# Sex, year, month, department… of a social security number, with or without its key.
_NIR = re.compile(r"\b[1-478]\s?\d\d\s?(0[1-9]|1[0-2]|[2-9]\d)\s?[\dAB]{2}\s?\d{3}\s?\d{3}(\s?\d\d)?\b")


def excerpt(value: str) -> str:
    """Value as quoted in a report: one line, at most 60 characters, no social security number."""
    value = _NIR.sub("(masqué)", " ".join(value.split()))
    return value if len(value) <= EXCERPT_LENGTH else value[: EXCERPT_LENGTH - 1] + "…"


def finding(
    code: str,
    node: Node,
    *,
    path: str = "",
    value: str | None = None,
    **details: object,
) -> Finding:
    """Build the finding ``code`` of the catalogue about ``node``; ``details`` fill the sentence."""
    level, sentence, remedy = CATALOGUE[code]
    quoted = excerpt(node.text if value is None else value)
    if node.tag in _PRIVATE:
        quoted = ""
    details |= {"tag": node.tag[:80], "value": quoted}
    return Finding(
        code=code,
        level=level,
        path=path or node.path,
        line=node.line,
        value=quoted,
        message=sentence.format(**details),
        remedy=f"{remedy.format(**details)} {CORRECT_AND_EXPORT}"
        if level is Level.REJECTED
        else remedy.format(**details),
    )
