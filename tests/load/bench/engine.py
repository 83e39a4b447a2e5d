"""What only Jalons does: replay, rebuild, explain, take back, correct."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from pathways.actor import Actor
from pathways.consistency import Progress, rebuild
from pathways.corrections import annul, correct
from pathways.enums import PathwayState
from pathways.explanation import explain
from pathways.models import Event, Pathway
from pathways.replay import fold, history, replay, valid
from tests.load.bench.contest import Times, peak_memory, repeated, timed
from tests.load.bench.jalons import REASON
from tests.load.bench.people import TODAY, People, with_forty_facts


@dataclass
class Watched(Progress):
    """Notes the peak of memory when a quarter of the events had been read: if memory is constant, it stays the peak."""

    total: int = 0
    at_a_quarter: float = field(default=0.0, init=False)

    def __setattr__(self, name: str, value) -> None:
        super().__setattr__(name, value)
        if (
            name == "events"
            and not self.__dict__.get("at_a_quarter")
            and value * 4 >= self.__dict__.get("total", 0) > 0
        ):
            self.at_a_quarter = peak_memory()


@dataclass(frozen=True)
class Rebuild:
    """events: how many were read, in `seconds`, of which Python worked `cpu_seconds`.

    The peaks of memory are the process's, in MB.
    """

    events: int
    seconds: float
    cpu_seconds: float
    peak_at_a_quarter: float
    peak_at_the_end: float


def rebuild_all() -> Rebuild:
    """Rebuild every projection of the database from its events; raise AssertionError if one differed."""
    progress = Watched(total=0)
    progress.total = Event.objects.count()
    start, worked = time.perf_counter(), time.process_time()
    for found in rebuild(progress):
        raise AssertionError(f"{found.row}: {found.told}")
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - worked
    if progress.events != progress.total:
        raise AssertionError(f"{progress.events} events read of {progress.total}")
    return Rebuild(progress.events, seconds, cpu_seconds, progress.at_a_quarter, peak_memory())


def measure_replay(people: People, turns: int) -> dict[str, Times]:
    """A story of forty facts: read and replayed, and folded alone."""
    pathway = with_forty_facts(people.world)
    if replay(pathway).state("pathway") != pathway.state:
        raise AssertionError("replay and row differ")
    facts = valid(history(pathway.pk))
    return {
        "replay_40_events": repeated(replay, turns, pathway),
        "fold_40_events": repeated(fold, turns, facts),
    }


def measure_explain(people: People, turns: int) -> dict[str, Times]:
    """Everything that a référent could state about a person, possible or refused with its reason."""
    pathways = list(
        Pathway.objects.filter(pk__in=people.take(turns)).select_related("beneficiary").order_by("pk")
    )
    referent = people.world.referent
    if not any(possibility.is_possible for possibility in explain(pathways[0], referent)):
        raise AssertionError("nothing is possible")
    return {"explain": Times.of(timed(explain, pathway, referent) for pathway in pathways)}


def measure_corrections(keys: Sequence[int], actor: Actor) -> dict[str, Times]:
    """Outcomes just stated: half of them taken back, half restated with another reason."""
    events = dict(Event.objects.filter(pathway__in=keys, kind="record_outcome").values_list("pathway", "pk"))
    back, other = keys[::2], keys[1::2]
    annulled = Times.of(timed(_take_back, events[key], actor) for key in back)
    corrected = Times.of(timed(_restate, events[key], actor) for key in other)
    if Pathway.objects.filter(pk__in=back, state=PathwayState.IDENTIFIED).count() != len(back):
        raise AssertionError("some outcome was not taken back")
    restated = Event.objects.filter(pathway__in=other, kind="record_outcome").exclude(reason=REASON)
    if restated.count() != len(other):
        raise AssertionError("some outcome was not restated")
    return {"annul": annulled, "correct": corrected}


def _take_back(event_id: int, actor: Actor) -> None:
    annul(event_id, actor, comment="Saisi par erreur.")


def _restate(event_id: int, actor: Actor) -> None:
    correct(event_id, actor, comment="Autre motif.", reason="retirement", occurred_on=TODAY)
