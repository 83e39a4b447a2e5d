"""Issuing: one document per fact, numbered without gap under the lock of the provider's row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from config import clock
from pathways.actor import Actor
from pathways.enums import Role
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Event, Organisation
from pathways.refusals import NotVisible
from prescriptions.documents import content as contents
from prescriptions.documents.kinds import FACT_OF, DocumentKind
from prescriptions.documents.standing import standings, taken_back
from prescriptions.enums import PrescriptionState
from prescriptions.models import IssuedDocument, Prescription
from prescriptions.models.document import number_of

P = PrescriptionState
#: Where a request stands while the fact that the document attests holds.
MAY_HAVE = {
    DocumentKind.AIS: frozenset({P.REGISTERED, P.ENTERED}),
    DocumentKind.AES: frozenset({P.ENTERED}),
}


@dataclass
class Issued:
    """What issuing answered: the documents made, those that were there already, and the requests without the fact."""

    made: list[IssuedDocument] = field(default_factory=list)
    there: list[IssuedDocument] = field(default_factory=list)
    without_fact: list[Prescription] = field(default_factory=list)


def issue(kind: DocumentKind, prescription_ids: Iterable[int], actor: Actor) -> Issued:
    """Issue the AIS or the AES of some requests of the actor's own sessions, in the order of their ids.

    Asked twice, even at once, it answers the same document: the second waits for the provider's row. Raises NotVisible
    when one of them is not the actor's, or the actor is no provider.
    """
    wanted = sorted(set(prescription_ids))
    with transaction.atomic():
        requests = _locked(wanted, actor)
        facts = _facts(kind, requests)
        present = {
            document.event_id: document
            for document in IssuedDocument.objects.filter(kind=kind, prescription__in=list(facts)).in_force()
        }
        numbers = _Numbers(kind, actor)
        issued, region = Issued(), contents.region_name()
        for request in requests:
            fact = facts.get(request.pk)
            if fact is None:
                issued.without_fact.append(request)
            elif fact.pk in present:
                issued.there.append(present[fact.pk])
            else:
                told = contents.subject(request, fact.occurred_on, region)
                issued.made.append(numbers.new(request, fact, told))
        IssuedDocument.objects.bulk_create(issued.made)
    return issued


def renew(document_id: int, actor: Actor) -> IssuedDocument:
    """Issue a document again because a name, a date or the session has been put right since; the old one is replaced.

    Raises NotVisible, TransitionRefused (document_over, document_up_to_date).
    """
    found = IssuedDocument.objects.visible_to(actor).filter(pk=document_id).first()
    if found is None:
        raise NotVisible()
    with transaction.atomic():
        (request,) = _locked([found.prescription_id], actor)
        document = IssuedDocument.objects.select_related("prescription", "event").get(pk=document_id)
        if not standings([document])[document.pk].holds:
            raise TransitionRefused(
                Refusal(
                    "document_over",
                    "Cette attestation ne vaut déjà plus.",
                    "Relisez la page : une autre a peut-être été émise à sa place.",
                )
            )
        told = contents.subject(request, document.event.occurred_on, contents.region_name())
        if contents.is_same_subject(document.content, told):
            raise TransitionRefused(
                Refusal(
                    "document_up_to_date",
                    "Rien de ce que dit cette attestation n'a changé depuis qu'elle a été émise.",
                    "Téléchargez-la telle quelle.",
                )
            )
        numbers = _Numbers(DocumentKind(document.kind), actor)
        new = numbers.new(request, document.event, told)
        new.replaces = document
        new.save(force_insert=True)
    return new


def _locked(prescription_ids: Collection[int], actor: Actor) -> list[Prescription]:
    """The requests, read once the provider's row is this transaction's: nobody else numbers for it meanwhile."""
    if not actor.has_role(Role.PROVIDER):
        raise NotVisible()
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)
    own = Prescription.objects.visible_to(actor).filter(pk__in=prescription_ids)
    found = own.select_related(
        "pathway__beneficiary", "pathway__department", "session__action", "session__provider"
    )
    requests = list(found.order_by("pk"))
    if len(requests) != len(prescription_ids):
        raise NotVisible()
    return requests


def _facts(kind: DocumentKind, requests: Collection[Prescription]) -> dict[int, Event]:
    """Prescription id -> the fact that holds and that the document attests."""
    asked = {request.pk: request.pathway_id for request in requests if request.state in MAY_HAVE[kind]}
    gone = taken_back(asked.values())
    events = Event.objects.about(sorted(set(asked.values()))).filter(
        kind=FACT_OF[kind], subject_id__in=list(asked)
    )
    return {event.subject_id: event for event in events.order_by("pk") if event.pk not in gone}


class _Numbers:
    """The next numbers of one provider, kind and year; to be used under the lock of the provider's row."""

    def __init__(self, kind: DocumentKind, actor: Actor):
        self.kind, self.actor = kind, actor
        self.at = clock.now()
        self.year = timezone.localtime(self.at).year
        own = IssuedDocument.objects.filter(provider=actor.organisation_id, kind=kind, year=self.year)
        self.rank = own.order_by("-rank").values_list("rank", flat=True).first() or 0

    def new(self, request: Prescription, fact: Event, told: dict) -> IssuedDocument:
        self.rank += 1
        number = number_of(self.kind, self.year, self.rank)
        content = contents.freeze(told, self.kind, number, self.actor, self.at)
        return IssuedDocument(
            kind=self.kind,
            provider=self.actor.organisation,
            year=self.year,
            rank=self.rank,
            prescription=request,
            event=fact,
            content=content,
            fingerprint=contents.fingerprint(content),
            issued_at=self.at,
            issued_by=self.actor.user,
        )
