from django.conf import settings
from django.core.management.base import CommandError

from config.command import JalonsCommand
from pathways.documentation import PAGES


class Command(JalonsCommand):
    help = "Écrit docs/states.md et docs/roles.md d'après les tables du code ; --check dit seulement s'ils sont à jour."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--check", action="store_true", help="n'écrit rien ; erreur si une page n'est plus à jour"
        )

    def run(self, **options):
        folder = settings.BASE_DIR / "docs"
        stale = [name for name, page in PAGES.items() if not self._says(folder / name, page())]
        if options["check"] and stale:
            raise CommandError(f"docs/{', docs/'.join(stale)} : lancez « manage.py document_states ».")
        for name in stale:
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(PAGES[name](), encoding="utf-8")
            self.stdout.write(f"docs/{name} écrit.")
        return {"stale": stale}

    def _says(self, path, text: str) -> bool:
        return path.is_file() and path.read_text(encoding="utf-8") == text
