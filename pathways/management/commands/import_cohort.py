"""Import a cohort file: the CAF flux or the documented CSV."""

import argparse
from datetime import date
from typing import Any

from config import clock
from config.errors import JalonsError
from pathways.enums import OrganisationKind
from pathways.imports.cohort import COHORT
from pathways.imports.command import ImportCommand
from pathways.models import Cohort, Organisation


class Command(ImportCommand):
    help = (
        "Importe un fichier de cohorte (flux CAF « bénéficiaires RSA » ou CSV) ; à blanc sans --wet-run. "
        "Avec --reference-date, crée la cohorte si elle n'existe pas."
    )
    importer = COHORT
    lock_name = "import_cohort"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--cohort", required=True, metavar="CODE", help="code de la cohorte")
        creation = parser.add_argument_group("pour créer la cohorte si elle n'existe pas")
        creation.add_argument(
            "--reference-date",
            type=_day,
            metavar="AAAA-MM-JJ",
            help="jour auquel la règle mesure l'ancienneté dans le RSA et l'inscription à Pôle emploi",
        )
        creation.add_argument("--name", default="", help="nom de la cohorte (« Cohorte CODE » par défaut)")
        creation.add_argument(
            "--department", default="", metavar="NOM", help="Département, créé s'il n'existe pas"
        )

    def parameters(self, options: dict[str, Any]) -> dict[str, Any]:
        cohort = Cohort.objects.filter(code=options["cohort"]).first() or self._create(options)
        return {"cohort": cohort.pk}

    def _create(self, options: dict[str, Any]) -> Cohort:
        code = options["cohort"]
        if options["reference_date"] is None:
            raise _unknown_cohort(code)
        cohort = Cohort.objects.create(
            code=code,
            name=options["name"] or f"Cohorte {code}",
            department=_department(options["department"]),
            reference_date=options["reference_date"],
            opened_on=min(options["reference_date"], clock.today()),
        )
        self.stdout.write(f"Cohorte « {cohort} » créée pour {cohort.department}.")
        return cohort


def _department(name: str) -> Organisation:
    """The Département so named, created if need be; without a name, the only one there is."""
    departments = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT)
    if name:
        found = departments.filter(name=name).first()
        return found or Organisation.objects.create(kind=OrganisationKind.DEPARTMENT, name=name)
    known = list(departments[:10])
    if len(known) == 1:
        return known[0]
    told = ", ".join(f"« {department} »" for department in known)
    raise JalonsError(
        f"Plusieurs Départements existent : {told}." if known else "Aucun Département n'existe encore.",
        code="unknown_department",
        next_step='Nommez-le : --department "Département des Bouches-du-Rhône".',
    )


def _unknown_cohort(code: str) -> JalonsError:
    known = list(Cohort.objects.values_list("code", "name"))
    told = ", ".join(f"{known_code} ({name})" for known_code, name in known)
    return JalonsError(
        f"La cohorte « {code} » n'existe pas. "
        + (f"Cohortes connues : {told}." if known else "Aucune cohorte n'existe encore."),
        code="unknown_cohort",
        next_step="Corrigez --cohort, ou ajoutez --reference-date AAAA-MM-JJ pour la créer.",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas une date AAAA-MM-JJ") from None
