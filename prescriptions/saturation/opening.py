"""Cases follow the alerts about empty seats: opened, sent to the team of the bassin, closed; set-based.

An alert goes Région → Pôle emploi team: detected and sent in one transaction of the detection (PE, art. 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from config import clock
from notifications.enums import Level
from notifications.registry import Settled
from pathways.actor import Actor
from prescriptions.enums import SEATED
from prescriptions.models import SaturationCase, Session
from prescriptions.saturation import news
from prescriptions.saturation.cases import lapse, teams
from prescriptions.saturation.enums import StepKind
from prescriptions.saturation.life import Move, advance

K = StepKind


def follow(settled: Settled) -> None:
    """What a detection did to alerts about empty seats, done to their cases."""
    levels = {_id(cause.subject_key): int(cause.level) for cause in settled.opened + settled.refreshed}
    cases = _cases([*levels, *map(_id, settled.closed)])
    sessions = _sessions(levels.keys() - cases.keys())
    open_cases([sessions[pk] for pk in sorted(sessions)], levels)
    ended = [case for pk, case in cases.items() if pk in levels and not case.is_live]
    _reopen(ended, levels)
    running = [case for pk, case in cases.items() if pk in levels and case not in ended]
    _climb(running, levels)
    moved = [case for case in running if case.area_id != case.session.area_id]
    _send([*ended, *moved])
    end_cases([case for pk, case in cases.items() if pk not in levels and case.is_live])


def _id(key: str) -> int:
    return int(key.partition(":")[2])


def _cases(session_ids: Iterable[int]) -> dict[int, SaturationCase]:
    """Session id -> its case, locked in the order of the keys, with its session."""
    rows = SaturationCase.objects.filter(session__in=list(session_ids)).order_by("pk")
    found = rows.select_related("session").select_for_update(of=("self",), no_key=True)
    return {case.session_id: case for case in found}


def _sessions(ids: Iterable[int]) -> dict[int, Session]:
    return Session.objects.in_bulk(list(ids))


def open_cases(sessions: Sequence[Session], levels: dict[int, int]) -> list[SaturationCase]:
    """Open a case for each session, with the seats free now, and send it. levels: session id -> of its alert."""
    cases = _written(sessions, levels)
    _send(cases)
    return cases


def open_ahead(session: Session) -> SaturationCase:
    """The case of a session that no alert speaks of yet, because somebody proposes people for its seats already.

    It belongs to no bassin until the alert comes: nobody is asked to react before then. The caller holds the lock of
    the session.
    """
    (case,) = _written([session], {session.pk: int(Level.NOTICE)})
    case.area_id = None
    case.save(update_fields=["area"])
    return case


def _written(sessions: Sequence[Session], levels: dict[int, int]) -> list[SaturationCase]:
    cases = SaturationCase.objects.bulk_create(
        SaturationCase(
            session=session,
            area_id=session.area_id,
            level=levels[session.pk],
            opened_at=clock.now(),
            stage_at=clock.now(),
            empty_at_alert=session.seats_left,
        )
        for session in sessions
    )
    advance([Move(case, K.ALERTED, payload=_now(case)) for case in cases], Actor.system())
    return cases


def _reopen(cases: list[SaturationCase], levels: dict[int, int]) -> None:
    for case in cases:
        case.level = levels[case.session_id]
    advance([Move(case, K.REOPENED, payload=_now(case)) for case in cases], Actor.system())


def _climb(cases: list[SaturationCase], levels: dict[int, int]) -> None:
    climbed = [case for case in cases if levels[case.session_id] > case.level]
    for case in climbed:
        case.level = levels[case.session_id]
    advance([Move(case, K.CLIMBED, payload=_now(case)) for case in climbed], Actor.system())


def _send(cases: list[SaturationCase]) -> None:
    """Hand each case to the team of its session's bassin; where there is none, the Région has it at once."""
    found = teams({case.session.area_id for case in cases} - {None})
    for case in cases:
        case.area_id = case.session.area_id
    named = [(case, found.get(case.area_id, [])) for case in cases]
    moves = [
        Move(case, K.SENT if names else K.NO_TEAM, advisor=None, payload={"teams": names})
        for case, names in named
    ]
    advance(moves, Actor.system())


def end_cases(cases: list[SaturationCase]) -> None:
    """Close the cases whose alert has none of its causes any more, each with what became of the session."""
    advance([Move(case, _end_of(case.session), payload=_now(case)) for case in cases], Actor.system())
    lapse([case.pk for case in cases])


def _end_of(session: Session) -> StepKind:
    if session.cancelled_on is not None:
        return K.CANCELLED
    if session.seats_left is not None and session.seats_left <= 0:
        return K.FILLED
    if session.starts_on is not None and session.starts_on <= clock.today():
        return K.OPENED
    return K.LIFTED  # postponed, no seat announced any more, or out of the programme


def _now(case: SaturationCase) -> dict[str, int | None]:
    """The figures of this moment that a step keeps."""
    session = case.session
    days = (session.starts_on - clock.today()).days if session.starts_on else None
    return {"empty": session.seats_left, "capacity": session.capacity, "days_left": days, "level": case.level}


# ---- what a day that passes brings


def escalate(limit: int = 500) -> int:
    """Tell the Région of the cases on which nobody has reacted in time. Returns how many.

    What is due stands in `react_by`: run twice or killed in the middle, the next run finds the rest.
    """
    with transaction.atomic():
        due = (
            SaturationCase.objects.live()
            .filter(react_by__lte=clock.now(), escalated_at=None)
            .order_by("react_by")
        )
        due = due.select_related("session", "area")
        cases = list(due.select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit])
        advance([Move(case, K.ESCALATED, payload={"stage": case.stage}) for case in cases], Actor.system())
        news.tell_region(cases)
    return len(cases)


def count_openings() -> int:
    """Keep, for each session that has opened, the seats left empty and those held thanks to its case. Returns how many.

    Counted once, on the opening day: a no-show or an early exit later does not change it.
    """
    seated = ", ".join(f"'{state}'" for state in sorted(SEATED))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE prescriptions_saturationcase AS c SET"  # noqa: S608 (states of an enum)
            " empty_at_opening = greatest(coalesce(s.capacity, 0) - s.seats_held, 0),"
            " seated_thanks = (SELECT count(DISTINCT p.prescription_id) FROM prescriptions_proposal p"
            "   JOIN prescriptions_prescription r ON r.id = p.prescription_id"
            f"  WHERE p.case_id = c.id AND r.session_id = c.session_id AND r.state IN ({seated}))"
            " FROM prescriptions_session s"
            " WHERE s.id = c.session_id AND c.empty_at_opening IS NULL AND s.cancelled_on IS NULL"
            " AND s.starts_on <= %s",
            [clock.today()],
        )
        return cursor.rowcount
