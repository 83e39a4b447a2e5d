"""Who may enter a cohort (domain.md, A1; CD13 convention, preamble and art. 1.1). Pure: no database, no clock.

« Bénéficiaires du RSA depuis moins d'un an, inscrits à Pôle emploi, identifiés par le Département »: three conditions,
all needed. The agreement does not say at which day the year is measured: it is `cohort.reference_date`. Boundaries:

* months are calendar months: who entered on 15/01/2017 has been in for 12 months on 15/01/2018, and that day no more
  « for less than a year ». From 29/02, the year is reached on 28/02. Entry on the reference date itself counts, later
  entry does not.
* a right known as refused or pending is no RSA. A closed one counts against the person only when it was known closed
  at the reference date: the rule does not look ahead.
* registered at Pôle emploi means from a known day on or before the reference date. An identifier alone says that the
  person was known one day, not that they were registered then.
* identification may come after the reference date, being the act by which the Département chooses; it must have
  happened.

What is not known is not met, and the explanation says what to complete.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Protocol

from dateutil.relativedelta import relativedelta

RSA, JOBSEEKER, IDENTIFIED = "rsa", "pole_emploi", "identified"

#: ETATDOSRSA (CAF): what is no right, what is a right no more.
NO_RIGHT = {"0": "une demande en attente", "1": "un droit refusé"}
CLOSED_RIGHT = {"5": "un droit clos", "6": "un droit clos"}


class Rule(Protocol):
    """The parameters of a cohort that the rule reads."""

    reference_date: date
    rsa_months_limit: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a person. rsa_state: ETATDOSRSA, as known on rsa_known_on. Unknown text is empty, date None."""

    rsa_entered_on: date | None = None
    rsa_state: str = ""
    rsa_known_on: date | None = None
    pe_identifier: str = ""
    pe_registered_on: date | None = None
    identified_on: date | None = None
    identified_by: str = ""


@dataclass(frozen=True)
class Criterion:
    """One condition and its answer. is_known: False when the answer is « no » for want of information."""

    code: str
    label: str
    is_met: bool
    value: str
    explanation: str
    is_known: bool = True


@dataclass(frozen=True)
class Decision:
    """The answer, criterion by criterion."""

    criteria: tuple[Criterion, ...]

    @property
    def is_eligible(self) -> bool:
        return all(criterion.is_met for criterion in self.criteria)

    @property
    def unmet(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.is_met)

    def as_json(self) -> list[dict]:
        """The shape that `CohortDecision.criteria` keeps."""
        return [asdict(criterion) for criterion in self.criteria]


def evaluate(facts: Facts, cohort: Rule, on: date) -> Decision:
    """Answer for one person. `on` is the day of the decision: what is dated after it has not happened yet."""
    return Decision(tuple(answer(facts, cohort, on) for answer in CRITERIA))


def _in_rsa_for_less_than_limit(facts: Facts, cohort: Rule, on: date) -> Criterion:
    at, limit = cohort.reference_date, cohort.rsa_months_limit
    entered = facts.rsa_entered_on
    answer = _answer(RSA, f"Dans le RSA depuis moins de {limit} mois au {_day(at)}", _day(entered))
    if facts.rsa_state in NO_RIGHT:
        return answer(
            False, f"La CAF signale {NO_RIGHT[facts.rsa_state]} : la personne n'est pas dans le RSA."
        )
    if _closed_at(facts, at):
        return answer(False, f"La CAF signale {CLOSED_RIGHT[facts.rsa_state]} au {_day(facts.rsa_known_on)}.")
    if entered is None:
        return answer(
            False,
            "La date d'entrée dans le RSA est inconnue : complétez-la (ouverture du droit à la CAF ou à la MSA).",
            is_known=False,
        )
    if entered > at:
        return answer(False, f"Entrée dans le RSA le {_day(entered)}, après la date de référence.")
    months = relativedelta(at, entered)
    told = f"{_months(months.years * 12 + months.months)} d'ancienneté au {_day(at)}"
    if entered + relativedelta(months=limit) > at:
        return answer(True, f"Entrée dans le RSA le {_day(entered)} : {told}, soit moins de {limit} mois.")
    return answer(False, f"Entrée dans le RSA le {_day(entered)} : {told}, soit {limit} mois ou plus.")


def _closed_at(facts: Facts, at: date) -> bool:
    return facts.rsa_state in CLOSED_RIGHT and facts.rsa_known_on is not None and facts.rsa_known_on <= at


def _registered_at_pole_emploi(facts: Facts, cohort: Rule, on: date) -> Criterion:
    at, since = cohort.reference_date, facts.pe_registered_on
    value = ", ".join(
        filter(None, [facts.pe_identifier and f"n° {facts.pe_identifier}", since and _day(since)])
    )
    answer = _answer(JOBSEEKER, f"Inscrite à Pôle emploi au {_day(at)}", value or _day(None))
    if since is None and facts.pe_identifier:
        return answer(
            False,
            "Un identifiant Pôle emploi est connu, pas la date d'inscription : complétez-la auprès de Pôle emploi.",
            is_known=False,
        )
    if since is None:
        return answer(
            False,
            "Ni identifiant ni date d'inscription à Pôle emploi : complétez-les, ou inscrivez la personne.",
            is_known=False,
        )
    if since > at:
        return answer(False, f"Inscription à Pôle emploi le {_day(since)}, après la date de référence.")
    remark = "" if facts.pe_identifier else " L'identifiant Pôle emploi reste à compléter."
    return answer(True, f"Inscrite à Pôle emploi depuis le {_day(since)}.{remark}")


def _identified_by_the_department(facts: Facts, cohort: Rule, on: date) -> Criterion:
    day = facts.identified_on
    by = facts.identified_by or "le Département"
    answer = _answer(IDENTIFIED, "Identifiée par le Département", _day(day))
    if day is None:
        return answer(
            False,
            "Le Département n'a pas encore retenu cette personne : renseignez la date d'identification.",
            is_known=False,
        )
    if day > on:
        return answer(False, f"Identification datée du {_day(day)}, qui est à venir : corrigez la date.")
    return answer(True, f"Retenue par {by} le {_day(day)}.")


#: The conditions, in the order in which they are explained.
CRITERIA: tuple[Callable[[Facts, Rule, date], Criterion], ...] = (
    _in_rsa_for_less_than_limit,
    _registered_at_pole_emploi,
    _identified_by_the_department,
)


def _answer(code: str, label: str, value: str) -> Callable[..., Criterion]:
    return lambda is_met, explanation, is_known=True: Criterion(
        code, label, is_met, value, explanation, is_known
    )


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "inconnue"


def _months(count: int) -> str:
    return f"{count} mois" if count else "moins d'un mois"
