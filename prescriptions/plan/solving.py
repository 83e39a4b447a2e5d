"""The plan that fills the most seats, and the fairest of those (OR-Tools, minimum cost flows).

1. As many seats as possible are filled: a maximum flow, whose bound `proof` checks by itself.
2. Among those plans, the seats are shared out between pôles: each further seat goes to the pôle whose people are the
   least served so far, out of all who look for a seat there. What sets of people can be served together is a matroid
   (Gale), and the costs grow from one seat of a pôle to its next, so the cheapest flow gives no pôle a seat
   that a less served one could have had: the worst-served pôle is served as well as can be (Federgruen, Groenevelt).
3. Among those that give each pôle as much: the most days waited served, then the trades closest to the projects, then
   the fewest kilometres; one cost with weights so far apart that no sum of the later ones outweighs an earlier one.
4. The same people, at the same cost, take the seats that open first: an empty seat nearer its opening is more urgent.

The same problem in the same order gives the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from config.errors import JalonsError
from prescriptions.plan.problem import LONGEST_WAIT, Problem
from prescriptions.plan.proof import upper_bound

#: What a flow's costs may add up to: beyond, 64 bits overflow inside the solver, which multiplies costs by the nodes.
_LARGEST = 2**62


class NotSolved(JalonsError):
    """The solver did not answer « optimal »: the figures are out of what it can represent."""


@dataclass(frozen=True)
class Solution:
    """pairs: positions in the problem's possible pairs, one per seat filled, by person. bound: seats that no plan
    exceeds, found without trusting the solver. served: people per pôle."""

    pairs: np.ndarray
    bound: int
    served: np.ndarray

    @property
    def filled(self) -> int:
        return len(self.pairs)

    @property
    def is_proved(self) -> bool:
        return self.filled == self.bound


def solve(problem: Problem) -> Solution:
    """The plan. Raises NotSolved."""
    if not len(problem.person):
        return Solution(np.empty(0, dtype=np.int64), 0, np.zeros(problem.poles, dtype=np.int64))
    served = _shares(problem)
    pairs = _soonest(problem, _fairest_pairs(problem, served))
    return Solution(pairs, upper_bound(problem, pairs), served)


# ---- the graph: source -> pôles -> people -> pools -> sessions -> sink


@dataclass(frozen=True)
class _Nodes:
    """Where each kind of node begins."""

    people: int
    pools: int
    sessions: int
    poles: int
    source: int
    sink: int

    @classmethod
    def of(cls, problem: Problem) -> _Nodes:
        pools = problem.people
        sessions = pools + len(problem.pools)
        poles = sessions + problem.sessions
        source = poles + problem.poles
        return cls(0, pools, sessions, poles, source, source + 1)


def _graph(problem: Problem, costs: np.ndarray) -> tuple[min_cost_flow.SimpleMinCostFlow, np.ndarray, _Nodes]:
    """Everything but the arcs into the pôles; and the arcs of the possible pairs, with their costs."""
    nodes, flow = _Nodes.of(problem), min_cost_flow.SimpleMinCostFlow()
    ones, zeros = np.ones(len(problem.person), dtype=np.int64), np.zeros
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        nodes.people + problem.person, nodes.pools + problem.pool, ones, costs
    )
    seats = np.array([pool.seats for pool in problem.pools], dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        nodes.pools + np.arange(len(problem.pools)),
        nodes.sessions + np.array([pool.session for pool in problem.pools], dtype=np.int64),
        seats,
        zeros(len(seats), dtype=np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        nodes.sessions + np.arange(problem.sessions),
        np.full(problem.sessions, nodes.sink),
        problem.seats,
        zeros(problem.sessions, dtype=np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        nodes.poles + problem.pole_of,
        nodes.people + np.arange(problem.people),
        np.ones(problem.people, dtype=np.int64),
        zeros(problem.people, dtype=np.int64),
    )
    return flow, pairs, nodes


def _shares(problem: Problem) -> np.ndarray:
    """How many people of each pôle the plan serves: the most seats, then the fairest shares."""
    flow, _, nodes = _graph(problem, np.zeros(len(problem.person), dtype=np.int64))
    pole, cost = _increments(problem)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.full(len(pole), nodes.source), nodes.poles + pole, np.ones(len(pole), dtype=np.int64), cost
    )
    _run(flow, nodes, len(pole), int(cost.max(initial=0)))
    return np.bincount(pole, weights=flow.flows(arcs), minlength=problem.poles).astype(np.int64)


def _increments(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """One unit for each further person that a pôle may have served, and the rank of its turn: what its people were
    served before, then, between two equally served, what they are after (the larger pôle first)."""
    could = np.bincount(problem.pole_of[np.unique(problem.person)], minlength=problem.poles)
    most = np.minimum(could, problem.empty)
    pole = np.repeat(np.arange(problem.poles), most)
    before = np.concatenate([np.arange(number) for number in most])
    turns = np.column_stack([before / problem.seekers[pole], (before + 1) / problem.seekers[pole]])
    return pole, np.unique(turns, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _fairest_pairs(problem: Problem, served: np.ndarray) -> np.ndarray:
    """The pairs, when each pôle has so many people served."""
    costs, largest = _costs(problem, int(served.sum()))
    return _cheapest(problem, served, costs, largest)


def _cheapest(problem: Problem, served: np.ndarray, costs: np.ndarray, largest: int) -> np.ndarray:
    """The cheapest pairs that serve so many people of each pôle, by person. largest: no cost exceeds it."""
    flow, pairs, nodes = _graph(problem, costs)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(problem.poles, nodes.source),
        nodes.poles + np.arange(problem.poles),
        served,
        np.zeros(problem.poles, dtype=np.int64),
    )
    _run(flow, nodes, int(served.sum()), largest)
    chosen = np.flatnonzero(flow.flows(pairs))
    return chosen[np.argsort(problem.person[chosen], kind="stable")]


def _soonest(problem: Problem, pairs: np.ndarray) -> np.ndarray:
    """The pairs of the same people, as close to their projects and homes, in the sessions that open first."""
    served = np.zeros(problem.people, dtype=bool)
    served[problem.person[pairs]] = True
    of_served = np.flatnonzero(served[problem.person])
    few = problem.without(~served[problem.person])
    later, total = few.opens[few.session], len(pairs)
    per_km = total * int(later.max(initial=0)) + 1
    per_trade = total * (per_km * int(few.km.max(initial=0)) + int(later.max(initial=0))) + 1
    costs = few.trade * per_trade + few.km * per_km + later
    chosen = _cheapest(
        few, served_by_pole(problem, pairs), costs, per_trade * (int(few.trade.max(initial=0)) + 1)
    )
    return of_served[chosen]


def served_by_pole(problem: Problem, pairs: np.ndarray) -> np.ndarray:
    """How many people of each pôle a plan serves."""
    return np.bincount(problem.pole_of[problem.person[pairs]], minlength=problem.poles).astype(np.int64)


def _costs(problem: Problem, total: int) -> tuple[np.ndarray, int]:
    """The cost of each pair, and the largest: days not waited, then trade, then kilometres."""
    missed = LONGEST_WAIT - np.minimum(problem.waited, LONGEST_WAIT)
    per_trade = total * int(problem.km.max(initial=0)) + 1
    per_day = total * (per_trade * int(problem.trade.max(initial=0)) + int(problem.km.max(initial=0))) + 1
    costs = missed[problem.person] * per_day + problem.trade * per_trade + problem.km
    return costs.astype(np.int64), LONGEST_WAIT * per_day


def _run(flow: min_cost_flow.SimpleMinCostFlow, nodes: _Nodes, supply: int, largest: int) -> None:
    if largest * (nodes.sink + 1) >= _LARGEST:
        raise NotSolved(
            "Trop de places à la fois.", code="plan_too_large", next_step="Raccourcissez la période."
        )
    flow.set_node_supply(nodes.source, supply)
    flow.set_node_supply(nodes.sink, -supply)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise NotSolved(
            f"Le solveur a répondu « {status.name} ».",
            code="plan_not_solved",
            next_step="Relancez le plan ; si cela se répète, prévenez l'administrateur de Jalons.",
        )
