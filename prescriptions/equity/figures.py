"""Refusals and decisions, by who the person is and who decided: counts first, then what of them may be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, IntegerField, QuerySet

from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Organisation
from pathways.models.beneficiary import Sex
from pathways.small_numbers import hidden
from prescriptions.enums import PrescriptionState, RefusalReason
from prescriptions.equity.wilson import Interval, wilson
from prescriptions.models import Prescription, Session

#: First age of each band, with its name.
AGE_BANDS = (
    (0, "Moins de 26 ans"),
    (26, "26 à 34 ans"),
    (35, "35 à 44 ans"),
    (45, "45 à 54 ans"),
    (55, "55 ans et plus"),
)
UNKNOWN = "Non renseigné"


@dataclass(frozen=True)
class Dimension:
    """A way of telling people or deciders apart. plural: « les pôles », for sentences; column: head of the table."""

    code: str
    title: str
    plural: str
    column: str


SEX = Dimension("sexe", "Par sexe", "les femmes et les hommes", "Sexe")
AGE = Dimension("age", "Par âge", "les âges", "Âge à la décision")
POLE = Dimension("pole", "Par pôle d'insertion", "les pôles", "Pôle d'insertion")
PROVIDER = Dimension("organisme", "Par organisme de formation", "les organismes", "Organisme de formation")
DIMENSIONS = (SEX, AGE, POLE, PROVIDER)


@dataclass(frozen=True)
class Row:
    """One category: its counts, or nothing but its name where they are hidden."""

    label: str
    decided: int = 0
    refused: int = 0
    is_hidden: bool = False

    @property
    def rate(self) -> float:
        return self.refused / self.decided

    @property
    def interval(self) -> Interval:
        return wilson(self.refused, self.decided)


@dataclass(frozen=True)
class Breakdown:
    """The rows of one dimension: those shown in their order, then those hidden by name, whose order tells nothing."""

    dimension: Dimension
    shown: tuple[Row, ...]
    hidden: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.shown + self.hidden


@dataclass(frozen=True)
class Equity:
    """What may be shown of a year. total: None when even the totals are small numbers. reasons: (label, refusals)."""

    year: int
    total: Row | None
    breakdowns: tuple[Breakdown, ...] = ()
    reasons: tuple[Row, ...] = ()


def decisions(actor: Actor) -> QuerySet[Prescription]:
    """The requests of which a provider has decided: the reader's people; for the Région, everybody, never named."""
    if actor.has_role(Role.REGION_OFFICER):
        rows = Prescription.objects.filter(
            session__in=Session.objects.visible_to(actor).order_by().values("pk")
        )
    else:
        rows = Prescription.objects.visible_to(actor)
    return rows.filter(decided_on__isnull=False).order_by()


def years(actor: Actor) -> list[int]:
    """The years of which there is something to say, the latest first.

    Whole years only: from two periods that overlap, a reader would subtract what either of them hides.
    """
    return sorted(decisions(actor).values_list("decided_on__year", flat=True).distinct(), reverse=True)


def equity(actor: Actor, year: int, least: int) -> Equity:
    """The refusals of a year with every small number hidden."""
    tallies, reasons = _tally(decisions(actor).filter(decided_on__year=year))
    total = Row("Ensemble", *_sums(tallies[SEX.code].values()))
    parts = [(total.refused, total.decided - total.refused)]
    if not total.decided or hidden(parts, least) is None:
        return Equity(year, None)
    breakdowns = tuple(_breakdown(dimension, tallies[dimension.code], least) for dimension in DIMENSIONS)
    return Equity(year, total, breakdowns, _reasons(reasons, least))


