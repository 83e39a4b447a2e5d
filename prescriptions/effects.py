"""What a correction changes of requests: who owes an answer and by when, alerts, seats and entries of sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from config import clock
from pathways.effect_sources import READERS, alert_effects
from pathways.effects import AWAITED, FIGURES, Comparison, Effect, about, differing, effect_source, imagined
from pathways.enums import PathwayState, Role
from pathways.guards import TransitionRefused
from pathways.viewpoint import View
from prescriptions import blockages, delays, guards
from prescriptions.enums import LIVE, SEATED, PrescriptionState
from prescriptions.figures import counts_by_state
from prescriptions.models import Prescription, Session
from prescriptions.saturation import alerts
from prescriptions.saturation.periods import thresholds

P = PrescriptionState
PROVIDER, REFERENT = "Organisme", "Référent"


def requests(compared: Comparison) -> list[Prescription]:
    """The person's requests that the reader sees, as they are recorded."""

    def load() -> list[Prescription]:
        rows = Prescription.objects.visible_to(compared.actor).filter(pathway=compared.pathway)
        return list(rows.select_related("session__provider").order_by("pk"))

    return compared.once("requests", load)


# ---- who owes what


@effect_source(*READERS)
def asked_once(compared: Comparison) -> Iterator[Effect]:
    """Nothing to tell, but what the door refuses: two live requests of one person for one session.

    Raises TransitionRefused (already_prescribed).
    """
    then = [imagined(row, compared.after.standing) for row in requests(compared)]
    live = [row.session_id for row in then if row.state in LIVE]
    if len(set(live)) < len(live):
        raise TransitionRefused(guards.ASKED_ONCE.refused())
    return iter(())


@effect_source(*READERS)
def awaited(compared: Comparison) -> Iterator[Effect]:
    """The lines of the provider's and of the référent's pile about each request."""
    rows = requests(compared)
    whose = about(row.pk for row in rows)
    before, after = (_lines(rows, whose, side) for side in compared.sides)
    yield from differing(AWAITED, before, after)


def _lines(rows: list[Prescription], whose: dict[int, str], view: View) -> dict[str, str]:
    """Who owes something, and about which request -> what."""
    then = [imagined(row, view.standing) for row in rows]
    told = {}
    for row in then:
        line = _line(row) or _setback(row, then, view)
        if line is not None:
            who, what, by = line
            told[f"{who}{whose[row.pk]}"] = f"{what}, avant le {by:%d/%m/%Y}" if by else what
        if row.state in LIVE and row.postponed_from is not None:
            told[f"{REFERENT}{whose[row.pk]}, report"] = (
                "dire si la personne garde sa place aux nouvelles dates"
            )
    return told


def _line(row: Prescription) -> tuple[str, str, date | None] | None:
    """(who, what, by when) for a request that goes on; the delays are those of the pile."""
    opening = row.session.starts_on

    def after(day: date | None, number: int) -> date | None:
        return day + timedelta(days=number) if day else None

    lines = {
        P.DRAFT: (REFERENT, "brouillon à relire et à envoyer", None),
        P.SUBMITTED: (PROVIDER, "répondre à la prescription", after(row.state_since, delays.ANSWER)),
        P.CONVENED: (
            PROVIDER,
            "saisir sa présence à l'information collective",
            after(row.convened_for, delays.PRESENCE),
        ),
        P.ATTENDED: (PROVIDER, "décider de sa candidature", after(row.state_since, delays.ANSWER)),
        P.ABSENT: (REFERENT, "joindre la personne, absente à l'information collective", None),
        P.WAITLISTED: (PROVIDER, "proposer la place qui se libère", None),
        P.OFFERED: (REFERENT, "accepter ou décliner la place proposée", row.offer_expires_on),
        P.ADMITTED: (PROVIDER, "enregistrer l'inscription (AIS)", after(opening, -delays.AIS_BEFORE_OPENING)),
        P.REGISTERED: (PROVIDER, "enregistrer l'entrée (AES) ou l'absence", after(opening, delays.AES)),
    }
    return lines.get(P(row.state))


#: How a request ended badly -> days to find something else, as in the référent's pile.
SETBACKS = {
    P.REFUSED: delays.NEXT_STEP,
    P.EXPIRED: delays.NEXT_STEP,
    P.SESSION_CANCELLED: delays.NEXT_STEP,
    P.NO_SHOW: delays.NO_SHOW,
}


