"""What a correction changes of requests: who owes an answer and by when, alerts, seats and entries of sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from config import clock
from pathways.effect_sources import READERS, alert_effects
from pathways.effects import AWAITED, FIGURES, Comparison, Effect, about, differing, effect_source, imagined
from pathways.enums import PathwayState, Role
from pathways.guards import TransitionRefused
from pathways.viewpoint import View
from prescriptions import guards
from prescriptions.admission import alerts as waits
from prescriptions.admission.deadlines import Party, Rule, deadline, rules
from prescriptions.delays import Delays
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
    known = rules(Delays.on())
    before, after = (_lines(rows, whose, side, known) for side in compared.sides)
    yield from differing(AWAITED, before, after)


def _lines(
    rows: list[Prescription], whose: dict[int, str], view: View, known: dict[str, Rule]
) -> dict[str, str]:
    """Who owes something, and about which request -> what."""
    then = [imagined(row, view.standing) for row in rows]
    told = {}
    for row in then:
        line = _line(row, known) or _setback(row, then, view, known)
        if line is not None:
            who, what, by = line
            told[f"{who}{whose[row.pk]}"] = f"{what}, avant le {by:%d/%m/%Y}" if by else what
        if row.state in LIVE and row.postponed_from is not None:
            told[f"{REFERENT}{whose[row.pk]}, report"] = (
                "dire si la personne garde sa place aux nouvelles dates"
            )
    return told


def _line(row: Prescription, known: dict[str, Rule]) -> tuple[str, str, date | None] | None:
    """(who, what, by when) for a request that goes on; the delays are those of the pile."""
    found = deadline(row, known)
    by = found.due_on if found else None
    lines = {
        P.DRAFT: (REFERENT, "brouillon à relire et à envoyer", None),
        P.SUBMITTED: (PROVIDER, "répondre à la prescription", by),
        P.CONVENED: (
            PROVIDER,
            "saisir sa présence à l'information collective",
            by,
        ),
        P.ATTENDED: (PROVIDER, "décider de sa candidature", by),
        P.ABSENT: (REFERENT, "joindre la personne, absente à l'information collective", by),
        P.WAITLISTED: (PROVIDER, "proposer la place qui se libère", None),
        P.OFFERED: (REFERENT, "accepter ou décliner la place proposée", row.offer_expires_on),
        P.ADMITTED: (PROVIDER, "enregistrer l'inscription (AIS)", by),
        P.REGISTERED: (PROVIDER, "enregistrer l'entrée (AES) ou l'absence", by),
    }
    return lines.get(P(row.state))


def _setback(
    row: Prescription, then: list[Prescription], view: View, known: dict[str, Rule]
) -> tuple[str, str, date | None] | None:
    """The last request ended without a course and nothing has been asked since: the référent finds something else."""
    if not _is_without_sequel(row, then, view):
        return None
    return REFERENT, "trouver une autre session", deadline(row, known).due_on


def _is_without_sequel(row: Prescription, then: list[Prescription], view: View) -> bool:
    """`waits.without_sequel()` on the person's requests as they would be."""
    others = any(other.pk > row.pk or other.state in LIVE for other in then if other.pk != row.pk)
    return row.state in waits.SETBACKS and not others and view.current.state == PathwayState.IDENTIFIED


# ---- alerts


@effect_source(*READERS)
def waiting_requests(compared: Comparison) -> Iterator[Effect]:
    """« Candidature en attente » and « Suite à donner » of each request, past the delay of what is awaited."""
    known, today = rules(Delays.on()), clock.today()
    rows = requests(compared)
    then = [imagined(row, compared.after.standing) for row in rows]
    whose = about(row.pk for row in rows)
    for row in then:
        found, expected = deadline(row, known), {}
        if found is not None and found.is_reached(today):
            told = waits.waiting_detail(row, found, today)
            if row.state in waits.PROVIDER_OWES:
                expected = {waits.REQUEST_WAITING.code: told}
            elif row.state == P.ABSENT or _is_without_sequel(row, then, compared.after):
                expected = {waits.SEQUEL_AWAITED.code: told}
        kinds = (waits.REQUEST_WAITING, waits.SEQUEL_AWAITED)
        yield from alert_effects(kinds, f"prescription:{row.pk}", whose[row.pk], expected)


@effect_source(*READERS)
def late_sessions(compared: Comparison) -> Iterator[Effect]:
    """« Organisme en retard » of each session that the person asked for, of which the Région is told."""
    known, today = rules(Delays.on()), clock.today()
    rows = {row.pk: row for row in requests(compared)}
    sessions = {row.session_id: row.session for row in rows.values() if row.session.is_regional}
    due: dict[int, list[date]] = {session_id: [] for session_id in sessions}
    for due_on, other in waits.late_requests(sessions):
        if other.pk not in rows:
            due[other.session_id].append(due_on)
    for row in rows.values():
        then = imagined(row, compared.after.standing)
        found = deadline(then, known) if then.state in waits.PROVIDER_OWES else None
        if row.session_id in due and found is not None and Party.REGION in found.parties(today):
            due[row.session_id].append(found.due_on)
    for session_id, session in sorted(sessions.items()):
        late = due[session_id]
        expected = {waits.PROVIDER_LATE.code: waits.late_detail(session, late)} if late else {}
        yield from alert_effects([waits.PROVIDER_LATE], f"session:{session_id}", f", {session}", expected)


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
