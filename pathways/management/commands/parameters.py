from datetime import date

from django.core.management.base import CommandError

from config import clock
from config.command import JalonsCommand
from pathways import parameters
from pathways.actor import Actor


class Command(JalonsCommand):
    help = "Affiche les paramètres datés, ou en change un : parameters --set aif_window_days=45 --reason … --wet-run"
    supports_wet_run = True

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--set", metavar="CODE=VALEUR", help="nouvelle valeur (un nombre entier)")
        parser.add_argument("--from", metavar="AAAA-MM-JJ", dest="valid_from", help="aujourd'hui par défaut")
        parser.add_argument("--reason", default="", help="qui l'a décidé, et pourquoi")

    def run(self, **options):
        changed = False
        if options["set"]:
            code, number = self._read(options["set"])
            start = self._day(options["valid_from"])
            changed = bool(parameters.choose(code, number, start, options["reason"], Actor.system()))
        known = sorted(parameters.PARAMETERS.values(), key=lambda one: (one.group, one.label))
        values = parameters.values([one.code for one in known])
        for one in known:
            self.stdout.write(f"{one.code:<32} {values[one.code]:>7} {one.unit:<9} {one.group} : {one.label}")
        return {"changed": changed, "parameters": values}

    def _read(self, text: str) -> tuple[str, int]:
        code, _, number = text.partition("=")
        try:
            return code, int(number)
        except ValueError:
            raise CommandError(
                f"--set {text} : écrivez un code et un nombre entier, par exemple offer_hours=24."
            ) from None

    def _day(self, text: str | None) -> date:
        try:
            return date.fromisoformat(text) if text else clock.today()
        except ValueError:
            raise CommandError(f"--from {text} : écrivez une date AAAA-MM-JJ qui existe.") from None
