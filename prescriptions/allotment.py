"""What the Région decides about the seats of a session: reserved ones, overbooking; and what follows from a new number.

Every decision is taken under the lock of the session, as every seat is: counts stand still meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from config import clock
from config.errors import JalonsError
from config.ui.dates import count
from pathways.actor import Actor
from pathways.refusals import NotVisible
from prescriptions import deadlines, reserved
from prescriptions.models import OverbookingProposal, ReservedPublic, SeatQuota, Session


class SeatsRefused(JalonsError):
    """A decision about seats that cannot be, with its remedy. `field`: the name of what was typed, if any."""

    def __init__(self, code: str, message: str, next_step: str, field: str | None = None):
        super().__init__(message, code=code, next_step=next_step)
        self.field = field


def locked(session_id: int, actor: Actor) -> Session:
    """The session, locked until the end of the transaction. Raises NotVisible."""
    rows = Session.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    session = rows.select_related("action", "provider").filter(pk=session_id).first()
    if session is None:
        raise NotVisible()
    return session


# ---- the number of seats


def capacity_refused(session: Session, capacity: int | None) -> str:
    """Why a session cannot have this capacity, with the remedy; "" when it can."""
    held, over = session.seats_held, session.overbooking
    if held and (capacity is None or capacity + over < held):
        more = f", dont {over} en surréservation" if over and held > (capacity or 0) else ""
        return (
            f"{count(held, 'place est déjà tenue,places sont déjà tenues')}{more} : gardez-en au moins autant, "
            "ou retirez d'abord des candidatures."
        )
    unused = unused_reserved(session) if session.pk else 0
    if unused and (capacity is None or capacity + over < held + unused):
        return (
            f"{count(held, 'place tenue,places tenues')} et {count(unused, 'gardée,gardées')} par la Région pour un "
            f"public : gardez-en au moins {held + unused}, ou demandez-lui d'en réserver moins."
        )
    if over and (capacity is None or over > deadlines.overbooking_cap(capacity)):
        seats = count(over, "place,places")
        return (
            f"La Région a décidé {seats} en surréservation, plus que ce que permet cette capacité : "
            "demandez-lui de la réduire d'abord."
        )
    return ""


def passing_after(session: Session, total_before: int | None) -> int:
    """How many seats of a session pass on by themselves once it has its new number of seats.

    Seats added to a session in which nobody could be seated any more go to those who wait; added to another, they join
    those that its commission still gives.
    """
    passing = session.seats_given_up
    if total_before is not None and session.seats_total is not None:
        more = session.seats_total - total_before
        if more > 0 and total_before - session.seats_held <= unused_reserved(session):
            passing += more
    return min(passing, session.seats_to_give)


def unused_reserved(session: Session) -> int:
    """Seats that are kept for a public today and that nobody uses."""
    kept = reserved.of_sessions([session.pk]).get(session.pk)
    return sum(kept.unused(clock.today()).values()) if kept is not None else 0


# ---- overbooking


def set_overbooking(session_id: int, seats: int, reason: str, actor: Actor) -> Session:
    """Let a session have so many seats beyond its capacity, or none.

    Raises NotVisible, SeatsRefused: capacity_unknown, overbooking_too_high, overbooking_in_use, reason_missing.
    """
    with transaction.atomic():
        session = locked(session_id, actor)
        total = session.seats_total
        if seats:
            _check_overbooking(session, seats, reason)
        if session.capacity is not None and session.capacity + seats < session.seats_held:
            held = count(session.seats_held, "place est tenue,places sont tenues")
            raise SeatsRefused(
                "overbooking_in_use",
                f"{held} pour {count(session.capacity, 'place,places')} : la surréservation sert déjà.",
                "Gardez-la, ou attendez qu'une place se libère.",
                "overbooking",
            )
        session.overbooking = seats
        session.overbooking_reason = reason.strip() if seats else ""
        session.overbooked_on = clock.today() if seats else None
        session.seats_given_up = passing_after(session, total)
        session._history_user = actor.user
        session._change_reason = f"Surréservation : {seats}"
        session.save(update_fields=["overbooking", "overbooking_reason", "overbooked_on", "seats_given_up"])
    return session


def _check_overbooking(session: Session, seats: int, reason: str) -> None:
    if session.capacity is None:
        raise SeatsRefused(
            "capacity_unknown",
            "Le nombre de places de la session n'est pas renseigné.",
            "Demandez à l'organisme de compléter la session.",
            "overbooking",
        )
    most = deadlines.overbooking_cap(session.capacity)
    if seats > most:
        raise SeatsRefused(
            "overbooking_too_high",
            f"Pour {count(session.capacity, 'place,places')}, la surréservation va jusqu'à "
            f"{count(most, 'place,places')} ({deadlines.overbooking_percent()} % de la capacité).",
            f"Choisissez de 0 à {most}.",
            "overbooking",
        )
    if not reason.strip():
        raise SeatsRefused(
            "reason_missing",
            "Il manque le motif de la surréservation.",
            "Dites pourquoi : il est montré à l'organisme et aux référents.",
            "overbooking_reason",
        )


def propose_overbooking(provider_id: int, seats: int, reason: str, actor: Actor) -> None:
    """Keep the overbooking that the form of a provider's sessions starts from; it changes no session."""
    OverbookingProposal.objects.update_or_create(
        provider_id=provider_id,
        defaults={"seats": seats, "reason": reason.strip(), "set_by": actor.user, "set_at": clock.now()},
    )


