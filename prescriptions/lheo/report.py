"""The two doors of the package: ``read_offer`` (items, for writing) and ``check_offer`` (report, for showing).

A truncated file is only known at its end, so a writer runs ``check_offer`` first: it reads the whole file
and raises before anything is written; the second pass writes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from prescriptions.lheo.checks import NumberRegister, References, business_findings
from prescriptions.lheo.conformity import conformity_findings
from prescriptions.lheo.findings import Finding, Level
from prescriptions.lheo.mapping import read_extras, read_formation
from prescriptions.lheo.nodes import Node
from prescriptions.lheo.offer import Formation
from prescriptions.lheo.reader import OfferReader, structure_error

_UNITS = ("formation", "action", "session")
NO_REFERENCES = References()


@dataclass(frozen=True, slots=True)
class OfferItem:
    """One ``formation`` of the file: ``formation`` is None when rejected, and lacks its rejected parts.

    Unit of rejection: a defect rejects the smallest of session, action or formation that contains it, with all
    that this unit holds. An action whose sessions are all rejected stays, with no session.
    ``counted`` and ``rejected`` give how many formations, actions and sessions were met and refused.
    """

    rank: int
    numero: str | None
    line: int
    formation: Formation | None
    findings: tuple[Finding, ...]
    counted: dict[str, int]
    rejected: dict[str, int]

    @property
    def verdict(self) -> Level | None:
        """The most serious level among the findings, None when there is none."""
        return next(
            (level for level in Level if any(one.level is level for one in self.findings)),
            None,
        )


@dataclass(slots=True)
class OfferReport:
    """What a file holds. Keys of ``counted`` and ``rejected``: formation, action, session."""

    version: str = ""
    exported_on: str = ""  # As the base writes it: the format of this extra follows no norm.
    counted: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    levels: Counter[Level] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def read_offer(source: BinaryIO, *, on: date, references: References = NO_REFERENCES) -> Iterator[OfferItem]:
    """Formations of an LHEO 2.2 or 2.3 file opened in binary mode, one at a time, each with its findings.

    ``on`` is the day against which a declared state is judged stale. Raises ``OfferFileError`` when the file as
    a whole is unreadable, which may come after some items: see ``check_offer``.
    """
    yield from _items(OfferReader(source), on, references)


def check_offer(source: BinaryIO, *, on: date, references: References = NO_REFERENCES) -> OfferReport:
    """Read the whole file and report on it. Raises ``OfferFileError`` when it must not be imported at all."""
    reader = OfferReader(source)
    report = OfferReport()
    for item in _items(reader, on, references):
        report.counted.update(item.counted)
        report.rejected.update(item.rejected)
        report.levels.update(one.level for one in item.findings)
        report.codes.update(one.code for one in item.findings)
        report.findings.extend(item.findings)
    report.version = reader.version
    report.exported_on = _export_date(reader.root)
    return report


def _items(reader: OfferReader, on: date, references: References) -> Iterator[OfferItem]:
    numbers = NumberRegister()
    for rank, node in enumerate(reader, start=1):
        yield _judge(rank, node, reader.version, on, references, numbers)
    _check_skeleton(reader.root, reader.version)


def _judge(
    rank: int,
    node: Node,
    version: str,
    on: date,
    references: References,
    numbers: NumberRegister,
) -> OfferItem:
    findings = list(conformity_findings(node, version))
    rejected = frozenset(_unit_of(one.path, node) for one in findings)
    is_valid = node.path not in rejected
    if is_valid:
        findings += business_findings(node, rejected, on, references)
    findings += numbers.findings(node)
    counted, refused = (
        Counter({"formation": 1}),
        Counter({"formation": int(not is_valid)}),
    )
    for action in node.find_all("action"):
        is_action_refused = not is_valid or action.path in rejected
        counted["action"] += 1
        refused["action"] += is_action_refused
        for session in action.find_all("session"):
            counted["session"] += 1
            refused["session"] += is_action_refused or session.path in rejected
    return OfferItem(
        rank=rank,
        numero=node.attributes.get("numero", "").strip() or None,
        line=node.line,
        formation=read_formation(node, version, rejected) if is_valid else None,
        findings=tuple(sorted(findings, key=lambda one: one.line)),
        counted=dict(counted),
        rejected=dict(refused),
    )


def _unit_of(path: str, formation: Node) -> str:
    """Path of the session, action or formation that holds the element of that path."""
    steps = path.removeprefix(formation.path).split("/")[1:]
    unit = formation.path
    for expected, step in zip(_UNITS[1:], steps, strict=False):
        if not step.startswith(f"{expected}["):
            break
        unit = f"{unit}/{step}"
    return unit


def _check_skeleton(root: Node, version: str) -> None:
    """The file around its formations must follow the norm too: no item could carry such a defect."""
    for one in conformity_findings(root, version):
        # Formations are handed out as they come, hence absent here; the reader checks that there is one.
        if one.path != "/lheo/offres/formation":
            raise structure_error(one.message.rstrip("."), one.line)


def _export_date(root: Node) -> str:
    """Date of the extra ``flux-intercarif/date-export`` of the root, "" when absent."""
    return next((one.value for one in read_extras(root) if one.info == "date-export"), "")
