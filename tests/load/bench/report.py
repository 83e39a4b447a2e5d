"""What the bench found: a table to read, and bench.json to compare."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.load.bench.contest import Ratio, Times

#: Figure -> what it must at least be, or (AT_MOST) at most.
AT_LEAST = {
    "apply_vs_raw_pair": 1.0,
    "apply_vs_django_fsm": 4.0,
    "apply_many_vs_raw_set": 0.6,
    "rebuild_events_per_s": 50_000,
}
AT_MOST = {"apply_round_trips": 3, "replay_40_events_ms": 1.0, "rebuild_memory_growth_mb": 5.0}


@dataclass
class Report:
    """load: how many processes were at work, before and after the run.

    times: figure -> times of one call. ratios: figure -> ratio. figures: anything else that is one number.
    """

    sizes: dict[str, int]
    load: list[float] = field(default_factory=list)
    times: dict[str, Times] = field(default_factory=dict)
    ratios: dict[str, Ratio] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    round_trips: dict[str, int] = field(default_factory=dict)

    def compare(self, name: str, mine: str, other: str) -> None:
        """`name` is how many times faster `mine` is than `other`."""
        self.ratios[name] = Ratio.of(self.times[other], self.times[mine])

    def values(self) -> dict[str, float]:
        """Ratios and other figures under their names."""
        ratios = {name: round(ratio.value, 3) for name, ratio in self.ratios.items()}
        works = {f"{name}_work": round(ratio.work, 3) for name, ratio in self.ratios.items()}
        return {**ratios, **works, **{name: round(value, 3) for name, value in self.figures.items()}}

    def as_json(self) -> dict[str, Any]:
        return {
            **self.values(),
            "sizes": self.sizes,
            "medians_ms": {name: round(times.median, 3) for name, times in self.times.items()},
            "python_ms": {name: round(times.work[0], 3) for name, times in self.times.items()},
            "server_ms": {name: round(times.work[1], 3) for name, times in self.times.items()},
            "quartiles_ms": {
                name: [round(q, 3) for q in times.quartiles] for name, times in self.times.items()
            },
            "ratio_extremes": {
                name: [round(ratio.low, 3), round(ratio.high, 3)] for name, ratio in self.ratios.items()
            },
            "round_trips": self.round_trips,
            "cores": os.cpu_count(),
            "load": self.load,
            "aims": {
                name: {"wanted": wanted, "reached": reached} for name, _, wanted, reached in self.aims()
            },
        }

    def aims(self) -> Iterator[tuple[str, float, str, bool]]:
        """Each aim that was measured: its figure, what it is, what it should be, whether it is reached."""
        values = self.values()
        for name, least in AT_LEAST.items():
            if name in values:
                yield name, values[name], f">= {least:g}", values[name] >= least
        for name, most in AT_MOST.items():
            if name in values:
                yield name, values[name], f"<= {most:g}", values[name] <= most

    def lines(self) -> Iterator[str]:
        """The table that `make bench` prints."""
        yield f"{'one call':<34}{'median ms':>11}{'quartiles':>20}{'Python ms':>11}{'server ms':>11}{'round trips':>13}"
        for name, times in self.times.items():
            low, high = times.quartiles
            (python, server), trips = times.work, self.round_trips.get(name, "")
            spread = f"{low:.3f} – {high:.3f}"
            yield f"{name:<34}{times.median:>11.3f}{spread:>20}{python:>11.3f}{server:>11.3f}{trips:>13}"
        yield ""
        yield f"{'ratio (times faster)':<34}{'value':>11}{'extremes':>20}{'by work':>11}"
        for name, ratio in self.ratios.items():
            yield f"{name:<34}{ratio.value:>11.2f}{f'{ratio.low:.2f} – {ratio.high:.2f}':>20}{ratio.work:>11.2f}"
        yield ""
        for name, value in self.figures.items():
            yield f"{name:<34}{value:>11,.3f}".rstrip("0").rstrip(".")
        yield ""
        yield f"{os.cpu_count()} cores; processes at work before and after: {self.load}"
        yield ""
        yield f"{'aim':<34}{'found':>11}{'wanted':>12}"
        for name, found, wanted, reached in self.aims():
            yield f"{name:<34}{found:>11,.2f}{wanted:>12}  {'reached' if reached else 'NOT REACHED'}"

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n")