def _sums(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    counts = list(counts)
    return sum(decided for decided, _ in counts), sum(refused for _, refused in counts)


def _breakdown(dimension: Dimension, tally: Mapping[str, tuple[int, int]], least: int) -> Breakdown:
    rows = [Row(label, *counts) for label, counts in tally.items()]
    gone = hidden([(row.refused, row.decided - row.refused) for row in rows], least) or frozenset()
    return Breakdown(dimension, *_parted(rows, gone))


def _parted(rows: list[Row], gone: frozenset[int]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    shown = tuple(row for place, row in enumerate(rows) if place not in gone)
    names = sorted(rows[place].label for place in gone)
    return shown, tuple(Row(name, is_hidden=True) for name in names)


def _reasons(counts: Mapping[str, int], least: int) -> tuple[Row, ...]:
    rows = [Row(str(RefusalReason(code).label), number, number) for code, number in counts.items()]
    rows.sort(key=lambda row: (-row.refused, row.label))
    gone = hidden([(row.refused,) for row in rows], least) if rows else frozenset()
    shown, masked = _parted(rows, gone or frozenset())
    return shown + masked


# ---- counting


class _Age(Func):
    """Whole years between two dates."""

    template = "date_part('year', age(%(expressions)s))::integer"
    output_field = IntegerField()


def _tally(rows: QuerySet[Prescription]) -> tuple[dict[str, dict[str, tuple[int, int]]], Counter]:
    """(dimension -> label -> (decisions, refusals)), and refusals by reason: one statement, whatever the number."""
    groups = (
        rows.annotate(age=_Age(F("decided_on"), F("pathway__beneficiary__birth_date")))
        .values_list(
            "pathway__beneficiary__sex",
            "age",
            "pathway__pole",
            "session__provider",
            "state",
            "refusal_reason",
        )
        .annotate(number=Count("pk"))
    )
    found: dict[str, Counter] = {dimension.code: Counter() for dimension in DIMENSIONS}
    refused: dict[str, Counter] = {dimension.code: Counter() for dimension in DIMENSIONS}
    reasons: Counter = Counter()
    for sex, age, pole, provider, state, reason, number in groups:
        is_refusal = state == PrescriptionState.REFUSED
        reasons[reason] += number if is_refusal else 0
        for dimension, value in zip(DIMENSIONS, (sex, _band(age), pole, provider), strict=True):
            found[dimension.code][value] += number
            refused[dimension.code][value] += number if is_refusal else 0
    names = _names(set(found[POLE.code]) | set(found[PROVIDER.code]))
    orders: dict[str, Callable[[Any], str]] = {
        SEX.code: lambda value: {Sex.FEMALE: "Femmes", Sex.MALE: "Hommes"}.get(value, UNKNOWN),
        AGE.code: lambda value: value,
        POLE.code: lambda value: names.get(value, UNKNOWN),
        PROVIDER.code: lambda value: names.get(value, UNKNOWN),
    }
    tallies = {
        code: dict(_labelled(found[code], refused[code], label_of, code)) for code, label_of in orders.items()
    }
    return tallies, +reasons


def _labelled(found: Counter, refused: Counter, label_of, code: str) -> Iterator[tuple[str, tuple[int, int]]]:
    order = [name for _, name in AGE_BANDS]
    merged: dict[str, tuple[int, int]] = {}
    for value, number in found.items():
        before = merged.get(label_of(value), (0, 0))
        merged[label_of(value)] = (before[0] + number, before[1] + refused[value])
    places = {name: place for place, name in enumerate(order)} if code == AGE.code else {}
    for label in sorted(merged, key=lambda label: (label == UNKNOWN, places.get(label, 0), label)):
        yield label, merged[label]


def _band(age: int) -> str:
    return next(name for first, name in reversed(AGE_BANDS) if age >= first)


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    """Organisation id -> its name, with its number where another bears the same."""
    rows = list(Organisation.objects.filter(pk__in=[pk for pk in ids if pk is not None]).order_by("pk"))
    alike = Counter(row.name for row in rows)
    return {
        row.pk: row.name if alike[row.name] == 1 else f"{row.name} ({row.siret or row.pk})" for row in rows
    }
