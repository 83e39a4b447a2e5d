"""A session that will not take place, or not when it was said: everybody concerned is told, and led somewhere.

The session changes first, in a transaction of its own: nobody can be prescribed into the old one any more, and whom a
crash leaves behind is taken up by a sweep. A fact locks its person before its session, so both cannot be one piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from config import clock
from config.ui.dates import count
from notifications import notices
from notifications.enums import Level
from pathways.actor import Actor
from pathways.audience import in_organisation
from pathways.enums import Role
from pathways.facts import Change, on_change
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Event
from prescriptions import allotment
from prescriptions.enums import LIVE, PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.services import Report, record_many

P = PrescriptionState
#: A postponement whose telling a crash interrupted is taken up for so long.
TOLD_WITHIN = timedelta(days=7)


def cancel_session(session: Session, actor: Actor, reason: str, replacement: Session | None = None) -> Report:
    """Cancel a session, then end each live request for it; référents find these people in their pile.

    replacement: the session proposed to them instead. Raises NotVisible, TransitionRefused (session_entered).
    """
    with transaction.atomic():
        session = _locked(session, actor)
        if session.cancelled_on is None:
            session.cancelled_on = clock.today()
            session.replaced_by = replacement
            _keep(session, actor, f"Annulée par {actor} : {reason}", ["cancelled_on", "replaced_by"])
    told = f"Session annulée par {actor.organisation} : {reason}"
    return end_requests(session, actor, f"{told} {instead_of(session)}".strip())


def instead_of(session: Session) -> str:
    """« Proposée à la place : Maçon, ouverture le 12/05/2018. »; nothing without a replacement."""
    other = session.replaced_by
    if other is None:
        return ""
    opening = f", ouverture le {other.starts_on:%d/%m/%Y}" if other.starts_on else ""
    return f"Proposée à la place : {other.title}, {other.provider}{opening}."


def end_requests(session: Session, actor: Actor, comment: str) -> Report:
    """Tell every person still asking for a cancelled session, or holding a seat in it, that it will not take place."""
    live = session.prescriptions.live().order_by("pk")
    return record_many(
        "cancel_session", live, _teller(actor), f"cancel-session:{session.pk}", comment=comment
    )


def settle_cancelled_sessions() -> int:
    """End the live requests for cancelled sessions that an interrupted cancellation left. Returns how many."""
    left = Session.objects.exclude(cancelled_on=None).filter(prescriptions__state__in=sorted(LIVE))
    ended = 0
    for session in left.distinct().order_by("pk"):
        report = end_requests(session, Actor.system(), "Session annulée.")
        ended += len(report.done)
    return ended


# ---- other dates


def postpone_session(
    session: Session, actor: Actor, starts_on: date, ends_on: date | None, reason: str
) -> Report:
    """Move a session to other dates, later or earlier, and tell everybody who asks for it or holds a seat.

    Nobody loses a seat: each référent says whether the person keeps it. Raises NotVisible, TransitionRefused
    (session_cancelled, session_entered, opening_unknown, opening_past, closing_before_opening, dates_unchanged).
    """
    with transaction.atomic():
        session = _locked(session, actor)
        _refuse_dates(session, starts_on, ends_on)
        session.postponed_from, session.postponed_at = session.starts_on, clock.now()
        session.postponement_reason = f"Session reportée par {actor.organisation} : {reason}"
        session.starts_on, session.ends_on = starts_on, ends_on
        if session.registration_ends_on is not None and session.postponed_from < starts_on:
            session.registration_ends_on += starts_on - session.postponed_from
        _keep(
            session,
            actor,
            f"Reportée par {actor} : {reason}",
            [
                *("starts_on", "ends_on", "registration_ends_on"),
                *("postponed_from", "postponed_at", "postponement_reason"),
            ],
        )
    return tell_postponed(session, actor)


def _refuse_dates(session: Session, starts_on: date, ends_on: date | None) -> None:
    def refuse(code: str, sentence: str, remedy: str) -> None:
        raise TransitionRefused(Refusal(code, sentence, remedy))

    if session.cancelled_on is not None:
        refuse("session_cancelled", "Cette session est annulée.", "Déclarez une autre session.")
    if session.starts_on is None:
        refuse(
            "opening_unknown",
            "L'ouverture de cette session n'est pas renseignée.",
            "Complétez la session : personne n'attendait de date.",
        )
    if starts_on < clock.today():
        refuse("opening_past", f"Le {starts_on:%d/%m/%Y} est passé.", "Choisissez une ouverture à venir.")
    if ends_on is not None and ends_on < starts_on:
        refuse(
            "closing_before_opening",
            "La clôture précède l'ouverture.",
            "Choisissez une clôture plus tardive.",
        )
    if (starts_on, ends_on) == (session.starts_on, session.ends_on):
        refuse("dates_unchanged", "Ces dates sont déjà celles de la session.", "Choisissez-en d'autres.")


def tell_postponed(session: Session, actor: Actor) -> Report:
    """State the postponement about each live request for the session that has not been told of it."""
    live = session.prescriptions.live().order_by("pk")
    return record_many(
        "postpone",
        live,
        _teller(actor),
        _postponement(session),
        comment=session.postponement_reason,
        payload={"was": session.postponed_from.isoformat(), "opens_on": session.starts_on.isoformat()},
    )


def _postponement(session: Session) -> str:
    return f"postpone-session:{session.pk}:{session.postponed_at:%Y%m%dT%H%M%S%f}"


def settle_postponed_sessions() -> int:
    """Tell those whom an interrupted postponement has not told. Returns how many."""
    recent = Session.objects.filter(postponed_at__gte=clock.now() - TOLD_WITHIN, cancelled_on=None)
    told = 0
    for session in recent.filter(starts_on__gte=clock.today()).order_by("pk"):
        asked_before = session.prescriptions.live().filter(submitted_on__lte=session.postponed_at.date())
        pathways = list(asked_before.order_by().values_list("pathway", flat=True))
        said = Event.objects.about(pathways).filter(
            kind="postpone", idempotency_key__startswith=f"{_postponement(session)}:"
        )
        known = said.count()
        if known < len(pathways):
            tell_postponed(session, Actor.system())
            told += said.count() - known
    return told


# ---- both


def _locked(session: Session, actor: Actor) -> Session:
    """The session, locked. Raises NotVisible, TransitionRefused (session_entered)."""
    found = allotment.locked(session.pk, actor)
    entered = found.prescriptions.filter(state=P.ENTERED).count()
    if entered:
        raise TransitionRefused(
            Refusal(
                "session_entered",
                f"{count(entered, 'personne est entrée,personnes sont entrées')} dans cette session.",
                "Enregistrez la sortie de chacune ; une session commencée ne s'annule ni ne se reporte plus.",
            )
        )
    return found


def _keep(session: Session, actor: Actor, why: str, columns: list[str]) -> None:
    session._history_user = actor.user
    session._change_reason = why[:100]
    session.save(update_fields=columns)


def _teller(actor: Actor) -> Actor:
    """Only a provider speaks to its candidates; for anybody else (the Région reads no person) Jalons says it."""
    return actor if actor.has_role(Role.PROVIDER) else Actor.system()


# ---- the référents hear of it at once

CHANGED = notices.declare(
    "session_changed",
    "Session annulée ou reportée",
    "calendar-off",
    level=Level.WARNING,
    roles=(Role.REFERENT, Role.DEPARTMENT_MANAGER),
)
SAID = {"cancel_session": "session annulée", "postpone": "session reportée"}


@on_change(when=lambda change: change.fact.kind in SAID)
def notify(changes: Sequence[Change]) -> None:
    """A notice to the pôle of each person concerned."""
    subjects = [change.fact.subject_id for change in changes]
    rows = Prescription.objects.filter(pk__in=subjects).select_related("session", "pathway__beneficiary")
    by_key = {row.pk: row for row in rows.order_by("pk")}
    notices.post_many(CHANGED.code, [_news(change, by_key[change.fact.subject_id]) for change in changes])


def _news(change: Change, row: Prescription) -> notices.News:
    pathway = row.pathway
    keys = [in_organisation(Role.REFERENT, pathway.pole_id)] if pathway.pole_id else []
    return notices.News(
        keys,
        title=str(pathway.beneficiary),
        detail=f"{row.session.title} : {SAID[change.fact.kind]}. {change.fact.comment}",
        url=reverse("pathways:file", args=[pathway.pk]),
        subject_key=f"prescription:{row.pk}",
        actor_user_id=None,
    )


def replacements(session: Session, actor: Actor):
    """Sessions of the same trade still to open, that could be proposed instead of this one."""
    formation = session.action.formation
    same = Q(action__formation=formation) | Q(title=session.title)
    if formation.rome_codes:
        same |= Q(action__formation__rome_codes__overlap=formation.rome_codes)
    coming = Session.objects.visible_to(actor).upcoming().filter(same).exclude(pk=session.pk)
    return coming.with_offer().order_by("starts_on", "pk")