# ---- seats kept for a public


@dataclass(frozen=True)
class Wanted:
    """So many seats for a public, until a day from which they are everybody's."""

    seats: int
    releases_on: date


def set_quotas(session_id: int, wanted: Mapping[int, Wanted], actor: Actor) -> Session:
    """Keep seats of a session for publics (key: public), and nothing for any other; what does not differ stays.

    Reserved seats given back earlier than planned go to those who wait. Raises NotVisible, SeatsRefused:
    capacity_unknown, quota_too_high, public_retired.
    """
    with transaction.atomic():
        session = locked(session_id, actor)
        before = unused_reserved(session)
        _replace_quotas(session, wanted, actor)
        kept = reserved.of_sessions([session.pk]).get(session.pk)
        unused = sum(kept.unused(clock.today()).values()) if kept is not None else 0
        if kept is not None and session.capacity is None:
            raise SeatsRefused(
                "capacity_unknown",
                "Le nombre de places de la session n'est pas renseigné : rien ne peut y être réservé.",
                "Demandez à l'organisme de compléter la session.",
            )
        if unused > session.seats_to_give and unused > before:
            used = sum(kept.used().values())
            raise SeatsRefused(
                "quota_too_high",
                f"Il reste {count(session.seats_to_give, 'place libre,places libres')} et vous en réservez {unused} "
                f"de plus ({used} déjà tenues par ces publics).",
                "Réservez moins de places, ou demandez à l'organisme d'en ouvrir d'autres.",
            )
        if unused < before:
            session.seats_given_up = min(session.seats_to_give, session.seats_passing + before - unused)
            Session.objects.filter(pk=session.pk).update(seats_given_up=session.seats_given_up)
    return session


def _replace_quotas(session: Session, wanted: Mapping[int, Wanted], actor: Actor) -> None:
    now = clock.now()
    current = {quota.public_id: quota for quota in SeatQuota.objects.in_force().filter(session=session)}
    usable = set(ReservedPublic.objects.in_use().filter(pk__in=wanted).values_list("pk", flat=True))
    for public_id in wanted.keys() - usable - current.keys():
        raise SeatsRefused(
            "public_retired",
            "Ce public n'est plus proposé.",
            "Choisissez-en un autre dans la liste.",
            f"seats_{public_id}",
        )
    for public_id, quota in current.items():
        new = wanted.get(public_id)
        if new is None or (new.seats, new.releases_on) != (quota.seats, quota.releases_on):
            SeatQuota.objects.filter(pk=quota.pk).update(ended_at=now)
    for public_id, new in sorted(wanted.items()):
        quota = current.get(public_id)
        if quota is None or (new.seats, new.releases_on) != (quota.seats, quota.releases_on):
            SeatQuota.objects.create(
                session=session,
                public_id=public_id,
                seats=new.seats,
                releases_on=new.releases_on,
                set_by=actor.user,
                set_at=now,
            )


def retire_publics(public_ids: Iterable[int]) -> int:
    """Offer some publics no more; the seats already kept for them stay so."""
    rows = ReservedPublic.objects.in_use().filter(pk__in=list(public_ids))
    return rows.update(retired_on=clock.today())


# ---- automatic offers


def suspend_offers(session_id: int, reason: str, actor: Actor) -> Session:
    """Keep Jalons from offering the seats given up of a session. Raises NotVisible, SeatsRefused (reason_missing)."""
    if not reason.strip():
        raise SeatsRefused(
            "reason_missing",
            "Il manque le motif de la suspension.",
            "Dites pourquoi : la Région et les référents le lisent.",
            "reason",
        )
    return _offers(session_id, clock.today(), reason.strip(), actor)


def resume_offers(session_id: int, actor: Actor) -> Session:
    """Let Jalons offer the seats given up again. Raises NotVisible."""
    return _offers(session_id, None, "", actor)


def _offers(session_id: int, day: date | None, reason: str, actor: Actor) -> Session:
    with transaction.atomic():
        session = locked(session_id, actor)
        session.offers_suspended_on, session.offers_suspension_reason = day, reason[:300]
        session._history_user = actor.user
        session.save(update_fields=["offers_suspended_on", "offers_suspension_reason"])
    return session
