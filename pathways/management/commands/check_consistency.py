import sys
from collections import Counter

from config.command import JalonsCommand
from pathways.consistency import Progress, incoherences

SHOWN = 200


class Command(JalonsCommand):
    help = "Liste chaque ligne de la base qui contredit les faits ; finit en erreur s'il y en a une."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--limit", type=int, default=SHOWN, help="lignes affichées (toutes sont comptées)"
        )

    def run(self, **options):
        progress, by_check = Progress(), Counter()
        for found in incoherences(progress):
            by_check[found.check] += 1
            if by_check.total() <= options["limit"]:
                self.stdout.write(f"{found.check} : {found.row} : {found.told}")
        self.is_coherent = not by_check
        self.stdout.write(
            f"{progress.pathways} parcours et {progress.events} faits relus : "
            + (f"{by_check.total()} incohérence(s)." if by_check else "tout concorde.")
        )
        return {
            "pathways": progress.pathways,
            "events": progress.events,
            "incoherent": by_check.total(),
            "checks": dict(by_check),
        }

    def handle(self, *args, **options):
        super().handle(*args, **options)
        if not self.is_coherent:
            sys.exit(1)
