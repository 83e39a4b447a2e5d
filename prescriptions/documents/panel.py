"""The attestations of a person on their file."""

from __future__ import annotations

from pathways.actor import Actor
from pathways.lifecycle import Standing
from pathways.models import Pathway
from pathways.panels import Panel, panel
from pathways.reading.moment import reading_now
from prescriptions.documents.standing import standings
from prescriptions.models import IssuedDocument
from prescriptions.views.documents import READERS


@panel(12, *READERS)
def papers(pathway: Pathway, actor: Actor, standing: Standing) -> Panel | None:
    """Every AIS and AES of the person that the reader may open, the newest first; none in a past reading."""
    if reading_now() is not None:
        return None
    seen = IssuedDocument.objects.visible_to(actor).filter(prescription__pathway=pathway)
    documents = list(seen.select_related("prescription").order_by("-pk"))
    if not documents:
        return None
    where = standings(documents)
    lines = [{"document": document, "standing": where[document.pk]} for document in documents]
    return Panel("prescriptions/documents/panel.html", {"lines": lines})
