"""Who does not come on the opening day, and what the past of a provider lets one expect.

Absent: a no-show (« ne s'est pas présenté »). Expected: those who entered (AES) and those who did not show up, over the
sessions that opened in the window. A provider with a short past is drawn towards the rate of the whole programme:
rate = (absent + weight × programme rate) / (expected + weight).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from config import clock
from config.ui.dates import count, number
from pathways import parameters
from prescriptions.enums import PrescriptionState
from prescriptions.models import AbsenceCount, Prescription
from prescriptions.saturation import periods

P = PrescriptionState
#: Said beside the figure, for whoever asks how it is made.
DEFINITION = (
    "Attendues : places tenues, moins les absences à l'ouverture que le passé de l'organisme laisse prévoir."
    " Absents : personnes attendues qui ne se sont pas présentées. Quand l'organisme a peu de passé,"
    " son taux est rapproché de celui de tout le programme."
)


@dataclass(frozen=True)
class Past:
    """How many people were expected at past openings, and how many of them did not come."""

    expected: int = 0
    absent: int = 0

    @property
    def rate(self) -> float | None:
        return self.absent / self.expected if self.expected else None


@dataclass(frozen=True)
class Forecast:
    """What the past of a provider and of the programme lets one expect.

    weight: in people, of the programme's rate. days: over which both pasts were counted.
    """

    own: Past
    programme: Past
    weight: int
    days: int = 365

    @property
    def rate(self) -> float:
        """The share of the people expected who will not come; 0 while nobody was ever expected anywhere."""
        drawn = self.programme.rate or 0
        return (self.own.absent + self.weight * drawn) / (self.own.expected + self.weight)

    def coming(self, held: int) -> float:
        """How many of the people who hold a seat are expected to come."""
        return held * (1 - self.rate)

    @property
    def sentence(self) -> str:
        """« 3 absents sur 41 attendus en un an »."""
        if self.own.expected:
            absent = count(self.own.absent, "absent,absents")
            return f"{absent} sur {count(self.own.expected, 'attendu,attendus')} {self._span}"
        if self.programme.expected:
            return f"aucune ouverture passée ; taux du programme : {number(100 * self.rate)} % d'absents"
        return "aucune ouverture passée"

    @property
    def _span(self) -> str:
        return "en un an" if self.days in (365, 366) else f"en {self.days} jours"


def forecasts(provider_ids: Iterable[int]) -> dict[int, Forecast]:
    """Provider id -> what its past lets one expect of its next openings, as of today (or of the day being read)."""
    ids = set(provider_ids)
    if not ids:
        return {}
    today = clock.today()
    chosen = parameters.values(["absence_window", "absence_weight"], today)
    days, weight = chosen["absence_window"], chosen["absence_weight"]
    rows = _openings(today, days).filter(session__provider__in=ids).values("session__provider")
    own = {row["session__provider"]: Past(row["expected"], row["absent"]) for row in _counted(rows)}
    whole = programme()
    return {pk: Forecast(own.get(pk, Past()), whole, weight, days) for pk in ids}


def programme() -> Past:
    """The latest count of the whole programme by the present day; none before the first."""
    row = AbsenceCount.objects.filter(counted_on__lte=clock.today()).order_by("-counted_on").first()
    return Past(row.expected, row.absent) if row else Past()


def count_programme() -> int:
    """Count the programme once a day, for all boards of that day. Returns how many counts were made."""
    today, days = clock.today(), periods.ABSENCE_WINDOW(clock.today())
    if AbsenceCount.objects.filter(counted_on=today, window_days=days).exists():
        return 0
    found = _openings(today, days).filter(session__is_regional=True).aggregate(**_COUNTS)
    AbsenceCount.objects.update_or_create(counted_on=today, defaults={"window_days": days, **found})
    return 1


_COUNTS = {"expected": Count("pk"), "absent": Count("pk", filter=Q(state=P.NO_SHOW))}


def _openings(today: date, days: int):
    """The requests of people who were expected at an opening of the window, whether they came or not."""
    since = today - timedelta(days=days)
    return Prescription.objects.filter(
        state__in=[P.ENTERED, P.NO_SHOW], session__starts_on__gte=since, session__starts_on__lt=today
    ).order_by()


def _counted(rows):
    return rows.annotate(**_COUNTS).order_by()
