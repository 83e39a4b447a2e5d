"""How fast the door is, as ratios within one run (`make bench`). BENCH_N sets how many facts are stated.

Figures of a shared machine mean little alone; the ratio to the same work in raw SQL does.
"""

import json
import os
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from django.db import connection, transaction

from config import clock
from pathways.consistency import Progress, rebuild
from pathways.facts import Fact
from pathways.models import Event
from pathways.replay import fold, history, valid
from pathways.transitions import apply
from tests.factories import FIRST_DAY, World

#: The day on which everything is stated.
DAY = FIRST_DAY + timedelta(days=1)
N = int(os.environ.get("BENCH_N", "300"))
REPORT = Path(__file__).resolve().parents[2] / "var" / "bench.json"

pytestmark = pytest.mark.django_db(transaction=True)


def milliseconds(work, times: int) -> float:
    """The median duration of `work(i)` over `times` calls."""
    spent = []
    for i in range(times):
        start = perf_counter()
        work(i)
        spent.append((perf_counter() - start) * 1000)
    return median(spent)


def raw_pair(pathway_id: int, world) -> None:
    """What a program without an engine would do: UPDATE the state, INSERT a line of history, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE pathways_pathway SET last_fact_on = %s WHERE id = %s", [DAY, pathway_id])
        cursor.execute(
            "INSERT INTO pathways_event (pathway_id, kind, occurred_on, recorded_at, actor_id, organisation_id, role,"
            " origin, from_state, to_state, reason, comment, payload)"
            " VALUES (%s, 'note', %s, now(), %s, %s, 'referent', 'declared',"
            " 'identified', 'identified', '', 'x', '{}')",
            [pathway_id, DAY, world.referent.user_id, world.referent.organisation_id],
        )


def test_one_fact_against_raw_sql_replay_and_rebuild():
    world = World.make()
    stories = [world.story() for _ in range(20)]
    ids = cycle([story.pathway.pk for story in stories])
    with clock.at(DAY):
        door = milliseconds(lambda i: apply("note", next(ids), world.referent, comment="Échange."), N)
        raw = milliseconds(lambda i: raw_pair(next(ids), world), N)
    facts = valid(history(stories[0].pathway.pk))
    forty = [facts[0], *[Fact("note", FIRST_DAY, comment="x", id=n) for n in range(10**6, 10**6 + 39)]]
    start = perf_counter()
    assert list(rebuild(Progress())) == []
    report = {
        "facts": N,
        "apply_ms": round(door, 3),
        "raw_pair_ms": round(raw, 3),
        "apply_vs_raw_pair": round(raw / door, 3),
        "replay_40_events_ms": round(milliseconds(lambda i: fold(forty), 200), 3),
        "rebuild_events_per_s": round(Event.objects.count() / (perf_counter() - start)),
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2))
    print("\n" + "\n".join(f"{name:>24}  {value}" for name, value in report.items()))
    assert Event.objects.count() >= 2 * N
