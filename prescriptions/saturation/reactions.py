"""How fast teams react to alerts about empty seats, and what it changes (PE, art. 8: « effet mesuré »).

Times run from the first alert of a session to the first time of each step, nights and Sundays included. Seats are
counted on the opening day, for the sessions that have opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Greatest, TruncMonth
from django.utils import timezone

from config import clock
from config.ui.charts import Chart, Series
from config.ui.dates import NO_BREAK, count
from pathways.actor import Actor
from pathways.models import EmploymentArea
from prescriptions.models import SaturationCase
from prescriptions.saturation.cases import teams
from prescriptions.saturation.enums import Stage

#: (label, what it counts), in the order of the page.
DEFINITIONS = (
    ("Alertes", "premières alertes de places vides de la période ; une par session"),
    (
        "Vue, prise en charge, premier candidat",
        "de la première alerte à la première fois, en temps écoulé ;"
        " médiane : la moitié a été plus rapide ; 9 sur 10 : neuf sur dix ont été plus rapides, à partir de cinq",
    ),
    ("Sans réaction", "jamais prises en charge"),
    ("Vides à l'alerte, à l'ouverture", "places que personne ne tenait, sessions déjà ouvertes seulement"),
    ("Pourvues", "vides à l'alerte, moins vides à l'ouverture (aucune quand il y en a davantage)"),
    (
        "Grâce à l'alerte",
        "places tenues le jour de l'ouverture par une prescription née d'une proposition de l'alerte",
    ),
)


class Percentile(Aggregate):
    """The value below which a share of the rows lie; `share` between 0 and 1."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression, share: float, **extra):
        super().__init__(expression, share=share, output_field=DurationField(), **extra)


def _since(column: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(column) - F("opened_at"), output_field=DurationField())


HAS_OPENED = Q(empty_at_opening__isnull=False)
_FILLED = Case(
    When(HAS_OPENED, then=Greatest(F("empty_at_alert") - F("empty_at_opening"), Value(0))),
    output_field=IntegerField(),
)
MEASURES = {
    "alerts": Count("pk"),
    "seen": Count("seen_at"),
    "taken": Count("taken_at"),
    "proposed": Count("proposed_at"),
    "given_up": Count("pk", filter=Q(stage=Stage.GIVEN_UP)),
    "seen_half": Percentile(_since("seen_at"), 0.5),
    "seen_most": Percentile(_since("seen_at"), 0.9),
    "taken_half": Percentile(_since("taken_at"), 0.5),
    "taken_most": Percentile(_since("taken_at"), 0.9),
    "proposed_half": Percentile(_since("proposed_at"), 0.5),
    "proposed_most": Percentile(_since("proposed_at"), 0.9),
    "opened": Count("pk", filter=HAS_OPENED),
    "empty_before": Sum("empty_at_alert", filter=HAS_OPENED, default=0),
    "empty_after": Sum("empty_at_opening", default=0),
    "filled": Sum(_FILLED, default=0),
    "thanks": Sum("seated_thanks", default=0),
}


@dataclass(frozen=True)
class Reaction:
    """The measures of some alerts. label: the bassin or the month; note: its team."""

    label: str
    measures: dict[str, Any]
    note: str = ""

    @property
    def untaken(self) -> int:
        return self.measures["alerts"] - self.measures["taken"]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["measures"][name]
        except KeyError:
            raise AttributeError(name) from None


def alerts(actor: Actor, months: int, area: EmploymentArea | None = None) -> QuerySet[SaturationCase]:
    """The cases that the reader sees, alerted in the present month or the `months` - 1 before."""
    rows = SaturationCase.objects.visible_to(actor).filter(opened_at__gte=_midnight(first_month(months)))
    return rows.filter(area=area) if area is not None else rows


def first_month(months: int) -> date:
    """The first day of a period of so many months that ends with the present one."""
    today = clock.today()
    year, month = divmod(today.year * 12 + today.month - months, 12)
    return date(year, month + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def total(rows: QuerySet[SaturationCase]) -> Reaction:
    return Reaction("Ensemble", rows.order_by().aggregate(**MEASURES))


def by_area(rows: QuerySet[SaturationCase]) -> list[Reaction]:
    """One line per bassin, with the agencies that serve it, by name."""
    found = list(
        rows.order_by().values("area", "area__name").annotate(**MEASURES).order_by("area__name", "area")
    )
    names = teams(row["area"] for row in found if row["area"] is not None)
    return [
        Reaction(row["area__name"] or "Bassin inconnu", row, ", ".join(names.get(row["area"], [])))
        for row in found
    ]


def by_month(rows: QuerySet[SaturationCase]) -> list[Reaction]:
    """One line per month of alert, the earliest first."""
    found = rows.order_by().annotate(month=TruncMonth("opened_at")).values("month").annotate(**MEASURES)
    return [Reaction(f"{row['month']:%m/%Y}", row) for row in found.order_by("month")]


def in_words(wait: timedelta | None) -> str:
    """« 35 min », « 9 h », « 2 j 4 h »; a dash for None."""
    if wait is None:
        return "–"
    minutes = round(wait.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min"
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours}{NO_BREAK}h"
    days, rest = divmod(hours, 24)
    return f"{days}{NO_BREAK}j {rest}{NO_BREAK}h" if rest else f"{days}{NO_BREAK}j"


def chart(months: Iterable[Reaction], whole: Reaction) -> Chart | None:
    """Median time to each first step by month of alert, in hours; None while nobody has reacted."""
    months = list(months)
    if not whole.seen:
        return None
    steps = (
        ("Vue", "seen_half"),
        ("Prise en charge", "taken_half"),
        ("Premier candidat proposé", "proposed_half"),
    )
    return Chart(
        id="g-reactions",
        finding=finding(whole),
        kind="column",
        categories=[month.label for month in months],
        series=[
            Series(label, [_hours(getattr(month, measure)) for month in months]) for label, measure in steps
        ],
        unit="h",
        category_label="Mois de l'alerte",
        note="Délai médian depuis l'alerte, en heures, nuits et dimanches compris.",
    )


def _hours(wait: timedelta | None) -> float | None:
    return None if wait is None else round(wait.total_seconds() / 3600, 1)


def finding(whole: Reaction) -> str:
    """What to remember of the reactions, in one sentence."""
    if not whole.taken:
        said = "Aucune alerte n'a été prise en charge"
    else:
        said = f"La moitié des alertes prises en charge l'ont été en moins de {in_words(whole.taken_half)}"
    if whole.untaken:
        said += f" ; {count(whole.untaken, 'reste sans réaction,restent sans réaction')} sur {whole.alerts}"
    return said
