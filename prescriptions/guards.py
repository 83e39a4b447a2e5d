"""The conditions of a prescription's transitions, each with its code, its sentence and its remedy."""

from datetime import date

from django.utils import timezone

from config import clock
from pathways.enums import Role
from pathways.facts import Context
from pathways.guards import Guard
from prescriptions import moments
from prescriptions.enums import LIVE, SEATED, EntryMode, NextStep


def _session(context: Context):
    """The session of the prescription, locked while its seats are being counted (prescriptions.places.sessions)."""

    def load():
        from prescriptions.models import Session

        return Session.objects.select_related("action").get(pk=context.object("prescription").session_id)

    if context.held is not None:
        return context.held.shared["session", context.object("prescription").session_id]
    return context.once("session", load)


def payload_date(context: Context, key: str) -> date | None:
    """The ISO date under `key` of the details, None when it is absent or no date."""
    try:
        return date.fromisoformat(context.fact.payload.get(key) or "")
    except (TypeError, ValueError):
        return None


def _session_accepts(context: Context) -> bool | dict:
    session, day = _session(context), context.fact.occurred_on
    if session.cancelled_on is not None:
        return {"why": "elle est annulée"}
    if session.registration_ends_on is not None and session.registration_ends_on < day:
        return {"why": f"les inscriptions sont closes depuis le {session.registration_ends_on:%d/%m/%Y}"}
    if session.ends_on is not None and session.ends_on < day:
        return {"why": f"elle s'est terminée le {session.ends_on:%d/%m/%Y}"}
    started = session.starts_on is not None and session.starts_on < day
    if started and session.action.entry_mode == EntryMode.FIXED:
        return {"why": f"elle a ouvert le {session.starts_on:%d/%m/%Y} et n'a pas d'entrées permanentes"}
    return True


def live_sessions(pathway_id: int, besides: int | None = None) -> frozenset[int]:
    """The sessions in which the person has a live prescription, leaving one of them out."""
    from prescriptions.models import Prescription

    live = Prescription.objects.live().filter(pathway_id=pathway_id).exclude(pk=besides).order_by()
    return frozenset(live.values_list("session_id", flat=True))


def _asked_once(context: Context) -> bool:
    prescription = context.object("prescription")
    if context.held is not None:
        asked = context.held.shared.get(("asked", prescription.session_id, context.pathway.pk), ())
        live = (
            context.standing.state("prescription", other) in LIVE
            for other in asked
            if other != prescription.pk
        )
        return not any(live)
    others = context.once("live_sessions", lambda: live_sessions(context.pathway.pk, besides=prescription.pk))
    return prescription.session_id not in others


def _capacity_known(context: Context) -> bool:
    return _session(context).capacity is not None


def _seat_left(context: Context) -> bool | dict:
    session = _session(context)
    # The seat that it holds now: a corrected fact has it already.
    own = context.object("prescription").state in SEATED
    return session.seats_held - own < session.seats_total or seats(session.seats_total)


def seats(capacity: int) -> dict[str, str]:
    """How many seats there are, in words, for the sentence of `session_full`."""
    return {
        "seats": "La seule place" if capacity == 1 else f"Les {capacity} places",
        "are": "est prise" if capacity == 1 else "sont prises",
    }


#: Under this key a list of candidates keeps the reserved seats of its sessions for all their guards.
RESERVED = "reserved"


def reserved_of(context: Context):
    """The seats of the session kept for publics, as the door holds them; None when there are none."""
    prescription = context.object("prescription")
    session_id = prescription.session_id
    if context.held is not None:
        return context.held.shared.get(("reserved", session_id))
    known = context.once(RESERVED, dict)
    if session_id not in known:
        from prescriptions import reserved

        known[session_id] = reserved.of_sessions([session_id], [prescription.pk]).get(session_id)
    return known[session_id]


def _seat_not_reserved(context: Context) -> bool | dict:
    reserved = reserved_of(context)
    if reserved is None:
        return True
    session, today = _session(context), clock.today()
    number = context.object("prescription").pk
    if reserved.may_seat(number, session.seats_total, today):
        return True
    return reservations(reserved, number, session.seats_total, today)


def reservations(reserved, besides: int, total: int, day: date) -> dict[str, str]:
    """Which reserved seats keep somebody out, in words, for the sentence of `seats_reserved`."""
    free = total - len(reserved.seated - {besides})
    kept = reserved.kept(day)
    unused = [quota for pk, number in reserved.unused(day).items() if number and (quota := kept[pk])]
    return {
        "seats": "La seule place libre" if free == 1 else f"Les {free} places libres",
        "are": "est réservée" if free == 1 else "sont réservées",
        "labels": ", ".join(dict.fromkeys(quota.label for quota in unused)),
        "day": f"{min(quota.releases_on for quota in unused):%d/%m/%Y}",
    }


