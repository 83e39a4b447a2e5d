"""What one piece of work costs: milliseconds, statements, and blocks that the server touched for it.

The blocks are those that PostgreSQL counted for our own session (`pg_stat_get_backend_io`), hits and reads together:
no statement is run twice, and writes are measured like reads. Parallel workers are switched off, so that all are seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

BLOCK = 8192
TIMES = 5
#: Work that takes longer than this is repeated less often.
SLOW_MS = 1000.0


@dataclass(frozen=True)
class Cost:
    """ms: the median. statements, blocks: of one run, the caches being warm. note: what was found, for the reader."""

    ms: float
    statements: int
    blocks: int
    note: str = ""


def measured(work: Callable[[], object]) -> Cost:
    """The cost of work that may be repeated: once to warm up, once to count, then for the time."""
    work()
    counted = once(work)
    times = [counted.ms]
    for _ in range(TIMES - 1 if counted.ms < SLOW_MS else 1):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1000)
    return Cost(round(median(times), 1), counted.statements, counted.blocks, counted.note)


def once(work: Callable[[], object]) -> Cost:
    """The cost of work done a single time; what it returns is the note when it is text."""
    before = _blocks()
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        start = perf_counter()
        found = work()
        spent = (perf_counter() - start) * 1000
    return Cost(round(spent, 1), len(captured), _blocks() - before, found if isinstance(found, str) else "")


def _blocks() -> int:
    """Blocks that this session has touched so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT coalesce(sum(hits), 0) + coalesce(sum(read_bytes), 0) / %s"
            " FROM pg_stat_get_backend_io(pg_backend_pid())",
            [BLOCK],
        )
        return int(cursor.fetchone()[0])
