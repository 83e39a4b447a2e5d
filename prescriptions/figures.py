"""Counts about sessions that name nobody, for those who read no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription


def counts_by_state(session_ids: Iterable[int]) -> dict[int, Counter]:
    """Session id -> how many requests in each state, drafts left out."""
    rows = Prescription.objects.sent().filter(session__in=list(session_ids)).order_by()
    counts: dict[int, Counter] = {}
    for session_id, state, number in rows.values_list("session", "state").annotate(Count("pk")):
        counts.setdefault(session_id, Counter())[state] = number
    return counts


@dataclass(frozen=True)
class Filling:
    """Figures over the sessions whose capacity is known. entered: by AES. unknown: sessions without a capacity."""

    sessions: int
    capacity: int
    held: int
    entered: int
    unknown: int

    @property
    def empty(self) -> int:
        return self.capacity - self.held

    @property
    def rate(self) -> float | None:
        """Filling as the programme counts it: entries (AES) / places (domain.md B8). None without a place."""
        return self.entered / self.capacity if self.capacity else None

    @property
    def rate_text(self) -> str:
        return "" if self.rate is None else f"{round(100 * self.rate)} %"


def filling(sessions) -> Filling:
    """The figures of a queryset of sessions."""
    known = sessions.exclude(capacity=None).order_by()
    sums = known.aggregate(number=Count("pk"), capacity=Sum("capacity"), held=Sum("seats_held"))
    entered = Prescription.objects.filter(state=PrescriptionState.ENTERED, session__in=known.values("pk"))
    return Filling(
        sums["number"],
        sums["capacity"] or 0,
        sums["held"] or 0,
        entered.count(),
        sessions.filter(capacity=None).count(),
    )


def entries(session_ids: Iterable[int]) -> dict[int, int]:
    """Session id -> how many people entered (AES)."""
    rows = Prescription.objects.filter(state=PrescriptionState.ENTERED, session__in=list(session_ids))
    return dict(rows.order_by().values_list("session").annotate(Count("pk")))
