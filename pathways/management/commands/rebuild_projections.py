from collections import Counter

from config.command import JalonsCommand
from pathways.consistency import Progress, rebuild


class Command(JalonsCommand):
    help = "Recalcule d'après les faits tout ce qui en découle, et dit combien de lignes en différaient (0 attendu)."
    supports_wet_run = True
    lock_name = "rebuild_projections"

    def run(self, **options):
        progress, by_check = Progress(), Counter()
        for found in rebuild(progress):
            by_check[found.check] += 1
            self.stdout.write(f"{found.row} : {found.told}")
        self.stdout.write(
            f"{progress.pathways} parcours et {progress.events} faits relus : {by_check.total()} ligne(s) différaient."
        )
        return {"pathways": progress.pathways, "events": progress.events, "changed": by_check.total()}
