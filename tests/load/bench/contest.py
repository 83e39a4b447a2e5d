"""A race: the same work done by several contestants, in turn, so that the noise of the machine meets them all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol

WARM_UP = 5  # turns that are not counted
BLOCKS = 10  # parts of a race whose ratios are compared


class Contestant(Protocol):
    """name: the key of its figures. keys: of its rows, each used once."""

    name: str
    keys: Iterator[int]

    def work(self, key: int) -> None:
        """Do the work on one row, in a transaction of its own."""

    def check(self, keys: Sequence[int]) -> None:
        """Raise AssertionError unless these rows hold what the work should have written."""


@dataclass(frozen=True)
class Times:
    """How long each turn of one contestant took, in milliseconds."""

    all: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.all)

    @property
    def quartiles(self) -> tuple[float, float]:
        if len(self.all) < 2:
            return self.median, self.median
        low, _, high = quantiles(self.all, n=4)
        return low, high

    def blocks(self) -> list[float]:
        """The medians of successive parts of the race."""
        size = max(1, len(self.all) // BLOCKS)
        return [median(self.all[at : at + size]) for at in range(0, len(self.all) - size + 1, size)]


def race(contestants: Sequence[Contestant], turns: int) -> dict[str, Times]:
    """Each contestant's times over so many turns; who begins a turn changes. Then what they wrote is checked."""
    spent: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    done: dict[str, list[int]] = {contestant.name: [] for contestant in contestants}
    for turn in range(WARM_UP + turns):
        first = turn % len(contestants)
        for contestant in (*contestants[first:], *contestants[:first]):
            key = next(contestant.keys)
            milliseconds = timed(contestant.work, key)
            done[contestant.name].append(key)
            if turn >= WARM_UP:
                spent[contestant.name].append(milliseconds)
    for contestant in contestants:
        contestant.check(done[contestant.name])
    return {name: Times(tuple(times)) for name, times in spent.items()}


def timed(work, *args) -> float:
    """How many milliseconds one call takes."""
    start = time.perf_counter_ns()
    work(*args)
    return (time.perf_counter_ns() - start) / 1e6


def repeated(work, times: int, *args) -> Times:
    """The times of the same call, made over and over."""
    return Times(tuple(timed(work, *args) for _ in range(times)))


@dataclass(frozen=True)
class Ratio:
    """How many times as long `other` takes as `mine`; the extremes over the parts of the race tell how firm it is."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, other: Times, mine: Times) -> Ratio:
        parts = [a / b for a, b in zip(other.blocks(), mine.blocks(), strict=False)]
        return cls(other.median / mine.median, min(parts), max(parts))


def peak_memory() -> float:
    """The most memory that this process has held at once so far, in MB."""
    import resource

    scale = 1 if os.uname().sysname == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20
