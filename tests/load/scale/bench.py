"""The run itself: sizes one after the other, then the table of what grew."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from django.db import connection

from config import clock
from tests.load.scale.build import build, connect, is_built
from tests.load.scale.detectors import detections
from tests.load.scale.measure import Cost, measured
from tests.load.scale.pages import works
from tests.load.scale.tables import rows, run

REPORT = Path(__file__).resolve().parents[3] / "var" / "bench-scale.json"
#: size in pathways -> (who, what) -> cost
Results = dict[int, dict[tuple[str, str], Cost]]


def bench(pathways: int, events: int, sizes: list[int], keep: bool) -> int:
    """Build, measure and print each size (percentages of `pathways`). Returns the exit code of the command."""
    results: Results = {}
    facts: dict[int, int] = {}
    for size in sizes:
        people = max(2_000, pathways * size // 100)
        name = f"scale_{people}"
        connect(name)
        day = is_built(people, events)
        print(f"\n{people:,} parcours", flush=True)
        if day is None:
            day = clock.today()
            build(people, events, day, tell=lambda line: print(line, flush=True))
        facts[people] = rows("SELECT count(*) FROM pathways_event")[0][0]
        start = perf_counter()
        results[people] = measure(day)
        print(f"  mesures en {perf_counter() - start:.0f} s", flush=True)
        write(results, facts)
        if not keep:
            connect("postgres")
            run(f'DROP DATABASE "{name}"')
    print(table(results))
    return 0


def measure(day) -> dict[tuple[str, str], Cost]:
    """The cost of everything in the connected database, as on `day`."""
    run("SET max_parallel_workers_per_gather = 0")
    found: dict[tuple[str, str], Cost] = {}
    with clock.at(day):
        for what, cost in detections():
            found["détection", what] = cost
        run("VACUUM ANALYZE notifications_alert")
        run("VACUUM ANALYZE notifications_alertaudience")
        for who, what, work in works():
            found[who, what] = measured(work)
    connection.close()
    return found


def write(results: Results, facts: dict[int, int]) -> None:
    REPORT.parent.mkdir(exist_ok=True)
    sizes = {
        str(people): {
            "events": facts[people],
            "costs": [{"who": who, "what": what, **asdict(cost)} for (who, what), cost in costs.items()],
        }
        for people, costs in results.items()
    }
    REPORT.write_text(json.dumps(sizes, indent=1, ensure_ascii=False))


def table(results: Results) -> str:
    """One line per piece of work: for each size its milliseconds, statements and blocks, then how much they grew."""
    sizes = sorted(results)
    head = f"\n{'':<66}" + "".join(f"{f'{size:,}':>24}" for size in sizes) + f"{'ms ×':>8}{'blocs ×':>9}"
    legend = f"{'':<66}" + "".join(f"{'ms   requêtes   blocs':>24}" for _ in sizes)
    lines = [head, legend]
    for who, what in results[sizes[-1]]:
        costs = [results[size].get((who, what)) for size in sizes]
        cells = "".join(
            f"{cost.ms:>10.1f}{cost.statements:>5}{cost.blocks:>9}" if cost else f"{'–':>24}"
            for cost in costs
        )
        first, last = costs[0], costs[-1]
        growth = (
            f"{last.ms / max(first.ms, 0.1):>8.1f}{last.blocks / max(first.blocks, 1):>9.1f}" if first else ""
        )
        lines.append(f"{who + ' : ' + what:<66}{cells}{growth}")
    return "\n".join(lines)
