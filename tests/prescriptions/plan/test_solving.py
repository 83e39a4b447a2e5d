"""The plan against every plan there is, on problems small enough to try them all."""

import numpy as np
from hypothesis import given, settings

from prescriptions.plan.proof import upper_bound
from prescriptions.plan.solving import solve
from tests.prescriptions.plan import tiny


@settings(max_examples=120, derandomize=True, deadline=None)
@given(tiny.problems())
def test_the_plan_is_the_best_of_all_plans(given):
    found = solve(given)
    every = list(tiny.plans(given))
    most = max(len(pairs) for pairs in every)
    assert tiny.is_allowed(given, found.pairs)
    assert found.filled == most == found.bound
    fullest = [pairs for pairs in every if len(pairs) == most]
    served = tiny.served(given, found.pairs)
    assert np.array_equal(served, found.served)
    others = [tiny.served(given, pairs) for pairs in fullest]
    assert tiny.worst_rate(given, served) == max(tiny.worst_rate(given, other) for other in others)
    turns = tiny.turns(given, served)
    for other in others:
        assert all(mine <= theirs for mine, theirs in zip(turns, tiny.turns(given, other), strict=True))
    alike = [pairs for pairs in fullest if np.array_equal(tiny.served(given, pairs), served)]
    assert tiny.merit(given, found.pairs) == min(tiny.merit(given, pairs) for pairs in alike)
    people = set(given.person[found.pairs])
    same = [
        pairs
        for pairs in alike
        if set(given.person[pairs]) == people and tiny.merit(given, pairs) == tiny.merit(given, found.pairs)
    ]
    assert tiny.opening(given, found.pairs) == min(tiny.opening(given, pairs) for pairs in same)
    assert np.array_equal(solve(given).pairs, found.pairs)


def test_the_bound_does_not_take_the_solver_at_its_word():
    """Two people, two seats, and a plan that fills one: the bound says two."""
    problem = tiny.problem([0, 0], [5, 5], [(0, 1), (1, 1)], [(0, 0, 0, 1), (0, 1, 0, 1), (1, 0, 0, 1)])
    assert upper_bound(problem, np.array([0])) == 2
    assert upper_bound(problem, np.array([1, 2])) == 2


def test_a_first_come_plan_would_leave_a_seat_empty():
    problem = tiny.problem([0, 0], [90, 5], [(0, 1), (1, 1)], [(0, 0, 0, 1), (0, 1, 0, 9), (1, 0, 0, 1)])
    found = solve(problem)
    assert found.filled == 2
    assert found.is_proved


def test_the_seat_goes_to_the_pole_that_is_served_least():
    """One seat; three people look for one in the first pôle and nine in the second, which has one person who could."""
    problem = tiny.problem(
        [0, 0, 0, 1],
        [400, 400, 400, 3],
        [(0, 2)],
        [(0, 0, 0, 1), (1, 0, 0, 1), (2, 0, 0, 1), (3, 0, 0, 30)],
        seekers=[3, 9],
    )
    assert list(solve(problem).served) == [1, 1]


def test_then_who_waits_longest_then_the_trade_then_the_distance():
    seat = [(0, 1)]
    longest = tiny.problem([0, 0], [10, 11], seat, [(0, 0, 0, 0), (1, 0, 2, 30)])
    assert list(solve(longest).pairs) == [1]
    trade = tiny.problem([0, 0], [10, 10], seat, [(0, 0, 1, 0), (1, 0, 0, 30)])
    assert list(solve(trade).pairs) == [1]
    distance = tiny.problem([0, 0], [10, 10], seat, [(0, 0, 0, 12), (1, 0, 0, 3)])
    assert list(solve(distance).pairs) == [1]


def test_of_two_like_seats_the_first_to_open_is_taken():
    problem = tiny.problem([0], [10], [(0, 1), (1, 1)], [(0, 0, 0, 5), (0, 1, 0, 5)], opens=[32, 5])
    assert list(solve(problem).pairs) == [1]


def test_nobody_to_place():
    found = solve(tiny.problem([0], [1], [(0, 3)], []))
    assert (found.filled, found.bound) == (0, 0)
