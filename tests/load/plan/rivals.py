"""What people do without the plan: two ways to fill the same seats from the same possible pairs.

Both ask the schemes, as the plan does, before they give somebody a seat.
"""

from __future__ import annotations

import numpy as np

from prescriptions.matching.criteria import BANDS
from prescriptions.plan.planning import Judge
from prescriptions.plan.problem import Problem


class _Seats:
    """The seats as they are taken, and whether a pair can still be."""

    def __init__(self, problem: Problem, judged: Judge):
        self.problem = problem
        self._judged = judged
        self._pools = [pool.seats for pool in problem.pools]
        self._sessions = problem.seats.tolist()
        self._placed: set[int] = set()
        self._person = problem.person.tolist()
        self._pool = problem.pool.tolist()
        self._session = problem.session.tolist()
        self.pairs: list[int] = []

    def take(self, pair: int) -> bool:
        """Give the seat of a pair when both are free and no scheme refuses."""
        person, pool, session = self._person[pair], self._pool[pair], self._session[pair]
        if person in self._placed or not self._pools[pool] or not self._sessions[session]:
            return False
        (answer,) = self._judged(session, np.array([person]))
        if answer.is_eligible is False:
            return False
        self._placed.add(person)
        self._pools[pool] -= 1
        self._sessions[session] -= 1
        self.pairs.append(pair)
        return True


def first_come(problem: Problem, judged: Judge) -> np.ndarray:
    """Who has waited longest chooses first, and takes the first session to open that has a seat."""
    return _in_order(
        problem, judged, np.lexsort((problem.session, problem.person, -problem.waited[problem.person]))
    )


def by_candidates(problem: Problem, judged: Judge) -> np.ndarray:
    """Session after session, in the order of openings, the first of its list of candidates who are still free."""
    band = np.searchsorted(BANDS, problem.km)
    order = np.lexsort(
        (problem.person, -problem.waited[problem.person], band, problem.trade, problem.session)
    )
    return _in_order(problem, judged, order)


def _in_order(problem: Problem, judged: Judge, order: np.ndarray) -> np.ndarray:
    seats = _Seats(problem, judged)
    for pair in order.tolist():
        seats.take(pair)
    return np.array(seats.pairs, dtype=np.int64)
