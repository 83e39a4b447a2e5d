"""The interval of a proportion (Wilson 1927): it stays within 0 and 1 and holds for small numbers and rare events."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """Bounds of a proportion, from 0 to 1."""

    low: float
    high: float

    def is_apart_from(self, other: Interval) -> bool:
        return self.high < other.low or other.high < self.low


def wilson(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """The interval that holds the proportion behind `hits` out of `trials` (at least 1) with this confidence."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / trials
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    centre = share + z * z / (2 * trials)
    # Rounding may leave a hair below zero.
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))
