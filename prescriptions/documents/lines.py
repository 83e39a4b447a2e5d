"""The people of a session with what was issued for each, as the page « Attestations » shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from config import clock
from config.ui.dates import as_day
from pathways.actor import Actor
from prescriptions.documents import content as contents
from prescriptions.documents.issuing import MAY_HAVE
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.legal_delay import due_on
from prescriptions.documents.standing import Standing, standings
from prescriptions.enums import PrescriptionState
from prescriptions.models import IssuedDocument, Prescription, Session

P = PrescriptionState


@dataclass
class Slot:
    """One kind of document for one person.

    current: the one that holds, if any. over: those that no longer do, the newest first. is_awaited: the fact is
    recorded and no document holds. due_on: the last day to issue it (AES only). is_outdated: what it says has changed.
    """

    kind: DocumentKind
    current: IssuedDocument | None = None
    over: list[tuple[IssuedDocument, Standing]] = field(default_factory=list)
    is_awaited: bool = False
    due_on: date | None = None
    is_outdated: bool = False

    @property
    def is_late(self) -> bool:
        return self.is_awaited and self.due_on is not None and self.due_on < clock.today()

    @property
    def came_late(self) -> bool:
        """The first one was issued after the delay."""
        if self.current is None or self.due_on is None:
            return False
        first = min([self.current, *(document for document, _ in self.over)], key=lambda d: d.pk)
        return as_day(first.issued_at) > self.due_on


@dataclass
class Line:
    prescription: Prescription
    ais: Slot
    aes: Slot

    @property
    def slots(self) -> tuple[Slot, Slot]:
        return self.ais, self.aes


def lines(session: Session, actor: Actor) -> list[Line]:
    """Everybody whom the reader may see and who is registered, has entered, or once had a document; by name."""
    seen = Prescription.objects.visible_to(actor).filter(session=session)
    rows = list(
        seen.filter(pk__in=_concerned(session))
        .select_related("pathway__beneficiary", "pathway__department", "session__action", "session__provider")
        .order_by("pathway__sort_key", "pk")
    )
    issued = documents_of(rows)
    region = contents.region_name() if issued else ""
    return [Line(row, *_slots(row, issued.get(row.pk, ()), region)) for row in rows]


def _concerned(session: Session):
    registered = Prescription.objects.filter(session=session, state__in=[P.REGISTERED, P.ENTERED])
    documented = Prescription.objects.filter(session=session, documents__isnull=False)
    return registered.order_by().values("pk").union(documented.order_by().values("pk"))


def documents_of(
    prescriptions: Iterable[Prescription],
) -> dict[int, list[tuple[IssuedDocument, Standing]]]:
    """Prescription id -> its documents with where each stands, the newest first."""
    documents = list(
        IssuedDocument.objects.filter(prescription__in=[p.pk for p in prescriptions])
        .select_related("prescription", "event")
        .order_by("-pk")
    )
    where = standings(documents)
    found: dict[int, list[tuple[IssuedDocument, Standing]]] = {}
    for document in documents:
        found.setdefault(document.prescription_id, []).append((document, where[document.pk]))
    return found


def _slots(row: Prescription, issued, region: str) -> list[Slot]:
    slots = []
    for kind in DocumentKind:
        slot = Slot(kind)
        for document, standing in issued:
            if document.kind == kind and standing.holds:
                slot.current = document
                told = contents.subject(row, document.event.occurred_on, region)
                slot.is_outdated = not contents.is_same_subject(document.content, told)
            elif document.kind == kind:
                slot.over.append((document, standing))
        slot.is_awaited = slot.current is None and row.state in MAY_HAVE[kind]
        if kind == DocumentKind.AES and row.state == P.ENTERED and row.entered_on is not None:
            slot.due_on = due_on(row.entered_on)
        slots.append(slot)
    return slots
