"""What the calendar of a reader shows of the offer: openings, closings, information sessions and commissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from config.ui.dates import count
from notifications.agenda import Entry, Span, source
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import EmploymentArea
from prescriptions.enums import LIVE, PrescriptionState
from prescriptions.models import Meeting, Prescription, Session

FOLLOWED = sorted({*LIVE, PrescriptionState.ENTERED})


def sessions_of(actor: Actor) -> QuerySet[Session]:
    """The sessions that a reader looks after: a provider's own; of the programme, those of the bassins that the
    agency, the pôle or the Département's pôles serve; those where their people ask or are; the Région's all.
    """
    sessions = Session.objects.visible_to(actor)
    if actor.has_role(Role.PROVIDER):
        return sessions
    if actor.has_role(Role.REGION_OFFICER):
        return sessions.regional()
    areas = set(actor.area_ids)
    if actor.has_role(Role.DEPARTMENT_MANAGER):
        areas |= set(
            EmploymentArea.objects.filter(organisations__parent=actor.organisation_id).values_list(
                "pk", flat=True
            )
        )
    ours = Prescription.objects.visible_to(actor).filter(session=OuterRef("pk"), state__in=FOLLOWED)
    return sessions.filter(Q(is_regional=True, area__in=areas) | Exists(ours.order_by()))


@source("sessions")
def openings_and_closings(actor: Actor, span: Span) -> Iterator[Entry]:
    """Two entries per session, moved with it and cancelled with it."""
    days = (span.first, span.last)
    rows = sessions_of(actor).filter(Q(starts_on__range=days) | Q(ends_on__range=days))
    for session in rows.select_related("provider", "action").order_by("pk"):
        common = {
            "changed_at": changed_at(session),
            "url": reverse("prescriptions:session", args=[session.pk]),
            "place": _place(session),
            "description": described(session),
            "is_cancelled": session.cancelled_on is not None,
        }
        for name, label, day in (
            ("opening", "Ouverture", session.starts_on),
            ("closing", "Clôture", session.ends_on),
        ):
            if day is not None and span.first <= day <= span.last:
                yield Entry(f"session-{session.pk}-{name}", f"{label} : {session.title}", day, **common)


@source("meetings")
def meetings(actor: Actor, span: Span) -> Iterator[Entry]:
    """One entry per meeting announced. A meeting that is moved is withdrawn and announced anew: so is its entry."""
    rows = Meeting.announced.filter(
        held_on__range=(span.first, span.last), session__in=sessions_of(actor).order_by()
    )
    for meeting in rows.select_related("session__provider", "session__action").order_by("pk"):
        session = meeting.session
        is_cancelled = meeting.withdrawn_at is not None or session.cancelled_on is not None
        seats = (
            f"{count(meeting.seats, 'personne attendue,personnes attendues')} au plus. "
            if meeting.seats
            else ""
        )
        yield Entry(
            key=f"meeting-{meeting.pk}",
            title=f"{meeting.get_kind_display()} : {session.title}",
            starts=_moment(meeting),
            changed_at=max(
                meeting.withdrawn_at or meeting.recorded_at,
                _cancelled_at(session) or meeting.recorded_at,
            ),
            url=reverse("prescriptions:session", args=[session.pk]),
            place=meeting.place or _place(session),
            description=seats + described(session),
            is_cancelled=is_cancelled,
        )


def changed_at(session: Session) -> datetime:
    """When its dates were last declared, postponed or cancelled."""
    known = (session.declared_at, session.postponed_at, _cancelled_at(session))
    return max(moment for moment in known if moment is not None)


def described(session: Session) -> str:
    """« AFPA. 7 places tenues sur 12. »: counts, and nobody."""
    held = count(session.seats_held, "place tenue,places tenues")
    seats = held if session.capacity is None else f"{held} sur {session.capacity}"
    told = f"{session.provider}. {seats}."
    if session.postponed_from is not None:
        told += f" Reportée : devait ouvrir le {session.postponed_from:%d/%m/%Y}."
    return told


def _cancelled_at(session: Session) -> datetime | None:
    """The end of the day of the cancellation: after whatever was declared that day."""
    if session.cancelled_on is None:
        return None
    return timezone.make_aware(datetime.combine(session.cancelled_on, time(23, 59)))


def _moment(meeting: Meeting):
    if meeting.starts_at is None:
        return meeting.held_on
    return datetime.combine(meeting.held_on, meeting.starts_at, timezone.get_default_timezone())


def _place(session: Session) -> str:
    action = session.action
    return ", ".join(part for part in (action.place_name, action.address, action.city) if part)
