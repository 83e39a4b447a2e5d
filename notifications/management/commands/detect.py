from config.command import JalonsCommand
from notifications.registry import KINDS
from notifications.services import detect, detect_everything


class Command(JalonsCommand):
    help = "Cherche ce qui bloque ou reste vide : ouvre, met à jour et clôt les alertes."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--kind", action="append", choices=sorted(KINDS), help="seulement cette nature d'alerte"
        )

        parser.add_argument(
            "--all",
            action="store_true",
            dest="everything",
            help="tout relire, sans se fier à ce qui a changé depuis la dernière fois (fait chaque nuit)",
        )

    def run(self, **options):
        detection = detect_everything if options["everything"] else detect
        found = detection(options["kind"])
        for word, alerts in (
            ("ouverte", found.opened),
            ("mise à jour", found.refreshed),
            ("close", found.closed),
        ):
            for kind, subject_key in alerts:
                # The subject's key, never a name: what a command prints ends up in logs.
                self.stdout.write(f"{word} : {KINDS[kind].label} ({subject_key})")
        counts = found.counts
        self.stdout.write(
            f"{counts['opened']} ouverte(s), {counts['refreshed']} mise(s) à jour, {counts['closed']} close(s)."
        )
        return counts
