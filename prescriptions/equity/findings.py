"""What the figures bear: a difference is said only where the interval of the gap leaves zero out.

Each group is compared with everybody else, and the confidence is raised with the number of comparisons (Bonferroni), so
that thirty pôles do not make one stand out by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.ui.charts import Chart, Series
from config.ui.dates import NO_BREAK, number
from prescriptions.equity.figures import Breakdown, Row
from prescriptions.equity.wilson import gap

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Difference:
    """A group that differs from all others taken together."""

    row: Row
    rest: Row

    @property
    def gap(self) -> float:
        return self.row.rate - self.rest.rate


def differences(breakdown: Breakdown, total: Row) -> list[Difference]:
    """The groups that stand apart, the widest gap first."""
    compared = [
        Difference(row, Row("les autres", total.decided - row.decided, total.refused - row.refused))
        for row in breakdown.shown
        if row.decided < total.decided
    ]
    if len(breakdown.rows) < 2 or not compared:
        return []
    # Of two groups, each is the other's rest: one comparison.
    comparisons = 1 if len(breakdown.rows) == 2 else len(compared)
    confidence = 1 - (1 - CONFIDENCE) / comparisons
    apart = [each for each in compared if not gap(_counts(each.row), _counts(each.rest), confidence).holds(0)]
    return sorted(apart, key=lambda each: -abs(each.gap))


def _counts(row: Row) -> tuple[int, int]:
    return row.refused, row.decided


def finding(breakdown: Breakdown, total: Row) -> str:
    """The title of the chart: what to remember of a breakdown."""
    plural = breakdown.dimension.plural
    if len(breakdown.shown) < 2 and len(breakdown.rows) > 1:
        return f"Effectifs trop faibles pour comparer {plural}"
    found = differences(breakdown, total)
    if not found:
        return f"Aucune différence établie entre {plural}"
    first = found[0]
    how = "plus" if first.gap > 0 else "moins"
    more = ""
    if len(found) > 1 and len(breakdown.rows) > 2:
        others = len(found) - 1
        more = f" ; {others} autre écart établi" if others == 1 else f" ; {others} autres écarts établis"
    return (
        f"{first.row.label} : refus {how} fréquents que pour les autres, {percent(first.row.rate)}"
        f" contre {percent(first.rest.rate)}{more}"
    )


def percent(share: float, decimals: int = 0) -> str:
    return f"{number(100 * share, decimals)}{NO_BREAK}%"


def chart(breakdown: Breakdown, total: Row) -> Chart:
    """Each group's rate with its interval, against the rate of all; hidden groups are not drawn."""
    rows = breakdown.shown
    intervals = [row.interval for row in rows]
    masked = len(breakdown.hidden)
    note = "Point : taux de refus observé. Trait : intervalle de confiance à 95 % (Wilson)."
    if masked:
        note += f" {masked} lignes masquées : effectifs trop faibles."
    return Chart(
        f"equite-{breakdown.dimension.code}",
        finding(breakdown, total),
        "interval",
        [row.label for row in rows],
        [
            Series("Taux de refus", [round(100 * row.rate, 1) for row in rows]),
            Series("Au moins", [round(100 * each.low, 1) for each in intervals]),
            Series("Au plus", [round(100 * each.high, 1) for each in intervals]),
        ],
        unit="%",
        category_label=breakdown.dimension.column,
        note=note,
        reference=round(100 * total.rate, 1),
    )
