"""The delay in which an entry is to be told by its AES, and the entries that are past it.

C. trav. L6121-5 and décret 2017-1019 of 9 May 2017: entry, interruption and end within three days. Counted in calendar
days from the entry to the issue of the first AES.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from config import clock
from pathways import parameters
from pathways.facts import Kind
from pathways.models import Event
from prescriptions.documents.kinds import DocumentKind
from prescriptions.enums import PrescriptionState
from prescriptions.models import IssuedDocument, Prescription

LEGAL_DAYS = parameters.declare(
    "aes_legal_days",
    "Délai pour émettre l'AES après l'entrée",
    unit="jours",
    default=3,
    group="Attestations",
    source="C. trav. L6121-5 et décret 2017-1019 du 9 mai 2017 (lu sur le web seulement : à vérifier)",
    minimum=1,
    maximum=60,
)
REGION_DAYS = parameters.declare(
    "aes_region_days",
    "Délai après l'entrée au bout duquel la Région est prévenue d'une AES manquante",
    unit="jours",
    default=10,
    group="Attestations",
    minimum=1,
    maximum=90,
)


def legal_days() -> int:
    return parameters.value("aes_legal_days")


def due_on(entered_on: date) -> date:
    """The last day to issue the AES of an entry."""
    return entered_on + timedelta(days=legal_days())


def valid_documents(kind: DocumentKind) -> QuerySet[IssuedDocument]:
    """The documents of a kind that hold, in SQL: not replaced, their fact not taken back."""
    restored = Event.objects.filter(kind=Kind.ANNUL, annuls=OuterRef("pk"), pathway=OuterRef("pathway"))
    annulled = Event.objects.filter(
        # The file in which the annulment stands: an index leads there, none leads from a fact to its annulment.
        Q(pathway=OuterRef("event__pathway")) | Q(pathway=OuterRef("prescription__pathway")),
        ~Exists(restored),
        kind=Kind.ANNUL,
        annuls=OuterRef("event"),
    )
    return IssuedDocument.objects.in_force().filter(~Exists(annulled), kind=kind)


def entries_without_aes(rows: QuerySet[Prescription] | None = None) -> QuerySet[Prescription]:
    """The entries in sessions that still run for which no AES holds."""
    rows = Prescription.objects.all() if rows is None else rows
    running = Q(session__ends_on=None) | Q(session__ends_on__gte=clock.today())
    issued = valid_documents(DocumentKind.AES).filter(prescription=OuterRef("pk"))
    return rows.filter(running, ~Exists(issued), state=PrescriptionState.ENTERED)


def past_the_delay() -> Q:
    """The condition on an entry that its AES should have been issued before today."""
    return Q(entered_on__lt=clock.today() - timedelta(days=legal_days()))


@dataclass(frozen=True)
class Late:
    """The entries of one session that are past the delay. first: the day of the oldest."""

    session_id: int
    people: int
    first: date


def late_by_session(ids: Collection[int] | None = None) -> list[Late]:
    """The sessions, all or some, with entries past the delay, in the order of their ids."""
    rows = entries_without_aes().filter(past_the_delay())
    if ids is not None:
        rows = rows.filter(session__in=list(ids))
    groups = rows.order_by("session").values("session").annotate(people=Count("pk"), first=Min("entered_on"))
    return [Late(group["session"], group["people"], group["first"]) for group in groups]


@dataclass(frozen=True)
class Tally:
    """What is issued of one session, without a name. late: entries past the delay without an AES that holds."""

    ais: int
    aes: int
    ais_missing: int
    aes_missing: int
    late: int

    def __bool__(self) -> bool:
        return any((self.ais, self.aes, self.ais_missing, self.aes_missing))


def tally(session_id: int) -> Tally:
    """Counts about everybody of a session, whoever asks."""
    requests = Prescription.objects.filter(session=session_id)
    issued = {
        kind: valid_documents(kind).filter(prescription__session=session_id).count() for kind in DocumentKind
    }
    has_ais = valid_documents(DocumentKind.AIS).filter(prescription=OuterRef("pk"))
    registered = requests.filter(state__in=[PrescriptionState.REGISTERED, PrescriptionState.ENTERED])
    unissued = entries_without_aes(requests).aggregate(
        missing=Count("pk"), late=Count("pk", filter=past_the_delay())
    )
    return Tally(
        issued[DocumentKind.AIS],
        issued[DocumentKind.AES],
        registered.filter(~Exists(has_ais)).count(),
        unissued["missing"],
        unissued["late"],
    )
