"""Which findings belong to which session, action or formation of a file, by their paths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pathways.imports.lines import Finding, Level
from prescriptions import lheo

_UNIT = re.compile(
    r"(?P<formation>.*?/formation\[\d+\])(?:/action\[(?P<action>\d+)\](?:/session\[(?P<session>\d+)\])?)?"
)
_NO_NUMBER = "numero-missing"
MAX_NUMBER = 40


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """A formation (0, 0), an action (n, 0) or a session (n, m) by its rank among those of its parent."""

    action: int = 0
    session: int = 0

    @property
    def parent(self) -> "Unit":
        return Unit(self.action) if self.session else Unit()

    def __str__(self) -> str:
        if self.session:
            return f"action {self.action}, session {self.session}"
        return f"action {self.action}" if self.action else "formation"


def unit_of(path: str) -> Unit:
    """The smallest unit that holds the element at `path`."""
    match = _UNIT.match(path)
    if match is None:
        return Unit()
    return Unit(int(match["action"] or 0), int(match["session"] or 0))


class Sorted:
    """The findings of one formation by unit, and which units are refused.

    Without a Carif number an item cannot be recognised at the next import: it is refused rather than doubled.
    """

    def __init__(self, item: lheo.OfferItem):
        self.findings: dict[Unit, list[Finding]] = {}
        self.refused: set[Unit] = set()
        for told in item.findings:
            self.add(
                unit_of(told.path), _without_number(told) if told.code == _NO_NUMBER else _as_finding(told)
            )

    def add(self, unit: Unit, finding: Finding) -> None:
        self.findings.setdefault(unit, []).append(finding)
        if finding.level is Level.REJECTED:
            self.refused.add(unit)

    def is_refused(self, unit: Unit) -> bool:
        """Refused itself, or with what holds it."""
        return not self.refused.isdisjoint({unit, unit.parent, Unit()})

    def outermost_refused(self) -> list[Unit]:
        """The refused units that no other refused unit holds: one line of the report each."""
        return sorted(
            unit
            for unit in self.refused
            if unit == Unit() or self.refused.isdisjoint({unit.parent, Unit()} - {unit})
        )

    def take(self, *units: Unit) -> tuple[Finding, ...]:
        """The findings of these units, once: a remark on an action goes with its first session only."""
        return tuple(finding for unit in units for finding in self.findings.pop(unit, ()))

    def take_below(self, unit: Unit) -> tuple[Finding, ...]:
        """The findings of a unit and of everything in it."""
        below = [
            one
            for one in sorted(self.findings)
            if one == unit or unit == Unit() or (one.parent == unit and one != unit)
        ]
        return self.take(*below)


def read_units(
    formation: lheo.Formation, sorting: Sorted
) -> Iterator[tuple[Unit, lheo.Action, list[tuple[Unit, lheo.Session]]]]:
    """The actions that the reader kept, with the ranks that they and their sessions have in the file.

    The reader leaves out what the norm refuses, so the n-th kept one is the n-th of the ranks not refused by it.
    """
    refused = {unit for unit in sorting.refused if any(_is_norm(one) for one in sorting.findings[unit])}
    for rank, action in zip(_free(refused, 0), formation.actions, strict=False):
        sessions = zip(_free(refused, rank), action.sessions, strict=False)
        yield Unit(rank), action, [(Unit(rank, number), session) for number, session in sessions]


def _free(refused: set[Unit], action: int) -> Iterator[int]:
    rank = 0
    while True:
        rank += 1
        if (Unit(action, rank) if action else Unit(rank)) not in refused:
            yield rank


def _is_norm(finding: Finding) -> bool:
    return finding.level is Level.REJECTED and finding.code != "numero-required"


def _as_finding(told: lheo.Finding) -> Finding:
    return Finding(
        Level(told.level.value), told.code, told.message, told.remedy, told.path, told.line, told.value
    )


def _without_number(told: lheo.Finding) -> Finding:
    return Finding(
        Level.REJECTED,
        "numero-required",
        "Il manque le numéro Carif : sans lui, chaque import créerait un doublon.",
        "Ajoutez l'attribut « numero » dans la base du Carif-Oref, puis refaites l'export.",
        told.path,
        told.line,
    )


def repeated_number(path: str, line: int, numero: str, first: int) -> Finding:
    return Finding(
        Level.REJECTED,
        "numero-repeated",
        f"Le numéro {numero} figure déjà à la ligne {first} : seule la première est reprise.",
        "Donnez un numéro propre à chacune, puis refaites l'export.",
        path,
        line,
        numero,
    )


def too_long_number(path: str, line: int, numero: str) -> Finding:
    return Finding(
        Level.REJECTED,
        "numero-too-long",
        f"Le numéro Carif dépasse {MAX_NUMBER} caractères.",
        "Corrigez l'attribut « numero », puis refaites l'export.",
        path,
        line,
        numero[:60],
    )
