"""Counts about sessions that name nobody, for those who read no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session


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


def remarks(session: Session) -> list[str]:
    """What is missing for people to be directed to this session (PE, art. 4), in sentences."""
    action = session.action
    missing = [
        (session.capacity is None, "Le nombre de places n'est pas renseigné : personne ne peut être retenu."),
        (not action.information_dates, "Aucune date d'information collective n'est annoncée."),
        (session.starts_on is None, "La date d'ouverture n'est pas renseignée."),
        (session.ends_on is None, "La date de clôture n'est pas renseignée."),
        (not session.recruitment, "L'état du recrutement n'est pas renseigné."),
        (not (action.city or action.address), "Le lieu n'est pas renseigné."),
        (
            not (session.provider.phone or session.provider.email),
            "Aucun téléphone ni courriel de l'organisme n'est connu.",
        ),
    ]
    return [sentence for is_missing, sentence in missing if is_missing]
