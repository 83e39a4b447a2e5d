from django.core.management.base import CommandError

from config.command import JalonsCommand
from pathways.delays import set_delay
from pathways.models import StateDelay


class Command(JalonsCommand):
    help = "Affiche les délais par état, ou en change un : delays --set prescribed=10 --wet-run"
    supports_wet_run = True

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--set", metavar="ÉTAT=JOURS", help="délai en jours ; « prescribed= » le retire")
        parser.add_argument("--explanation", default="", help="ce qui est attendu dans cet état")

    def run(self, **options):
        moved = 0
        if options["set"]:
            moved = set_delay(*self._read(options["set"]), options["explanation"])
            self.stdout.write(f"{moved} parcours ont une nouvelle échéance.")
        delays = list(StateDelay.objects.all())
        for delay in delays:
            self.stdout.write(
                f"{delay.state:<14} {delay.days:>4} j  {delay.get_state_display()} : {delay.explanation}"
            )
        return {"moved": moved, "delays": {delay.state: delay.days for delay in delays}}

    def _read(self, text: str) -> tuple[str, int | None]:
        state, equals, days = text.partition("=")
        if not equals or (days and not days.isdecimal()):
            raise CommandError(
                f"--set {text} : écrivez un état et un nombre de jours, par exemple prescribed=10."
            )
        return state, int(days) if days else None
