"""`manage.py demo`: a year of a fictitious cohort, and live work for each demo account."""

import os
import sys

from django.conf import settings
from django.core.management.base import CommandError

from config.command import JalonsCommand, french_duration
from followup.demo import accounts, play
from pathways.models import Beneficiary, Membership


class Command(JalonsCommand):
    help = "Joue un an d'une cohorte fictive et prépare du travail pour chaque compte de démonstration."
    lock_name = "demo"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--people", type=int, default=2000, help="bénéficiaires de la cohorte (2000)")
        parser.add_argument("--sessions", type=int, default=120, help="sessions de formation (120)")
        parser.add_argument(
            "--processes",
            type=int,
            choices=(1, 2),
            default=min(2, os.cpu_count() or 1),
            help="processus (1 ou 2)",
        )
        parser.add_argument("--seed", type=int, default=play.SEED, help="graine du hasard")
        parser.add_argument(
            "--if-empty", action="store_true", help="ne fait rien si la base contient déjà un bénéficiaire"
        )
        parser.add_argument(
            "--accounts", action="store_true", help="affiche seulement les comptes de démonstration"
        )

    def handle(self, *args, **options):
        if options["accounts"]:
            self.stdout.write(accounts.table(_organisations_of_accounts()))
            return
        if play.is_unfinished():
            raise CommandError(
                "Une démonstration a été interrompue pendant son enregistrement : il n'y en a qu'une moitié. "
                "Repartez d'une base vide (« make reset » oublie celle de ce dossier)."
            )
        if Beneficiary.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError(
                "La base contient déjà des bénéficiaires, et l'historique ne s'efface pas : "
                "jouez la démonstration dans une base vide (« make reset » oublie celle de ce dossier)."
            )
        super().handle(*args, **options)

    def run(self, **options):
        _refuse_production()
        people, sessions = options["people"], options["sessions"]
        if people < play.fewest_people() or sessions < play.fewest_sessions():
            raise CommandError(
                f"La démonstration demande au moins {play.fewest_people()} bénéficiaires et "
                f"{play.fewest_sessions()} sessions : en dessous, certains comptes n'auraient rien à faire."
            )
        self.stdout.write(f"Démonstration : un an de {people} parcours sur {sessions} sessions…")
        report = play.play(people, sessions, options["seed"], sys.stderr, options["processes"])
        for part, seconds in report.seconds.items():
            self.stdout.write(f"  {part} : {french_duration(seconds)}")
        self.stdout.write(f"  {report.facts} faits, {report.marks} demi-journées de présence.")
        return {
            "people": report.people,
            "sessions": report.sessions,
            "facts": report.facts,
            "marks": report.marks,
        }


def _refuse_production() -> None:
    if settings.SETTINGS_MODULE.endswith(".production"):
        raise CommandError(
            "Pas de démonstration en production : ses comptes ont un mot de passe public. "
            "Utilisez une autre base et la configuration locale."
        )


def _organisations_of_accounts() -> dict[str, str]:
    emails = [account.email for account in accounts.ACCOUNTS]
    found = Membership.objects.current().filter(user__email__in=emails)
    return dict(found.values_list("user__email", "organisation__name"))
