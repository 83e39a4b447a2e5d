"""What prescriptions have against the merge of two files."""

from __future__ import annotations

from pathways.guards import Refusal
from pathways.merging.joining import obstacle
from pathways.models import Pathway
from prescriptions.models import Prescription


@obstacle
def asked_twice(survivor: Pathway, absorbed: Pathway) -> Refusal | None:
    """Both files ask for one session: the same person cannot be counted twice there."""
    asked = Prescription.objects.live().filter(pathway=survivor).order_by().values("session")
    twice = Prescription.objects.live().filter(pathway=absorbed, session__in=asked)
    double = twice.select_related("session").order_by("pk").first()
    if double is None:
        return None
    session = double.session
    return Refusal(
        "asked_twice",
        f"Les deux dossiers ont chacun une candidature en cours à la même session, {session.title}"
        f" ({session.carif_number}).",
        "Retirez d'abord l'une des deux candidatures.",
    )
