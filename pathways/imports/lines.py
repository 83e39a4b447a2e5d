"""What an import says of each item of its file, and of the file as a whole."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from pathways.models import ImportLine

Verdict = ImportLine.Verdict
T = TypeVar("T")


class Level(StrEnum):
    """How serious a finding is. NOTICE only informs (« hors critères »), COMPLETENESS asks to fill in."""

    REJECTED = "rejected"
    WARNING = "warning"
    COMPLETENESS = "completeness"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: where (path, line), what is written there, what is wrong, what to do. Texts are French."""

    level: Level
    code: str
    message: str
    remedy: str = ""
    path: str = ""
    line: int | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class LineResult:
    """What was, or would be, done with one item of the file. locator: its place, as the user finds it."""

    locator: str
    title: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    explanation: str = ""


@dataclass(slots=True)
class Tally:
    """Counts over the lines of a file, as reports and the JSON line of commands show them."""

    verdicts: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    lines: int = 0

    def count(self, lines: Iterable[LineResult]) -> Iterator[LineResult]:
        """Pass the lines through, counting them."""
        for line in lines:
            self.lines += 1
            self.verdicts[line.verdict] += 1
            self.add(line.findings)
            yield line

    def add(self, findings: Iterable[Finding]) -> None:
        self.levels.update(finding.level for finding in findings)

    def as_dict(self) -> dict[str, int]:
        return {
            **{verdict.value: self.verdicts[verdict.value] for verdict in Verdict},
            "warnings": self.levels[Level.WARNING],
            "completeness": self.levels[Level.COMPLETENESS],
        }


def as_row(line: LineResult, run_id: int, number: int) -> ImportLine:
    """The line as the database keeps it."""
    return ImportLine(
        run_id=run_id,
        number=number,
        locator=line.locator[:200],
        title=line.title[:300],
        verdict=line.verdict,
        findings=[asdict(finding) for finding in line.findings],
        explanation=line.explanation,
    )


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut an iterable into lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
