"""Load the labels of jobs (ROME) or of the domains of the Formacode, by which sessions are searched."""

import csv
from pathlib import Path
from typing import Any

from django.db import transaction

from config.command import JalonsCommand
from config.errors import JalonsError
from prescriptions.imports.labels import read_table, save_table


class Command(JalonsCommand):
    help = (
        "Charge les libellés des métiers (CSV : code_rome, libelle_rome) ou des domaines Formacode "
        "(CSV : domaine, libelle) ; à blanc sans --wet-run."
    )
    supports_wet_run = True
    lock_name = "import_jobs"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path)

    def run(self, **options) -> dict[str, Any]:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as source:
                referential, labels = read_table(source)
        except OSError:
            raise JalonsError(
                f"Le fichier « {options['file']} » est introuvable ou illisible.",
                code="no_such_file",
                next_step="Vérifiez le chemin, puis relancez.",
            ) from None
        except (UnicodeDecodeError, csv.Error):
            raise JalonsError(
                "Ce fichier n'est pas un CSV en UTF-8.",
                code="unreadable_file",
                next_step="Reprenez le référentiel publié, séparateur virgule ou point-virgule.",
            ) from None
        with transaction.atomic():
            counts = save_table(referential, labels)
        self.stdout.write(
            f"{len(labels)} {referential.noun} lus : {counts['created']} créés, {counts['updated']} mis à jour, "
            f"{counts['unchanged']} inchangés."
        )
        return counts
