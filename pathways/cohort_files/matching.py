"""Who is this row? Pure decision over the candidates that the caller found; explained in French.

Keys in order of trust, each with the birth date: Pôle emploi identifier, CAF number with first name
(the number is that of a household), identity under the usual or birth name.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pathways.cohort_files.rows import PersonRow
from pathways.identity import identity_key, normalise_name


class Candidate(Protocol):
    """A person already known. Identifiers are in the writing of cohort_files.values; empty when unknown."""

    id: Any
    pe_identifier: str
    caf_number: str
    last_name: str
    birth_name: str
    first_name: str
    birth_date: datetime.date


class MatchStatus(StrEnum):
    MATCHED = "matched"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


class MatchKey(StrEnum):
    PE_IDENTIFIER = "pe_identifier"
    CAF_NUMBER = "caf_number"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class MatchResult:
    """`explanation` says which key spoke; `warnings` what contradicts it. `candidate` only when matched."""

    status: MatchStatus
    explanation: str
    candidate: Candidate | None = None
    key: MatchKey | None = None
    warnings: tuple[str, ...] = ()


_WORDS = {
    MatchKey.PE_IDENTIFIER: "même identifiant Pôle emploi et même date de naissance",
    MatchKey.CAF_NUMBER: "même numéro d'allocataire, même prénom et même date de naissance",
    MatchKey.IDENTITY: "mêmes nom, prénom et date de naissance",
}


def match(row: PersonRow, candidates: Iterable[Candidate]) -> MatchResult:
    """Find the row among the candidates; the first key that designates somebody decides.

    Two people under that key: ambiguous, the row is to be rejected with the explanation. The same Pôle
    emploi identifier with another birth date is no match: a typing error must not merge two people.
    """
    candidates = list(candidates)
    warnings = _contradictions(row, candidates)
    for key, holds in _RULES.items():
        found = {candidate.id: candidate for candidate in candidates if holds(row, candidate)}
        if len(found) > 1:
            return MatchResult(
                MatchStatus.AMBIGUOUS,
                f"{row.locator.capitalize()} : {len(found)} personnes correspondent ({_WORDS[key]}). "
                "Fusionnez les doublons ou complétez l'identifiant Pôle emploi, puis réimportez.",
                key=key,
                warnings=warnings,
            )
        if found:
            (candidate,) = found.values()
            return MatchResult(
                MatchStatus.MATCHED,
                f"Reconnu : {_WORDS[key]}.",
                candidate,
                key,
                warnings + _changes(row, candidate),
            )
    return MatchResult(MatchStatus.UNKNOWN, "Nouvelle personne : aucune correspondance.", warnings=warnings)


def identity_keys(person: PersonRow | Candidate) -> frozenset[str]:
    """Return the identity under the usual name and under the birth name."""
    names = filter(normalise_name, (person.last_name, person.birth_name))
    return frozenset(identity_key(name, person.first_name, person.birth_date) for name in names)


def _same_pe_identifier(row: PersonRow, candidate: Candidate) -> bool:
    return bool(row.pe_identifier) and (row.pe_identifier, row.birth_date) == (
        candidate.pe_identifier,
        candidate.birth_date,
    )


def _same_caf_number(row: PersonRow, candidate: Candidate) -> bool:
    return (
        bool(row.caf_number)
        and (row.caf_number, row.birth_date) == (candidate.caf_number, candidate.birth_date)
        and normalise_name(row.first_name) == normalise_name(candidate.first_name)
    )


def _same_identity(row: PersonRow, candidate: Candidate) -> bool:
    return not _are_namesakes(row, candidate) and not identity_keys(row).isdisjoint(identity_keys(candidate))


def _are_namesakes(row: PersonRow, candidate: Candidate) -> bool:
    """Tell two people born on the same day under one name apart: both of their identifiers differ."""
    pairs = ((row.pe_identifier, candidate.pe_identifier), (row.caf_number, candidate.caf_number))
    return all(mine and theirs and mine != theirs for mine, theirs in pairs)


_RULES = {
    MatchKey.PE_IDENTIFIER: _same_pe_identifier,
    MatchKey.CAF_NUMBER: _same_caf_number,
    MatchKey.IDENTITY: _same_identity,
}


def _contradictions(row: PersonRow, candidates: list[Candidate]) -> tuple[str, ...]:
    others = [
        candidate
        for candidate in candidates
        if row.pe_identifier
        and candidate.pe_identifier == row.pe_identifier
        and candidate.birth_date != row.birth_date
    ]
    return tuple(
        f"{row.locator.capitalize()} : l'identifiant Pôle emploi est déjà celui d'une personne née le "
        f"{candidate.birth_date:%d/%m/%Y} ; ce n'est pas la même. Vérifiez l'un et l'autre."
        for candidate in others
    )


def _changes(row: PersonRow, candidate: Candidate) -> tuple[str, ...]:
    if row.pe_identifier and candidate.pe_identifier and row.pe_identifier != candidate.pe_identifier:
        return (
            f"{row.locator.capitalize()} : l'identifiant Pôle emploi diffère de celui de la fiche. "
            "Vérifiez lequel est en cours.",
        )
    return ()
