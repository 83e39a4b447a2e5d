"""Fill the same seats in three ways, and compare what each gives."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership
from prescriptions.matching import candidates
from prescriptions.models import Session
from prescriptions.plan.asked import Asked
from prescriptions.plan.planning import Judge, Planned, judge_by_schemes, plan
from prescriptions.plan.problem import Problem
from prescriptions.plan.reading import Inputs, read
from tests.load.plan import country, rivals

#: Seconds that the plan may take on 500 sessions and 20,000 people.
TARGET = 30
#: Seats are easily filled when everybody looks for one: the second comparison keeps one person out of so many.
FEW = 6
NAMES = {"plan": "plan de saturation", "by_candidates": "liste de candidats", "first_come": "premier arrivé"}


@dataclass(frozen=True)
class Sizes:
    sessions: int = 500
    people: int = 20_000
    weeks: int = 8

    @classmethod
    def of_environment(cls) -> Sizes:
        return cls(int(os.environ.get("BENCH_SESSIONS", "500")), int(os.environ.get("BENCH_PEOPLE", "20000")))


@dataclass(frozen=True)
class Outcome:
    """What one way of filling seats gives. worst_pole: percent of those who look for a seat, in the pôle served least.
    km: mean. waited: mean days of the people served. seconds: wall clock, reading of the database included."""

    filled: int
    people: int
    worst_pole: float
    km: float
    waited: float
    seconds: float
    processor_seconds: float


@dataclass(frozen=True)
class Compared:
    """bound: seats that no plan exceeds. pairs: possible ones. list_seconds: one list of 50 candidates."""

    sessions: int
    seats: int
    seekers: int
    pairs: int
    bound: int
    rounds: int
    is_proved: bool
    outcomes: dict[str, Outcome]
    seconds: dict[str, float]

    @property
    def ratios(self) -> dict[str, float]:
        """How many times longer the plan takes than each of the others, in this run."""
        mine = self.outcomes["plan"].seconds
        return {
            f"plan_vs_{name}": round(mine / one.seconds, 2)
            for name, one in self.outcomes.items()
            if name != "plan"
        }


def compare(weeks: int = 8, every: int = 1) -> tuple[Compared, Planned]:
    """Read the database once for all, then let each fill the seats; to be called inside `country.day()`.

    every: one person out of so many looks for a seat, the others do not.
    """
    started = time.perf_counter(), time.process_time()
    inputs = read(Asked(country.TODAY, weeks, 30))
    if every > 1:
        inputs = _fewer(inputs, every)
    judged = judge_by_schemes(inputs)
    reading = time.perf_counter() - started[0], time.process_time() - started[1]
    kept: list[Planned] = []

    def the_plan(problem: Problem, judge: Judge) -> np.ndarray:
        kept.append(plan(inputs, judge))
        solution = kept[0].solution
        # Back to the positions of the whole problem: the plan has taken pairs out of it.
        chosen = _keys(kept[0].problem)[solution.pairs]
        return np.flatnonzero(np.isin(_keys(problem), chosen))

    ways = {"plan": the_plan, "by_candidates": rivals.by_candidates, "first_come": rivals.first_come}
    outcomes = {name: _measure(way, inputs, judged, reading) for name, way in ways.items()}
    planned = kept[0]
    compared = Compared(
        sessions=len(inputs.sessions),
        seats=inputs.problem.empty,
        seekers=int(inputs.problem.seekers.sum()),
        pairs=len(inputs.problem.person),
        bound=planned.solution.bound,
        rounds=planned.rounds,
        is_proved=planned.solution.is_proved,
        outcomes=outcomes,
        seconds={"reading": round(reading[0], 2)},
    )
    return compared, planned


def _fewer(inputs: Inputs, every: int) -> Inputs:
    """The same seats with fewer people."""
    problem = inputs.problem
    kept = problem.without(problem.person % every != 0)
    seekers = np.bincount(problem.pole_of[::every], minlength=problem.poles)
    return replace(inputs, problem=replace(kept, seekers=seekers), seekers=inputs.seekers)


def _keys(problem: Problem) -> np.ndarray:
    return problem.person * len(problem.pools) + problem.pool


def _measure(way: Callable, inputs: Inputs, judged: Judge, reading: tuple[float, float]) -> Outcome:
    started = time.perf_counter(), time.process_time()
    problem = inputs.problem
    pairs = way(problem, judged)
    wall, processor = time.perf_counter() - started[0], time.process_time() - started[1]
    people = problem.person[pairs]
    served = np.bincount(problem.pole_of[people], minlength=problem.poles) / problem.seekers
    return Outcome(
        filled=len(pairs),
        people=len(np.unique(people)),
        worst_pole=round(100 * float(served.min(initial=1)), 2),
        km=round(float(problem.km[pairs].mean()), 1) if len(pairs) else 0,
        waited=round(float(problem.waited[people].mean()), 1) if len(pairs) else 0,
        seconds=round(wall + reading[0], 2),
        processor_seconds=round(processor + reading[1], 2),
    )


def time_a_list(rounds: int = 5) -> tuple[float, float]:
    """Median seconds (wall clock, processor) of a list of 50 candidates among the whole Département."""
    membership = Membership.objects.filter(role=Role.DEPARTMENT_MANAGER).order_by("pk")[0]
    actor, taken = Actor.of(membership), []
    for session in Session.objects.with_offer().order_by("pk")[:rounds]:
        started = time.perf_counter(), time.process_time()
        candidates(session, actor)
        taken.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    wall, processor = (sorted(column) for column in zip(*taken, strict=True))
    return wall[rounds // 2], processor[rounds // 2]


def lines(compared: Compared) -> list[str]:
    """The table to read."""
    told = [
        f"{compared.sessions} sessions, {compared.seats} seats to fill, {compared.seekers:,} people looking for one,"
        f" {compared.pairs:,} possible pairs; no plan fills more than {compared.bound}"
        f" ({'proved' if compared.is_proved else 'NOT PROVED'}, {compared.rounds} rounds)",
        "",
        f"{'':22}{'seats':>8}{'people':>8}{'worst pôle':>12}{'mean km':>9}{'days waited':>13}{'seconds':>9}"
        f"{'processor':>11}",
    ]
    for name, one in compared.outcomes.items():
        told.append(
            f"{NAMES[name]:22}{one.filled:8}{one.people:8}{one.worst_pole:10.2f} %{one.km:9.1f}{one.waited:13.1f}"
            f"{one.seconds:9.2f}{one.processor_seconds:11.2f}"
        )
    return [*told, f"reading the database: {compared.seconds['reading']} s, in each of the three"]


def aims(everybody: Compared, list_seconds: tuple[float, float]) -> list[str]:
    """What was wanted, and what it is."""
    mine = everybody.outcomes["plan"].seconds
    wall, processor = (round(1000 * value) for value in list_seconds)
    return [
        f"one list of 50 candidates over the whole Département: {wall} ms, of which {processor} ms of processor",
        f"aim: the plan under {TARGET} s: {'met' if mine < TARGET else 'NOT MET'} ({mine} s)",
    ]


def write(everybody: Compared, few: Compared, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {
        name: {**asdict(one), "ratios": one.ratios} for name, one in (("everybody", everybody), ("few", few))
    }
    said |= {"target_seconds": TARGET, "load": round(os.getloadavg()[0], 1)}
    path.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n")
