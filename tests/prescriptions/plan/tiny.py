"""Tiny problems, and the best plan of each by trying them all."""

from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import strategies as st

from prescriptions.plan.problem import LONGEST_WAIT, Pool, Problem


def problem(pole_of, waited, pools, pairs, seats=None, seekers=None, opens=None):
    """pools: (session, seats). pairs: (person, pool, trade, km). seats: per session, else what its pools hold."""
    sessions = max(session for session, _ in pools) + 1
    if seats is None:
        seats = [sum(size for session, size in pools if session == rank) for rank in range(sessions)]
    if seekers is None:
        seekers = np.bincount(pole_of)
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 4).T
    return Problem(
        np.array(pole_of, dtype=np.int64),
        np.array(seekers, dtype=np.int64),
        np.array(waited, dtype=np.int64),
        np.array(seats, dtype=np.int64),
        np.array(opens or [0] * sessions, dtype=np.int64),
        tuple(Pool(*pool) for pool in pools),
        *columns,
    )


@st.composite
def problems(draw):
    people = draw(st.integers(1, 5))
    poles = draw(st.integers(1, 3))
    sessions = draw(st.integers(1, 3))
    pools = [(rank, draw(st.integers(1, 2))) for rank in range(sessions)]
    if draw(st.booleans()):
        pools.append((draw(st.integers(0, sessions - 1)), draw(st.integers(1, 2))))
    seats = []
    for rank in range(sessions):
        total = sum(size for session, size in pools if session == rank)
        # Less than its pools together: a quota of which part is used already.
        seats.append(draw(st.integers(min(1, total), total)))
    pole_of = [draw(st.integers(0, poles - 1)) for _ in range(people)]
    seekers = np.bincount(pole_of, minlength=poles) + draw(
        st.lists(st.integers(0, 3), min_size=poles, max_size=poles)
    )
    pairs = [
        (person, pool, draw(st.integers(0, 2)), draw(st.integers(0, 30)))
        for person in range(people)
        for pool in range(len(pools))
        if draw(st.booleans())
    ]
    waited = [draw(st.sampled_from([0, 3, 40, LONGEST_WAIT, LONGEST_WAIT + 9])) for _ in range(people)]
    opens = draw(st.lists(st.integers(1, 50), min_size=sessions, max_size=sessions))
    return problem(pole_of, waited, pools, pairs, seats, np.maximum(seekers, 1), opens)


def plans(given):
    """Every plan that breaks nothing, as tuples of positions of pairs."""
    choices = [[None, *np.flatnonzero(given.person == person)] for person in range(given.people)]
    for chosen in product(*choices):
        pairs = np.array([pair for pair in chosen if pair is not None], dtype=np.int64)
        if is_allowed(given, pairs):
            yield pairs


def is_allowed(given, pairs):
    """One seat a person, no more people than seats in a pool and in a session."""
    if len(np.unique(given.person[pairs])) < len(pairs):
        return False
    by_pool = np.bincount(given.pool[pairs], minlength=len(given.pools))
    by_session = np.bincount(given.session[pairs], minlength=given.sessions)
    return all(by_pool <= [pool.seats for pool in given.pools]) and all(by_session <= given.seats)


def served(given, pairs):
    return np.bincount(given.pole_of[given.person[pairs]], minlength=given.poles)


def worst_rate(given, numbers):
    """The service rate of the pôle that is served least, among those that could be served at all."""
    could = np.bincount(given.pole_of[np.unique(given.person)], minlength=given.poles) > 0
    return min(numbers[could] / given.seekers[could], default=0)


def turns(given, numbers):
    """How served each pôle was before and after each seat that it got, the lowest first."""
    ranks = zip(numbers, given.seekers, strict=True)
    return sorted((Fraction(k, int(w)), Fraction(k + 1, int(w))) for n, w in ranks for k in range(n))


def merit(given, pairs):
    """What the last stage makes as small as it can, in its order."""
    waited = np.minimum(given.waited, LONGEST_WAIT)[given.person[pairs]]
    return (-int(waited.sum()), int(given.trade[pairs].sum()), int(given.km[pairs].sum()))


def opening(given, pairs):
    """Days until the openings of the seats taken, added up."""
    return int(given.opens[given.session[pairs]].sum())
