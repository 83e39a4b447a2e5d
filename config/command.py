"""The base of our management commands: dry unless told, bounded by a lock, timed, readable by a program."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.errors import JalonsError
from config.locks import AdvisoryLock


class DryRun(Exception):
    """Ends the transaction of a dry run; never leaves this module."""


class JalonsCommand(BaseCommand):
    """Subclasses write `run(**options) -> dict` and declare what they need as attributes.

    supports_wet_run: without `--wet-run`, `run()` happens in a transaction that is rolled back. With it, `run()` keeps
    its own transactions: a long command commits as it goes, an import in one piece.
    lock_name: an advisory lock; a second run at the same time stops at once and says so.
    """

    supports_wet_run = False
    lock_name = ""

    def add_arguments(self, parser):
        parser.add_argument(
            "--json", action="store_true", help="termine par une ligne JSON qui résume le travail"
        )
        if self.supports_wet_run:
            parser.add_argument(
                "--wet-run",
                action="store_true",
                help="écrit vraiment ; sans cette option, rien n'est enregistré",
            )

    def run(self, **options) -> dict[str, Any]:
        """Do the work; return what the JSON line reports."""
        raise NotImplementedError

    def handle(self, *args, **options):
        started = time.monotonic()
        lock = AdvisoryLock(f"command:{self.lock_name}") if self.lock_name else None
        if lock and not lock.acquire():
            raise CommandError(f"« {self.lock_name} » tourne déjà : attendez sa fin, puis relancez.")
        try:
            report = self._run_dry_or_wet(options)
        except JalonsError as error:
            raise CommandError(" ".join(filter(None, [error.message, error.next_step]))) from error
        finally:
            if lock:
                lock.release()
        seconds = time.monotonic() - started
        self._conclude(report or {}, seconds, options)

    def _run_dry_or_wet(self, options: dict) -> dict[str, Any]:
        if not self.supports_wet_run or options["wet_run"]:
            return self.run(**options)
        report: dict[str, Any] = {}
        try:
            with transaction.atomic():
                report = self.run(**options)
                raise DryRun
        except DryRun:
            return report

    def _conclude(self, report: dict, seconds: float, options: dict) -> None:
        if self.supports_wet_run and not options["wet_run"]:
            self.stdout.write(
                self.style.WARNING("Essai à blanc : rien n'est enregistré (ajoutez --wet-run).")
            )
        self.stdout.write(f"Terminé en {french_duration(seconds)}.")
        if options["json"]:
            summary = {**report, "duration_s": round(seconds, 3)}
            if self.supports_wet_run:
                summary["wet_run"] = options["wet_run"]
            self.stdout.write(json.dumps(summary, ensure_ascii=False, default=str))


def french_duration(seconds: float) -> str:
    """« 0,4 s », « 12 s », « 3 min 05 s »."""
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".", ",")
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
