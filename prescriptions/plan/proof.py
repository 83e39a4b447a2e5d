"""How many seats no plan can exceed, shown without the solver: a cut of the same size as the plan.

From each person left without a seat, follow who could take whose place. If that ever reached a seat left empty, one
more could be filled. It does not: the seats that it reaches are all taken, and everybody whom it does not reach has
one. So no plan fills more than the seats reached plus the people not reached (König; Ford and Fulkerson).
"""

from __future__ import annotations

import numpy as np

from prescriptions.plan.problem import Problem


def upper_bound(problem: Problem, pairs: np.ndarray) -> int:
    """Seats that no plan exceeds. `pairs`: those of a plan; when it is the best one, the bound is what it fills."""
    people, pools, sessions = _reached(problem, pairs)
    seats_of_pool = np.array([pool.seats for pool in problem.pools], dtype=np.int64)
    session_of_pool = np.array([pool.session for pool in problem.pools], dtype=np.int64)
    could = np.zeros(problem.people, dtype=bool)
    could[problem.person] = True
    # A pool reached whose session is not: the pool is what is full. A session reached counts once, as a whole.
    of_pools = seats_of_pool[pools & ~sessions[session_of_pool]].sum()
    return int((could & ~people).sum() + of_pools + problem.seats[sessions].sum())


def _reached(problem: Problem, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The people, pools and sessions that are reached from the people left without a seat (masks)."""
    taken = np.zeros(len(problem.person), dtype=bool)
    taken[pairs] = True
    free_person, free_pool = problem.person[~taken], problem.pool[~taken]
    held_person, held_pool = problem.person[taken], problem.pool[taken]
    session_of_pool = np.array([pool.session for pool in problem.pools], dtype=np.int64)
    seats_of_pool = np.array([pool.seats for pool in problem.pools], dtype=np.int64)
    used = np.bincount(held_pool, minlength=len(problem.pools))
    people = np.zeros(problem.people, dtype=bool)
    people[problem.person] = True
    people[held_person] = False
    pools = np.zeros(len(problem.pools), dtype=bool)
    sessions = np.zeros(problem.sessions, dtype=bool)
    while True:
        before = (people.sum(), pools.sum(), sessions.sum())
        pools[free_pool[people[free_person]]] = True
        # Through a pool with room left, the session; through the session, every pool of it that somebody uses.
        sessions[session_of_pool[pools & (used < seats_of_pool)]] = True
        pools |= sessions[session_of_pool] & (used > 0)
        people[held_person[pools[held_pool]]] = True
        if before == (people.sum(), pools.sum(), sessions.sum()):
            return people, pools, sessions
