"""The interval of a proportion (Wilson 1927) and of the gap between two (Newcombe 1998), which hold for small numbers.

Two intervals may overlap while the gap between the proportions is established: the gap has an interval of its own.
"""

from __future__ import annotations

from math import hypot, sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """Bounds of a proportion, from 0 to 1, or of a gap between two, from -1 to 1."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """The interval that holds the proportion behind `hits` out of `trials` (at least 1) with this confidence."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / trials
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    centre = share + z * z / (2 * trials)
    # Rounding may leave a hair below zero.
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def gap(first: tuple[int, int], second: tuple[int, int], confidence: float = 0.95) -> Interval:
    """The interval of the first proportion less the second, each given as (hits, trials) (Newcombe 1998, method 10)."""
    (p, one), (q, other) = (
        (hits / trials, wilson(hits, trials, confidence)) for hits, trials in (first, second)
    )
    return Interval(
        p - q - hypot(p - one.low, other.high - q),
        p - q + hypot(one.high - p, q - other.low),
    )
