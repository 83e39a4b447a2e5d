"""May this person use a scheme for this session: « éligible », « non éligible » or « à vérifier », and why.

Set-based: the number of queries does not depend on how many people or sessions are asked about. A verdict informs and
never blocks. It reads nothing of the right to RSA; it is still the Département's to read, never a provider's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from config import clock
from prescriptions.models import Session
from prescriptions.schemes import catalogue
from prescriptions.schemes.case import Case, Offer, Person, offer_of, read_people
from prescriptions.schemes.catalogue import Applied, SchemeInForce, worst
from prescriptions.schemes.rules import Answer, Outcome


@dataclass(frozen=True)
class Told:
    """What one rule of a scheme answers."""

    applied: Applied
    answer: Answer

    @property
    def outcome(self) -> Outcome:
        return self.answer.outcome


@dataclass(frozen=True)
class SchemeVerdict:
    """What one scheme answers. concerns: the offer is one that the scheme pays for, whoever the person is."""

    scheme: SchemeInForce
    told: tuple[Told, ...]

    @property
    def outcome(self) -> Outcome:
        return worst(each.outcome for each in self.told)

    @property
    def concerns(self) -> bool:
        return not any(each.applied.selects and each.outcome is Outcome.NO for each in self.told)

    @property
    def name(self) -> str:
        return self.scheme.scheme.name

    @property
    def against(self) -> list[Told]:
        """What makes it « non éligible »."""
        return [each for each in self.told if each.outcome is Outcome.NO]

    @property
    def missing(self) -> list[Told]:
        """What remains to verify."""
        return [each for each in self.told if each.outcome is Outcome.TO_VERIFY]

    @property
    def shown(self) -> list[Told]:
        """What decided: the reasons against, what remains to verify, or else everything that holds."""
        return [*self.against, *self.missing] or list(self.told)

    @property
    def because(self) -> str:
        """« … parce que » in one line."""
        decisive = self.against or self.missing or list(self.told)
        return " ".join(each.answer.why for each in decisive[:2])


@dataclass(frozen=True)
class Verdict:
    """What all schemes in force answer for one person and one offer, those that concern the offer first.

    best: the first scheme, in the order to try them, that is open to the person; else the first to verify; else the
    first that pays for such an offer; None when no scheme does.
    """

    pathway_id: int
    day: date
    schemes: tuple[SchemeVerdict, ...]

    @property
    def best(self) -> SchemeVerdict | None:
        return min(self.concerned, key=lambda each: _PREFERENCE[each.outcome], default=None)

    @property
    def outcome(self) -> Outcome:
        return self.best.outcome if self.best else Outcome.NO

    @property
    def concerned(self) -> list[SchemeVerdict]:
        return [each for each in self.schemes if each.concerns]

    @property
    def others(self) -> list[SchemeVerdict]:
        """The other schemes that pay for such an offer."""
        return [each for each in self.concerned if each is not self.best]

    @property
    def label(self) -> str:
        return self.outcome.label

    @property
    def because(self) -> str:
        return self.best.because if self.best else "Aucun dispositif en vigueur ne finance cette session."


_PREFERENCE = {Outcome.YES: 0, Outcome.TO_VERIFY: 1, Outcome.NO: 2}


def for_people(session: Session, pathway_ids: Collection[int], day: date | None = None) -> dict[int, Verdict]:
    """Pathway id -> verdict on `day` (today when None) for one session. Three queries, one more if its action is
    not loaded; ids that name nobody are absent. Who may be asked about is for the caller to say."""
    day = day or clock.today()
    schemes, offer = catalogue.in_force(day), offer_of(session)
    return {pk: judge(person, offer, day, schemes) for pk, person in read_people(list(pathway_ids)).items()}


def for_sessions(pathway_id: int, sessions: Iterable[Session], day: date | None = None) -> dict[int, Verdict]:
    """Session id -> verdict for one person, sessions loaded `with_offer()`. Three queries."""
    day = day or clock.today()
    person = read_people([pathway_id]).get(pathway_id)
    if person is None:
        return {}
    schemes = catalogue.in_force(day)
    return {session.pk: judge(person, offer_of(session), day, schemes) for session in sessions}


def judge(person: Person, offer: Offer, day: date, schemes: Iterable[SchemeInForce]) -> Verdict:
    """The verdict, from values alone."""
    case = Case(person, offer, day)
    return Verdict(person.pathway_id, day, tuple(judge_scheme(case, scheme) for scheme in schemes))


def paying(offer: Offer, day: date, schemes: Iterable[SchemeInForce]) -> SchemeInForce | None:
    """The first scheme, in the order to try them, that surely pays for such an offer, whoever the person is."""
    case = Case(Person(0), offer, day)
    for scheme in schemes:
        selecting = [each.answer(case).outcome for each in scheme.rules if each.selects]
        if selecting and set(selecting) == {Outcome.YES}:
            return scheme
    return None


def judge_scheme(case: Case, scheme: SchemeInForce) -> SchemeVerdict:
    return SchemeVerdict(scheme, tuple(Told(each, each.answer(case)) for each in scheme.rules))