def _seat_to_pass(context: Context) -> bool:
    """Only Jalons is bound by it: a provider decides about its own seats."""
    return context.actor.role != Role.SYSTEM or _session(context).seats_passing > 0


def _convened_later(context: Context) -> bool:
    day = payload_date(context, "convened_for")
    return day is not None and day >= context.fact.occurred_on


def _meeting_is_past(context: Context) -> bool | dict:
    day = context.object("prescription").convened_for
    return day is None or day <= clock.today() or {"day": f"{day:%d/%m/%Y}"}


def _offer_has_a_future(context: Context) -> bool:
    day, moment = payload_date(context, "expires_on"), context.fact.payload.get("expires_at")
    if day is None or day < context.fact.occurred_on:
        return False
    if moment is None:
        return True
    moment = moments.as_moment(moment)
    return moment is not None and timezone.localtime(moment).date() == day


def _enters_during_session(context: Context) -> bool | dict:
    session, day = _session(context), context.fact.occurred_on
    early = session.starts_on is not None and day < session.starts_on
    late = session.ends_on is not None and day > session.ends_on
    if not (early or late):
        return True
    start = f"{session.starts_on:%d/%m/%Y}" if session.starts_on else "une date inconnue"
    end = f"{session.ends_on:%d/%m/%Y}" if session.ends_on else "une date inconnue"
    return {"day": f"{day:%d/%m/%Y}", "start": start, "end": end}


def _session_has_opened(context: Context) -> bool | dict:
    start = _session(context).starts_on
    return start is None or start <= context.fact.occurred_on or {"start": f"{start:%d/%m/%Y}"}


SESSION_ACCEPTS = Guard(
    "session_closed",
    "Cette session n'accepte plus de candidature : {why}.",
    "Choisissez une autre session.",
    _session_accepts,
)
ASKED_ONCE = Guard(
    "already_prescribed",
    "Une candidature de cette personne à cette session est déjà en cours.",
    "Suivez la candidature en cours ou choisissez une autre session.",
    _asked_once,
)
CAPACITY_KNOWN = Guard(
    "capacity_unknown",
    "Le nombre de places de la session n'est pas renseigné.",
    "Complétez la session avant de retenir quelqu'un.",
    _capacity_known,
)
SEAT_LEFT = Guard(
    "session_full",
    "{seats} de la session {are}.",
    "Placez la personne sur la liste d'attente, ou refusez en proposant une autre session.",
    _seat_left,
)
SEAT_NOT_RESERVED = Guard(
    "seats_reserved",
    "{seats} de la session {are} à un autre public ({labels}).",
    "Placez la personne sur la liste d'attente : ce qui reste inutilisé s'ouvre à tous le {day}.",
    _seat_not_reserved,
)
SEAT_TO_PASS = Guard(
    "no_seat_given_up",
    "Aucune place rendue n'attend la personne suivante : Jalons n'en propose pas d'autre.",
    "L'organisme propose lui-même les places que personne n'a encore tenues.",
    _seat_to_pass,
)
CONVENED_LATER = Guard(
    "convened_before",
    "Le jour de l'information collective précède la convocation ou n'est pas une date.",
    "Indiquez un jour à partir de la date de la convocation.",
    _convened_later,
    on_input=True,
)
MEETING_IS_PAST = Guard(
    "meeting_ahead",
    "L'information collective n'a lieu que le {day}.",
    "Notez la présence le jour venu, ou convoquez à une autre date.",
    _meeting_is_past,
)
NEXT_STEP_IS_KNOWN = Guard(
    "next_step_missing",
    "Il manque la suite proposée.",
    "Choisissez dans la liste ce que vous proposez à la personne.",
    lambda context: context.fact.payload.get("next_step") in NextStep.values,
    on_input=True,
)
OFFER_HAS_A_FUTURE = Guard(
    "offer_expired",
    "La date limite de réponse est passée ou n'est pas une date.",
    "Laissez au moins jusqu'à aujourd'hui pour répondre.",
    _offer_has_a_future,
    on_input=True,
)
ENTERS_DURING_SESSION = Guard(
    "entry_outside_session",
    "L'entrée du {day} est hors de la session ({start} – {end}).",
    "Vérifiez la date d'entrée ou les dates de la session.",
    _enters_during_session,
    on_input=True,
)
SESSION_HAS_OPENED = Guard(
    "session_ahead",
    "La session n'ouvre que le {start}.",
    "Attendez l'ouverture, ou retirez la candidature si la personne renonce.",
    _session_has_opened,
)
DATES_HAVE_MOVED = Guard(
    "dates_unchanged",
    "Les dates de la session n'ont pas changé depuis la dernière réponse.",
    "Il n'y a rien à confirmer.",
    lambda context: context.object("prescription").postponed_from is not None,
)
SESSION_IS_CANCELLED = Guard(
    "session_running",
    "La session n'est pas annulée.",
    "Annulez d'abord la session.",
    lambda context: _session(context).cancelled_on is not None,
)
