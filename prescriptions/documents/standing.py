"""Whether a document still holds: never written on it, always read from the history of the fact that it attests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.ui.dates import day
from pathways.facts import Kind
from pathways.models import Event
from prescriptions.models import IssuedDocument


class Validity(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"
    ANNULLED = "annulled"


@dataclass(frozen=True)
class Standing:
    """since: when it was replaced or annulled; by: the document in its place, if any."""

    validity: Validity
    since: datetime | None = None
    by: IssuedDocument | None = None

    @classmethod
    def valid(cls) -> Standing:
        return cls(Validity.VALID)

    @property
    def holds(self) -> bool:
        return self.validity == Validity.VALID

    @property
    def notice(self) -> str:
        """What is written across the paper; empty while the document holds."""
        if self.validity == Validity.ANNULLED:
            return f"Attestation annulée le {day(self.since)} : elle ne vaut plus rien."
        if self.validity == Validity.REPLACED:
            return (
                f"Attestation remplacée le {day(self.since)} par {self.by.number} : elle ne vaut plus rien."
            )
        return ""


def standings(documents: Iterable[IssuedDocument]) -> dict[int, Standing]:
    """Document id -> where it stands; two queries, whatever their number. `prescription` is read: load it before."""
    documents = list(documents)
    annulled = taken_back(document.prescription.pathway_id for document in documents)
    replacing = IssuedDocument.objects.filter(replaces__in=[document.pk for document in documents])
    replaced = {document.replaces_id: document for document in replacing.order_by("pk")}
    found = {}
    for document in documents:
        if document.event_id in annulled:
            found[document.pk] = Standing(Validity.ANNULLED, annulled[document.event_id])
        elif document.pk in replaced:
            by = replaced[document.pk]
            found[document.pk] = Standing(Validity.REPLACED, by.issued_at, by)
        else:
            found[document.pk] = Standing.valid()
    return found


def taken_back(pathway_ids: Iterable[int]) -> dict[int, datetime]:
    """Event id -> when it was taken back, for every fact of some people that no longer holds.

    An annulment that was itself taken back takes nothing back (as `pathways.replay.annulled_ids`).
    """
    annulments = Event.objects.about(sorted(set(pathway_ids))).filter(kind=Kind.ANNUL).order_by("-pk")
    found: dict[int, datetime] = {}
    for pk, target, at in annulments.values_list("pk", "annuls", "recorded_at"):
        if pk not in found:
            found[target] = at
    return found
