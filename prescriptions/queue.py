"""The waiting list: in which order seats go to those who wait, and why. Pages, sweep and engine ask nobody else.

The rule, seat after seat as if they became free one by one: first somebody for whom a reserved seat is kept and unused,
then whoever has waited longest; among those of one day, whose pôle holds the fewest seats of the session (those already
ranked included); then in the order of the requests. The order is total, and depends on nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from config import clock
from config.ui.dates import count
from pathways.enums import Role
from prescriptions import reserved
from prescriptions.models import Prescription
from prescriptions.reserved import Reserved

#: Said beside every rank: the rule is the same for all (PE, art. 6, equal treatment; A19).
RULE = (
    "Ordre de la liste d'attente : d'abord les personnes pour qui une place réservée est libre, puis l'ancienneté "
    "sur la liste ; le même jour, le pôle qui tient le moins de places de la session, puis l'ordre des demandes."
)


@dataclass(frozen=True)
class Waiting:
    """Somebody on a waiting list: id of the prescription, since when, followed by which pôle."""

    id: int
    since: date
    pole_id: int | None


@dataclass(frozen=True)
class Place:
    """A rank from 1, and why. reason: for who follows the person; neutral: what a provider may read."""

    rank: int
    reason: str
    neutral: str

    def reason_for(self, role: Role) -> str:
        return self.neutral if role == Role.PROVIDER else self.reason


def order(
    waiting: Iterable[Waiting], held: Counter[int | None], kept: Reserved | None, day: date
) -> list[tuple[Waiting, Place]]:
    """Those who wait for one session, in order.

    held: seats of the session by pôle. kept: the seats reserved for publics, if any.
    """
    served = Counter(held)
    filling = kept.filling(kept.kept(day)) if kept is not None else None
    left = sorted(waiting, key=lambda one: (one.since, one.id))
    found: list[tuple[Waiting, Place]] = []
    while left:
        first, awaits = _next(left, served, filling, kept)
        left.remove(first)
        found.append((first, _place(len(found) + 1, first, awaits, left, served, filling, kept)))
        served[first.pole_id] += 1
        if filling is not None:
            filling.add(first.id, kept.claims.get(first.id, ()))
    return found


def _next(left, served, filling, kept) -> tuple[Waiting, bool]:
    """Who comes next, and whether a reserved seat is kept for them."""
    awaited = [one for one in left if _awaited(one, filling, kept)] if filling is not None else []
    since = (awaited or left)[0].since
    same_day = [one for one in awaited or left if one.since == since]
    return min(same_day, key=lambda one: (served[one.pole_id], one.id)), bool(awaited)


def _awaited(one: Waiting, filling, kept: Reserved) -> bool:
    return filling.would_use(kept.claims.get(one.id, ()))


def _place(rank: int, one: Waiting, awaits: bool, left, served, filling, kept) -> Place:
    since = f"en attente depuis le {one.since:%d/%m/%Y}"
    reasons, neutral = [since], [since]
    if awaits:
        quotas = [kept.quotas[pk] for pk in sorted(kept.claims[one.id]) if pk in filling.sizes]
        reasons.insert(0, f"une place réservée est libre ({quotas[0].name})")
        neutral.insert(0, f"{quotas[0].label} encore libre")
    rivals = [
        other
        for other in left
        if other.since == one.since and (filling is None or _awaited(other, filling, kept) == awaits)
    ]
    if any(served[other.pole_id] > served[one.pole_id] for other in rivals):
        number = count(served[one.pole_id], "place de la session,places de la session")
        reasons.append(f"le même jour que d'autres, son pôle est le moins servi ({number})")
        neutral.append("le même jour que d'autres, équilibre entre pôles")
    elif rivals:
        reasons.append("le même jour que d'autres, dans l'ordre des demandes")
        neutral.append(reasons[-1])
    return Place(rank, " ; ".join(reasons), " ; ".join(neutral))


# ---- from the database


def ordered(session_ids: Iterable[int]) -> dict[int, list[tuple[Waiting, Place]]]:
    """Session id -> those who wait for it, in order; sessions for which nobody waits are absent."""
    wanted = sorted(set(session_ids))
    rows = Prescription.objects.waiting().filter(session__in=wanted)
    by_session: dict[int, list[Waiting]] = {}
    for pk, session_id, since, pole_id in rows.values_list("pk", "session", "waitlisted_on", "pathway__pole"):
        by_session.setdefault(session_id, []).append(Waiting(pk, since, pole_id))
    if not by_session:
        return {}
    held: dict[int, Counter] = {session_id: Counter() for session_id in by_session}
    seated = Prescription.objects.seated().filter(session__in=list(by_session)).order_by()
    for session_id, pole_id in seated.values_list("session", "pathway__pole"):
        held[session_id][pole_id] += 1
    kept, today = reserved.of_sessions(by_session), clock.today()
    return {
        session_id: order(waiting, held[session_id], kept.get(session_id), today)
        for session_id, waiting in by_session.items()
    }


def ranks(session_ids: Iterable[int]) -> dict[int, Place]:
    """Prescription id -> its place on the waiting list of its session."""
    return {one.id: place for found in ordered(session_ids).values() for one, place in found}
