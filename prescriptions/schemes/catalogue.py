"""The schemes in force on a day, with the rules that they apply then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from prescriptions.models import Scheme, SchemeRule
from prescriptions.schemes import amount_rules, offer_rules, person_rules  # noqa: F401  (they declare the rules)
from prescriptions.schemes.case import Case
from prescriptions.schemes.rules import RULES, Answer, Outcome, Rule, to_verify


@dataclass(frozen=True)
class Applied:
    """A rule as a scheme applies it. rule: None when the code is no longer known."""

    row: SchemeRule
    rule: Rule | None

    @property
    def sentence(self) -> str:
        return self.rule.sentence if self.rule else f"Règle « {self.row.rule} », inconnue de cette version."

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return self.rule.in_words(self.row.parameters) if self.rule else []

    @property
    def selects(self) -> bool:
        return self.rule is not None and self.rule.selects

    def answer(self, case: Case) -> Answer:
        if self.rule is None:
            return to_verify(self.sentence, "Signalez-le à la Région, qui tient les dispositifs.")
        return self.rule.answer(case, self.row.parameters)


@dataclass(frozen=True)
class SchemeInForce:
    scheme: Scheme
    rules: tuple[Applied, ...]


def in_force(day: date, code: str | None = None) -> list[SchemeInForce]:
    """The schemes in force on `day`, in the order to try them; only that of `code` when given. Two queries."""
    schemes = Scheme.objects.in_force(day).order_by("try_order", "pk")
    if code is not None:
        schemes = schemes.filter(code=code)
    rules: dict[int, list[Applied]] = {}
    for row in SchemeRule.objects.in_force(day).order_by("pk"):
        rules.setdefault(row.scheme_id, []).append(applied(row))
    return [SchemeInForce(scheme, tuple(rules.get(scheme.pk, ()))) for scheme in schemes]


def applied(row: SchemeRule) -> Applied:
    return Applied(row, RULES.get(row.rule))


def worst(outcomes) -> Outcome:
    """No if anything says no, else « à vérifier » if anything is, else yes."""
    found = set(outcomes)
    return next((each for each in (Outcome.NO, Outcome.TO_VERIFY) if each in found), Outcome.YES)
