"""The base of `import_offer` and `import_cohort`: the same importers as the pages, from a shell."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.db import transaction

from config.command import JalonsCommand
from config.errors import JalonsError
from pathways.actor import Actor
from pathways.imports.lines import Finding, Level, LineResult, Tally
from pathways.imports.registry import Importer, check_size
from pathways.imports.runs import one_writer_at_a_time

SHOWN = 20
LEVELS = {
    Level.REJECTED: "REJETÉ",
    Level.WARNING: "À VÉRIFIER",
    Level.COMPLETENESS: "À COMPLÉTER",
    Level.NOTICE: "POUR INFORMATION",
}


class ImportCommand(JalonsCommand):
    """Subclasses give the importer and its parameters.

    Dry: says what would be done. Wet: reads the file once to its end, then writes all of it in one transaction.
    """

    supports_wet_run = True
    importer: Importer

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help=self.importer.help)

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the importer needs besides the file. Raises JalonsError."""
        return {}

    def run(self, **options) -> dict[str, Any]:
        try:
            # All or nothing, whatever stops it.
            with transaction.atomic():
                return self._import(options)
        except JalonsError as error:
            if options["json"]:
                self._write_json_refusal(error)
            raise

    def _import(self, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise JalonsError(
                f"Le fichier « {path} » n'existe pas.",
                code="no_such_file",
                next_step="Vérifiez le chemin, puis relancez.",
            )
        check_size(self.importer, path.stat().st_size)
        with path.open("rb") as source:
            self.importer.sniff(source.read(4096))
            source.seek(0)
            job = self.importer.job(self.parameters(options), Actor.system())
            if options["wet_run"]:
                job.verify(source)
                source.seek(0)
                one_writer_at_a_time(self.importer.kind)
            lines = job.write(source) if options["wet_run"] else job.plan(source)
            tally, shown = Tally(), Shown()
            for line in tally.count(lines):
                shown.keep(line)
        tally.add(job.file_findings)
        self._tell(tally, shown, job.file_findings, job.summary)
        return {**tally.as_dict(), **job.summary}

    def _write_json_refusal(self, error: JalonsError) -> None:
        refusal = {"error": error.message, "next_step": error.next_step, "code": error.code, "wet_run": False}
        self.stdout.write(json.dumps({**Tally().as_dict(), **refusal}, ensure_ascii=False))

    def _tell(
        self, tally: Tally, shown: "Shown", file_findings: list[Finding], summary: dict[str, int]
    ) -> None:
        for finding in file_findings:
            self.stdout.write(_sentence("Fichier", finding))
        for sentence in shown.sentences:
            self.stdout.write(sentence)
        for level, left in shown.left.items():
            self.stdout.write(f"… et {left} autre(s) remarque(s) « {LEVELS[level]} ».")
        counts = tally.as_dict()
        self.stdout.write(
            f"Créés : {counts['created']}, mis à jour : {counts['updated']}, inchangés : {counts['unchanged']}, "
            f"rejetés : {counts['rejected']}, avertissements : {counts['warnings']}, "
            f"à compléter : {counts['completeness']}."
        )
        told = [f"{name} : {count}." for name, count in self.told_summary(summary).items()]
        if told:
            self.stdout.write(" ".join(told))

    def told_summary(self, summary: dict[str, int]) -> dict[str, int]:
        """The importer's own counts under their French names."""
        return {label: summary[key] for key, label in self.importer.summary_labels.items() if key in summary}


class Shown:
    """The first remarks of each level, so that a file with ten thousand does not fill the screen."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.left: Counter[Level] = Counter()
        self._kept: Counter[Level] = Counter()

    def keep(self, line: LineResult) -> None:
        for finding in line.findings:
            if finding.level is Level.NOTICE:
                continue
            self._kept[finding.level] += 1
            if self._kept[finding.level] <= SHOWN:
                self.sentences.append(_sentence(line.locator, finding))
            else:
                self.left[finding.level] += 1


def _sentence(locator: str, finding: Finding) -> str:
    place = finding.path or locator
    if finding.line is not None:
        place = f"{place} (ligne {finding.line})"
    value = f" « {finding.value} »" if finding.value else ""
    return f"{LEVELS[finding.level]} {place}{value} : {finding.message} {finding.remedy}".rstrip()
