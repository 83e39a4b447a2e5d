"""Seats: who holds one, and the count that lists read, kept under a lock on the session (architecture, section 5)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache

from django.db.models import Count, F, Q

from config import clock
from pathways.facts import Change, Rows, on_step
from pathways.guards import TransitionRefused
from pathways.held import Held, Read, about, also_read
from pathways.statements import Statement, array, instances
from prescriptions import guards, reserved
from prescriptions.enums import LIVE, SEATED
from prescriptions.models import Prescription, Session
from prescriptions.workflow import PRESCRIPTION

#: What guards and the count of seats read of a session.
COLUMNS = (
    *("id", "action_id", "starts_on", "ends_on", "registration_ends_on", "cancelled_on"),
    *("capacity", "overbooking", "seats_held", "seats_given_up"),
)
#: Facts that give a seat to somebody who held none: what is kept for a public is read before them.
SEATING_KINDS = frozenset(
    row.name for row in PRESCRIPTION.rows if row.target in SEATED and not row.sources & SEATED
)
#: Facts before which the person's other requests for the same session are looked at.
ASKING_KINDS = frozenset({"submit"})
#: Under this key: the prescriptions whose sessions have been asked what they keep for a public.
RESERVED_READ = "reserved read"


def count_held(session_id: int) -> int:
    """How many prescriptions hold a seat of the session."""
    return Prescription.objects.seated().filter(session_id=session_id).count()


@also_read
def sessions(
    held: Held, kinds: Collection[str], pathway_ids: Collection[int], subject_ids: Collection[int]
) -> Iterator[Read]:
    """The sessions of the prescriptions, locked in the order of their keys: two people never take the last seat."""
    yield Read(about(_sessions_sql(), subject_ids), lambda rows: _share(held, rows))
    if SEATING_KINDS & set(kinds):
        keys = array(subject_ids)
        statement = Statement(reserved.OF_SUBJECTS, (keys, keys), len(subject_ids) == 1)
        yield Read(statement, lambda rows: _share_reserved(held, rows, subject_ids))
    if ASKING_KINDS & set(kinds):

        def take(rows):
            for pathway_id, session_id, prescription_id in rows:
                held.shared.setdefault(("asked", session_id, pathway_id), []).append(prescription_id)

        sql = "SELECT pathway_id, session_id, id FROM prescriptions_prescription WHERE pathway_id = ANY(%s)"
        yield Read(about(sql, pathway_ids), take)


@cache
def _sessions_sql() -> str:
    columns = ", ".join(COLUMNS)
    # The session of a prescription never changes: reading it without a lock is safe.
    return (
        f"SELECT {columns} FROM prescriptions_session WHERE id IN"  # noqa: S608
        " (SELECT session_id FROM prescriptions_prescription WHERE id = ANY(%s)) ORDER BY id FOR NO KEY UPDATE"
    )


def _share(held: Held, rows: list[tuple]) -> None:
    held.shared.update((("session", session.pk), session) for session in instances(Session, COLUMNS, rows))


def _share_reserved(held: Held, rows: list[tuple], subject_ids: Collection[int]) -> None:
    held.shared.setdefault(RESERVED_READ, set()).update(subject_ids)
    for session_id, found in reserved.take(rows).items():
        held.shared["reserved", session_id] = found


@on_step
def asked_once(change: Change) -> Rows:
    """Refuse a history rewritten so that a person has two live requests for one session.

    A fact that comes last has been looked at by its guard. Raises TransitionRefused.
    """
    states = change.after.subjects("prescription")
    live = [subject for subject, state in states.items() if state in LIVE]
    if change.known is not None and len(live) > 1:
        asked = Prescription.objects.filter(pk__in=live).order_by().values_list("session_id", flat=True)
        if len(set(asked)) < len(live):
            raise TransitionRefused(guards.ASKED_ONCE.refused())
    return ()


@on_step
def count_seats(change: Change) -> Iterator[tuple[Session, dict[str, int]]]:
    """Keep `Session.seats_held` equal to the number of holders, for each session that a fact has touched.

    A seat given up waits to be passed on (`seats_given_up`); the next seat taken is that one. Raises TransitionRefused
    when more people would be seated than there are seats, or somebody on a seat kept for others.
    """
    moved = {
        subject: (new in SEATED) - (old in SEATED)
        for subject, (old, new) in change.moved("prescription").items()
        if (old in SEATED) != (new in SEATED)
    }
    if not moved:
        return
    taken, subjects = _taken(change, moved)
    for session, number in taken:
        if number > 0 and session.capacity is not None:
            _check_room(change, session, number, [pk for pk in subjects[session.pk] if moved[pk] > 0])
    for session, number in taken:
        kept = change.held.shared.get(("reserved", session.pk))
        if kept is not None:
            change.held.shared["reserved", session.pk] = kept.with_seats(
                (pk for pk in subjects[session.pk] if moved[pk] > 0),
                (pk for pk in subjects[session.pk] if moved[pk] < 0),
            )
        if number:
            passing = max(0, min(session.seats_given_up, session.seats_to_give) - number)
            yield session, {"seats_held": session.seats_held + number, "seats_given_up": passing}


def _check_room(change: Change, session: Session, number: int, newcomers: list[int]) -> None:
    if session.seats_held + number > session.seats_total:
        raise TransitionRefused(guards.SEAT_LEFT.refused(**guards.seats(session.seats_total)))
    if change.fact.kind in SEATING_KINDS and change.known is None:
        return  # its guard has looked
    kept = change.held.shared.get(("reserved", session.pk))
    if kept is None and not change.held.shared.get(RESERVED_READ, set()).issuperset(newcomers):
        kept = reserved.of_sessions([session.pk], newcomers).get(session.pk)
    today = clock.today()
    for pk in newcomers:
        if kept is not None and not kept.may_seat(pk, session.seats_total, today):
            told = guards.reservations(kept, pk, session.seats_total, today)
            raise TransitionRefused(guards.SEAT_NOT_RESERVED.refused(**told))


def _taken(change: Change, moved: dict[int, int]) -> tuple[list[tuple[Session, int]], dict[int, list[int]]]:
    """Each session touched, locked, and how many seats more it holds; session id -> the prescriptions that moved."""
    numbers: dict[int, int] = defaultdict(int)
    subjects: dict[int, list[int]] = defaultdict(list)
    where = {pk: row.session_id for pk in moved if (row := change.held.row("prescription", pk)) is not None}
    if missing := moved.keys() - where.keys():
        rows = Prescription.objects.filter(pk__in=missing).order_by()
        where |= dict(rows.values_list("pk", "session_id"))
    for subject, number in moved.items():
        numbers[where[subject]] += number
        subjects[where[subject]].append(subject)
    known = change.held.shared
    if unlocked := [pk for pk in numbers if ("session", pk) not in known]:
        rows = Session.objects.filter(pk__in=unlocked).order_by("pk").only(*COLUMNS)
        for session in rows.select_for_update(of=("self",), no_key=True):
            known["session", session.pk] = session
    return [(known["session", pk], number) for pk, number in sorted(numbers.items())], subjects


def recount_sessions(session_ids: set[int]) -> None:
    """Lock the sessions in a fixed order and write how many seats are held in each (a repair).

    Raises TransitionRefused when more people are seated than there are seats.
    """
    sessions = Session.objects.filter(pk__in=session_ids).order_by("pk")
    for session in sessions.select_for_update(of=("self",), no_key=True).only(*COLUMNS):
        held = count_held(session.pk)
        if session.capacity is not None and held > session.seats_total:
            raise TransitionRefused(guards.SEAT_LEFT.refused(**guards.seats(session.seats_total)))
        Session.objects.filter(pk=session.pk).update(seats_held=held)


def wrong_counts():
    """Sessions whose count differs from their holders (must be empty; `check_consistency` lists them)."""
    held = Count("prescriptions", filter=Q(prescriptions__state__in=sorted(SEATED)))
    return Session.objects.annotate(held=held).exclude(seats_held=F("held")).order_by("pk")