def _setback(row: Prescription, then: list[Prescription], view: View) -> tuple[str, str, date | None] | None:
    """The last request ended without a course and nothing has been asked since: the référent finds something else."""
    others = any(other.pk > row.pk or other.state in LIVE for other in then if other.pk != row.pk)
    if row.state not in SETBACKS or others or view.current.state != PathwayState.IDENTIFIED:
        return None
    return REFERENT, "trouver une autre session", row.ended_on + timedelta(days=SETBACKS[P(row.state)])


# ---- alerts


@effect_source(*READERS)
def waiting_requests(compared: Comparison) -> Iterator[Effect]:
    """« Candidature en attente » of each request, past the delay of the person's state."""
    stage, today = compared.after.current, clock.today()
    wait = compared.delays.wait(stage.state, stage.since)
    is_late = wait.is_stuck and stage.state in blockages.AWAITED_IN
    rows = requests(compared)
    whose = about(row.pk for row in rows)
    for row in rows:
        then, expected = imagined(row, compared.after.standing), {}
        if (
            is_late
            and blockages.owes(then, today)
            and then.state_since + timedelta(days=wait.expected_days) < today
        ):
            expected = {blockages.REQUEST_WAITING.code: f"{row.session.title} : {blockages.owed(then)}."}
        yield from alert_effects(
            [blockages.REQUEST_WAITING], f"prescription:{row.pk}", whose[row.pk], expected
        )


# ---- seats and entries

#: State -> what is counted of a session, in the order of the page.
COUNTED = {P.WAITLISTED: "Liste d'attente", P.ENTERED: "Entrées (AES)"}


@effect_source(*READERS)
def sessions(compared: Comparison) -> Iterator[Effect]:
    """Seats, waiting list and entries of each session that a request moves in, with the alert about empty places.

    Raises TransitionRefused (session_full) when there would be more people than seats.
    """
    moves = _moves(compared)
    rows = Session.objects.filter(pk__in=moves).select_related("provider").order_by("pk")
    counts = counts_by_state(moves)
    for session in rows:
        delta = moves[session.pk]
        yield from _seats(session, delta["seated"], compared.actor.role)
        known = counts.get(session.pk, Counter())
        for state, label in COUNTED.items():
            before, after = known[state], known[state] + delta[state]
            yield Effect(FIGURES, f"{label}, {session}", str(before), str(after))


def _moves(compared: Comparison) -> dict[int, Counter]:
    """Session id -> how many more of this person's requests are in each state, and hold a seat (« seated »)."""
    moves: dict[int, Counter] = {}
    for row in requests(compared):
        for side, sign in zip(compared.sides, (-1, 1), strict=True):
            state = imagined(row, side.standing).state
            delta = moves.setdefault(row.session_id, Counter())
            delta[state] += sign
            delta["seated"] += sign * (state in SEATED)
    return {session_id: delta for session_id, delta in moves.items() if any(delta.values())}


def _seats(session: Session, more: int, role: Role) -> Iterator[Effect]:
    before, after = session.seats_held, session.seats_held + more
    if session.capacity is not None and after > session.seats_total:
        raise TransitionRefused(guards.SEAT_LEFT.refused(**guards.seats(session.seats_total)))
    of = f" sur {session.capacity}" if session.capacity is not None else ""
    yield Effect(FIGURES, f"Places tenues, {session}", f"{before}{of}", f"{after}{of}")
    if more:
        session.seats_held = after
        told = {alerts.SESSION_EMPTY.code: alerts.told(session)} if _is_to_fill(session) else {}
        if alerts.is_short(session):
            told[alerts.SESSION_SHORT.code] = alerts.told_short(session, alerts.last_decision(session))
        kinds = (alerts.SESSION_EMPTY, alerts.SESSION_SHORT)
        yield from alert_effects(kinds, f"session:{session.pk}", f", {session}", told)


def _is_to_fill(session: Session) -> bool:
    """Whether the session, with the seats held that it would have, is one that an alert speaks of."""
    today = clock.today()
    opens = session.starts_on
    if not session.is_regional or session.cancelled_on or opens is None or opens <= today:
        return False
    return bool(session.seats_left) and any((opens - today).days <= days for days, _ in thresholds())
