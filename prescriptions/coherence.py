"""The checks of the offer and of prescriptions (`manage.py check_consistency`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F

from pathways.consistency import Incoherence, incoherence, on_database
from prescriptions import flows
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.places import recount_sessions, wrong_counts


@on_database
def seats() -> Iterator[Incoherence]:
    """The seats that a session says are held ≠ the prescriptions that hold one."""
    for session in wrong_counts().iterator():
        told = (
            f"{session.seats_held} place(s) tenue(s) selon la session, {session.held} selon les prescriptions"
        )
        yield incoherence("seats", session, told, lambda session=session: recount_sessions({session.pk}))


@on_database
def overfull_sessions() -> Iterator[Incoherence]:
    """More seats held than there are."""
    overfull = Session.objects.filter(seats_held__gt=F("capacity") + F("overbooking"))
    for session in overfull.order_by("pk").iterator():
        told = f"{session.seats_held} places tenues pour {session.seats_total}"
        yield incoherence("overfull", session, told)


@on_database
def asked_twice() -> Iterator[Incoherence]:
    """Two live requests of one person for one session."""
    doubles = (
        Prescription.objects.live()
        .order_by()
        .values("pathway_id", "session_id")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
    )
    for double in doubles.order_by("pathway_id", "session_id").iterator():
        told = f"{double['number']} candidatures en cours à la session {double['session_id']}"
        yield Incoherence("asked_twice", f"pathways.Pathway {double['pathway_id']}", told)


@on_database
def admission_tasks() -> Iterator[Incoherence]:
    """The open task of an admission is not the one that the prescription's state asks for."""
    for prescription_id, state in flows.astray(None).items():
        told = f"aucune tâche, ou pas la bonne, pour une candidature « {PrescriptionState(state).label} »"
        row = f"prescriptions.Prescription {prescription_id}"
        yield Incoherence("admission_task", row, told, lambda pk=prescription_id: flows.repair([pk]))


@on_database
def provider_of_another_action() -> Iterator[Incoherence]:
    """A session repeats its action's provider (lists read one table): they must not drift apart."""
    sessions = Session.objects.exclude(provider=F("action__provider")).select_related("action")
    for session in sessions.order_by("pk").iterator():
        told = f"organisme {session.provider_id} au lieu de {session.action.provider_id}, celui de l'action"
        yield incoherence("session_provider", session, told)
