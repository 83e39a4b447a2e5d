"""Load Insee's table of communes and zones d'emploi (our bassins d'emploi)."""

import csv
from pathlib import Path
from typing import Any

from django.db import transaction

from config.command import JalonsCommand
from config.errors import JalonsError
from pathways.imports.communes import read_table, save_table
from pathways.models import Commune


class Command(JalonsCommand):
    help = (
        "Charge la table Insee commune × zone d'emploi (CSV : code_insee, commune, ze2020, lib_ze2020) ; "
        "à blanc sans --wet-run."
    )
    supports_wet_run = True
    lock_name = "import_territories"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--vintage", type=int, default=2020, help="millésime du zonage (2020 par défaut)")

    def run(self, **options) -> dict[str, Any]:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as source:
                rows = read_table(source)
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
                next_step="Reprenez la table de l'Insee, séparateur virgule ou point-virgule.",
            ) from None
        with transaction.atomic():
            counts = save_table(rows, options["vintage"])
        self.stdout.write(
            f"{len(rows)} communes lues : {counts['created']} créées, {counts['updated']} mises à jour, "
            f"{counts['unchanged']} inchangées ; {Commune.objects.count()} en tout."
        )
        return counts
