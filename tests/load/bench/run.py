"""The whole bench, from an empty database to its report."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from itertools import islice

from django.core.management import call_command
from django.db import connection

from config import clock
from pathways.models import Event, Pathway
from tests.load.bench import bulk, engine, jalons, plain_fsm, raw_sql, spiff, viewflow_tasks
from tests.load.bench.contest import WARM_UP, race
from tests.load.bench.people import TODAY, People, settle
from tests.load.bench.report import Report
from tests.load.bench.round_trips import round_trips

#: Ratio -> how much faster the first is than the second, for the same work.
PAIRS = (
    ("apply_vs_raw_pair", "apply", "raw_pair"),
    ("apply_vs_raw_one_statement", "apply", "raw_one_statement"),
    ("apply_vs_django_fsm", "apply", "django_fsm"),
    ("apply_vs_viewflow", "apply", "viewflow"),
    ("apply_vs_spiffworkflow", "apply", "spiffworkflow"),
    ("apply_admit_vs_raw_admit", "apply_admit", "raw_admit"),
)
#: Turns that each contestant plays for the count of round trips.
COUNTED = 2


@dataclass(frozen=True)
class Sizes:
    """single: transitions of each contestant of a race. many: rows moved at once. rows: of each table at the start."""

    single: int
    many: int
    rounds: int = 3

    @classmethod
    def of_environment(cls) -> Sizes:
        return cls(int(os.environ.get("BENCH_N", "300")), int(os.environ.get("BENCH_BULK", "20000")))

    @property
    def race(self) -> int:
        """Rows that one contestant uses in its two races, with and without waiting for the disk."""
        return 2 * (WARM_UP + self.single) + COUNTED

    @property
    def identified(self) -> int:
        """People at « identifié »: three contestants' races, explanations, corrections, and the bulk rounds."""
        return 3 * self.race + 3 * self.single + 1 + bulk.people(self.many, self.rounds)


def run(sizes: Sizes) -> Report:
    """Build, measure, compare. Raises AssertionError when a contestant did not write what it should have."""
    tell("a fresh database")
    wait_for_disk(False)
    call_command("migrate", verbosity=0, interactive=False)
    # The contestants' own tables, which have no migrations and refer to the product's.
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    with clock.at(TODAY):
        tell(f"{sizes.identified:,} people, eight facts each")
        people = settle(sizes.identified, 2 * sizes.race)
        report = Report(
            {
                "BENCH_N": sizes.single,
                "BENCH_BULK": sizes.many,
                "pathways": Pathway.objects.count(),
                "events": Event.objects.count(),
            }
        )
        report.load.append(round(os.getloadavg()[0], 1))
        # First of all: the peaks of memory are the process's, and nothing big has happened yet.
        tell("rebuild of every projection")
        measure_rebuild(report)
        racers = contestants(people, sizes)
        tell(f"races of {sizes.single} transitions")
        measure_single(report, racers, sizes.single)
        report.round_trips = round_trips(racers)
        report.figures["apply_round_trips"] = report.round_trips["apply"]
        tell("replay, explanations, corrections")
        report.times |= engine.measure_replay(people, max(50, sizes.single))
        report.figures["replay_40_events_ms"] = report.times["replay_40_events"].median
        report.times |= engine.measure_explain(people, sizes.single)
        measure_corrections(report, people, sizes.single)
        tell(f"{sizes.many:,} rows at once, {sizes.rounds} rounds")
        bulk.measure(report, people, sizes.many, sizes.rounds)
    report.load.append(round(os.getloadavg()[0], 1))
    return report


def tell(step: str) -> None:
    """Say what is being done, beside the report."""
    print(f"bench: {step}…", file=sys.stderr, flush=True)


def contestants(people: People, sizes: Sizes) -> list:
    """Everyone who races, their own rows before them; every table holds as many rows as there are people."""
    count = Pathway.objects.count()
    referent, provider = people.world.referent, people.world.provider
    admitted = list(people.attended)
    requests = jalons.requests_of(admitted)
    cases = plain_fsm.settle(people.take(1)[0], count)
    racers = [
        raw_sql.Pair(iter(people.take(sizes.race)), referent),
        raw_sql.OneStatement(iter(people.take(sizes.race)), referent),
        jalons.Outcome(iter(people.take(sizes.race)), referent),
        plain_fsm.Plain(cases, referent),
        viewflow_tasks.HumanTask(viewflow_tasks.settle(count), referent),
        spiff.UserTask(spiff.settle(count)),
        raw_sql.Admission(islice(iter(admitted), 0, None, 2), provider, requests),
        jalons.Admission(islice(iter(admitted), 1, None, 2), provider, requests),
    ]
    checkpoint()
    return racers


def measure_rebuild(report: Report) -> None:
    rebuilt = engine.rebuild_all()
    report.figures["rebuild_events_per_s"] = rebuilt.events / rebuilt.seconds
    report.figures["rebuild_events_per_python_s"] = rebuilt.events / rebuilt.cpu_seconds
    report.figures["rebuild_peak_mb_at_a_quarter"] = rebuilt.peak_at_a_quarter
    report.figures["rebuild_memory_growth_mb"] = rebuilt.peak_at_the_end - rebuilt.peak_at_a_quarter


def measure_single(report: Report, racers: list, turns: int) -> None:
    """One transition of each contestant in turn; then again without waiting for the disk (suffix _no_wait)."""
    for suffix, waits in (("", True), ("_no_wait", False)):
        wait_for_disk(waits)
        report.times |= {f"{name}{suffix}": times for name, times in race(racers, turns).items()}
        for name, mine, other in PAIRS:
            report.compare(f"{name}{suffix}", f"{mine}{suffix}", f"{other}{suffix}")
    wait_for_disk(True)


def measure_corrections(report: Report, people: People, turns: int) -> None:
    """Facts taken back and restated, by whoever stated them."""
    keys = people.take(2 * turns)
    statement = jalons.Outcome(iter(keys), people.world.referent)
    for key in keys:
        statement.work(key)
    report.times |= engine.measure_corrections(keys, people.world.referent)


def wait_for_disk(waits: bool) -> None:
    """Whether each transaction waits until the disk holds it, as for users; the rest of the run is spared that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('synchronous_commit', %s, false)", ["on" if waits else "off"])


def checkpoint() -> None:
    """Have PostgreSQL write what was built, so that no contestant pays for it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # or autovacuum would do it in the middle of a race
        cursor.execute("CHECKPOINT")
