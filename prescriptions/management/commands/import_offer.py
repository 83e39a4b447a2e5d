"""Import a training offer in LHEO 2.2 or 2.3."""

from pathways.imports.command import ImportCommand
from prescriptions.imports.offer import OFFER


class Command(ImportCommand):
    help = "Importe une offre de formation LHEO 2.2 ou 2.3 ; à blanc sans --wet-run."
    importer = OFFER
    lock_name = "import_offer"
