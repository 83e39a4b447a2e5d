"""What a rule is: a code, a French sentence, its source, what it reads, and the question it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from prescriptions.schemes.case import Case


class Outcome(StrEnum):
    """The three answers. Missing data is always « à vérifier »."""

    YES = "eligible"
    TO_VERIFY = "to_verify"
    NO = "not_eligible"

    @property
    def label(self) -> str:
        return {"eligible": "éligible", "to_verify": "à vérifier", "not_eligible": "non éligible"}[self.value]

    @property
    def badge(self) -> tuple[str, str]:
        """(tone, icon) of its badge."""
        return {
            "eligible": ("success", "circle-check"),
            "to_verify": ("warning", "help-circle"),
            "not_eligible": ("danger", "circle-x"),
        }[self.value]


@dataclass(frozen=True)
class Answer:
    """What a rule answers about one case. why: a full sentence. remedy: how to lift a « à vérifier »."""

    outcome: Outcome
    why: str
    remedy: str = ""


def yes(why: str) -> Answer:
    return Answer(Outcome.YES, why)


def no(why: str) -> Answer:
    return Answer(Outcome.NO, why)


def to_verify(why: str, remedy: str) -> Answer:
    return Answer(Outcome.TO_VERIFY, why, remedy)


class Shape(StrEnum):
    """How a parameter is typed in and kept as JSON."""

    NUMBER = "number"
    CODES = "codes"


@dataclass(frozen=True)
class Parameter:
    """A value that a scheme gives to a rule. default: int for a number, list of texts for codes."""

    name: str
    label: str
    shape: Shape
    default: Any
    unit: str = ""

    def in_words(self, value: Any) -> str:
        """« 15 jours », « 2, 4 »."""
        if self.shape is Shape.CODES:
            return ", ".join(value) or "aucun"
        return f"{value} {self.unit}".strip()


@dataclass(frozen=True)
class Rule:
    """A condition that schemes apply.

    sentence: what must hold, in the words of the page. source: where it comes from. reads: the data it looks at, in
    French. selects: it says whether the offer is one that the scheme pays for at all, whoever the person is.
    """

    code: str
    sentence: str
    source: str
    reads: tuple[str, ...]
    check: Callable[[Case, Mapping[str, Any]], Answer] = field(repr=False)
    parameters: tuple[Parameter, ...] = ()
    selects: bool = False

    def given(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters to use: what is stored, defaults for the rest; names that are no longer known are left out."""
        return {p.name: stored.get(p.name, p.default) for p in self.parameters}

    def answer(self, case: Case, stored: Mapping[str, Any]) -> Answer:
        return self.check(case, self.given(stored))

    def in_words(self, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(label, value) of each parameter."""
        given = self.given(stored)
        return [(p.label, p.in_words(given[p.name])) for p in self.parameters]


RULES: dict[str, Rule] = {}


def rule(
    code: str,
    sentence: str,
    *,
    source: str,
    reads: tuple[str, ...],
    parameters: tuple[Parameter, ...] = (),
    selects: bool = False,
):
    """Register a function (case, parameters) -> Answer as the rule of that code."""

    def registered(check: Callable[[Case, Mapping[str, Any]], Answer]) -> Rule:
        if code in RULES:
            raise ValueError(f"rule {code} is declared twice")
        RULES[code] = Rule(code, sentence, source, reads, check, parameters, selects)
        return RULES[code]

    return registered


def numbers(name: str, label: str, default: int, unit: str = "") -> Parameter:
    return Parameter(name, label, Shape.NUMBER, default, unit)


def codes(name: str, label: str, *default: str) -> Parameter:
    return Parameter(name, label, Shape.CODES, list(default))
