"""Many rows at once: the same fact stated for thousands of people by one call."""

from __future__ import annotations

from collections.abc import Sequence

from pathways.actor import Actor
from pathways.bulk import apply_many
from tests.load.bench import raw_sql
from tests.load.bench.contest import Times, Turn, timed
from tests.load.bench.jalons import REASON, check_outcomes
from tests.load.bench.people import People
from tests.load.bench.report import Report


def people(many: int, rounds: int) -> int:
    """How many people the rounds use."""
    return 2 * many * rounds


def state_all(keys: Sequence[int], actor: Actor) -> None:
    """`apply_many()`: the checks, the columns and the hooks of `apply()` for each person, in set-based SQL."""
    report = apply_many("record_outcome", keys, actor, reason=REASON)
    if len(report.done) != len(keys) or report.refused:
        raise AssertionError(f"{len(report.refused)} people refused")


def measure(report: Report, people: People, many: int, rounds: int) -> None:
    """Rounds in which each contestant moves as many people; who begins changes."""
    contestants = {"raw_set": raw_sql.move_all, "apply_many": state_all}
    spent: dict[str, list[Turn]] = {name: [] for name in contestants}
    for turn in range(rounds):
        order = list(contestants) if turn % 2 else list(reversed(contestants))
        for name in order:
            keys = people.take(many)
            spent[name].append(timed(contestants[name], keys, people.world.referent))
            check_outcomes(keys)
    report.times |= {name: Times.of(times) for name, times in spent.items()}
    report.figures["raw_set_rows_per_s"] = many / report.times["raw_set"].median * 1000
    report.compare("apply_many_vs_raw_set", "apply_many", "raw_set")
    each = report.times["apply_many"].median / many
    report.figures["apply_many_rows_per_s"] = 1000 / each
    report.figures["apply_many_vs_apply_loop"] = report.times["apply"].median / each
