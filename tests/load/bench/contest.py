"""A race: the same work done by several contestants, in turn, so that the noise of the machine meets them all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple, Protocol

from django.db import connection

WARM_UP = 5  # turns that are not counted
STREAK = 10  # turns of one contestant in a row, as in a loop
BLOCKS = 10  # parts of a race whose ratios are compared


class Contestant(Protocol):
    """name: the key of its figures. keys: of its rows, each used once."""

    name: str
    keys: Iterator[int]

    def work(self, key: int) -> None:
        """Do the work on one row, in a transaction of its own."""

    def check(self, keys: Sequence[int]) -> None:
        """Raise AssertionError unless these rows hold what the work should have written."""


class Turn(NamedTuple):
    """One call, in milliseconds: by the clock, of this program's own work, and of the server's work for it."""

    wall: float
    python: float
    server: float


@dataclass(frozen=True)
class Times:
    """How long each turn of one contestant took, in milliseconds.

    python, server: how much of it this program and its server process worked; the rest is waiting, for the disk or
    for whatever else the machine does.
    """

    all: tuple[float, ...]
    python: tuple[float, ...]
    server: tuple[float, ...]

    @classmethod
    def of(cls, turns: Iterable[Turn]) -> Times:
        return cls(*zip(*turns, strict=True))

    @property
    def median(self) -> float:
        return median(self.all)

    @property
    def work(self) -> tuple[float, float]:
        """The medians of what Python and the server work."""
        return median(self.python), median(self.server)

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
    """Each contestant's times over so many turns, a few in a row, each beginning in its turn; then a check."""
    spent: dict[str, list[Turn]] = {contestant.name: [] for contestant in contestants}
    done: dict[str, list[int]] = {contestant.name: [] for contestant in contestants}
    for played in range(0, WARM_UP + turns, STREAK):
        first = played // STREAK % len(contestants)
        for contestant in (*contestants[first:], *contestants[:first]):
            for key in islice(contestant.keys, min(STREAK, WARM_UP + turns - played)):
                spent[contestant.name].append(timed(contestant.work, key))
                done[contestant.name].append(key)
    for contestant in contestants:
        contestant.check(done[contestant.name])
    return {name: Times.of(times[WARM_UP:]) for name, times in spent.items()}


def timed(work, *args) -> Turn:
    """How long one call takes."""
    served, start, worked = server_time(), time.perf_counter_ns(), time.thread_time_ns()
    work(*args)
    spent = (time.perf_counter_ns() - start, time.thread_time_ns() - worked, server_time() - served)
    return Turn(*(nanoseconds / 1e6 for nanoseconds in spent))


def server_time() -> int:
    """How long the server process of Django's connection has worked, in nanoseconds; 0 where no Linux tells it."""
    try:
        return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0])
    except OSError:
        return 0


def repeated(work, times: int, *args) -> Times:
    """The times of the same call, made over and over."""
    return Times.of(timed(work, *args) for _ in range(times))


@dataclass(frozen=True)
class Ratio:
    """How many times as long `other` takes as `mine`; the extremes over the parts of the race tell how firm it is.

    work: the ratio of what Python and the server really worked.
    """

    value: float
    low: float
    high: float
    work: float

    @classmethod
    def of(cls, other: Times, mine: Times) -> Ratio:
        parts = [a / b for a, b in zip(other.blocks(), mine.blocks(), strict=False)]
        return cls(other.median / mine.median, min(parts), max(parts), sum(other.work) / sum(mine.work))


def peak_memory() -> float:
    """The most memory that this process has held at once so far, in MB."""
    import resource

    scale = 1 if os.uname().sysname == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20
