"""Charts as data: a kind, categories and series; `charts.js` draws them, the table behind reads the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

KINDS = frozenset({"bar", "column", "stacked", "line", "funnel", "calendar", "interval"})


@dataclass(frozen=True)
class Series:
    """One named list of numbers, as long as the chart's categories. None draws a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """One chart and its table.

    `finding` is the title and says what to remember (« Un parcours sur trois s'arrête avant l'entrée »);
    `unit` is the word after each value. Kinds: `bar` horizontal, `column`, `stacked` columns, `line`,
    `funnel`, `calendar` (categories are ISO days) and `interval` (three series: value, low, high; horizontal).
    `reference` draws a line across at that value. Raises ValueError on an unknown kind or uneven lengths.
    """

    id: str
    finding: str
    kind: str
    categories: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    category_label: str = "Catégorie"
    note: str = ""
    options: dict = field(default_factory=dict)
    reference: float | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of chart: {self.kind}")
        uneven = [series.name for series in self.series if len(series.values) != len(self.categories)]
        if uneven:
            raise ValueError(f"chart {self.id}: values and categories differ in length for {uneven}")

    def payload(self) -> dict:
        """What `charts.js` reads: plain JSON, no function and no markup."""
        return {
            "kind": self.kind,
            "title": self.finding,
            "unit": self.unit,
            "categories": list(self.categories),
            "series": [{"name": series.name, "values": list(series.values)} for series in self.series],
            "options": self.options,
            "reference": self.reference,
        }

    def rows(self) -> list[tuple[str, list[float | None]]]:
        """The table behind: one row per category, one cell per series."""
        return [
            (category, [series.values[index] for series in self.series])
            for index, category in enumerate(self.categories)
        ]
