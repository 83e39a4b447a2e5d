"""The bench of the plan on a tiny Département: each way breaks nothing, and the plan fills no fewer seats."""

import numpy as np
import pytest

from prescriptions.matching.eligibility import Answer
from prescriptions.plan.asked import Asked
from prescriptions.plan.planning import judge_by_schemes, plan
from prescriptions.plan.reading import read
from prescriptions.plan.solving import solve
from tests.load.plan import bench, country, rivals
from tests.prescriptions.plan import tiny


@pytest.fixture
def small(db):
    with country.day():
        country.build(sessions=14, seekers=60, weeks=4)
        yield


def test_the_plan_fills_at_least_as_many_seats_as_the_others_and_nobody_breaks_a_rule(small):
    inputs = read(Asked(country.TODAY, 4, 30))
    judged = judge_by_schemes(inputs)
    planned = plan(inputs, judged)
    assert planned.solution.is_proved
    assert planned.solution.filled > 0
    assert tiny.is_allowed(planned.problem, planned.solution.pairs)
    for rival in (rivals.by_candidates, rivals.first_come):
        pairs = rival(inputs.problem, judged)
        assert tiny.is_allowed(inputs.problem, pairs)
        assert len(pairs) <= planned.solution.filled
    served = planned.solution.served / inputs.problem.seekers
    assert served.sum() > 0


def test_the_report_says_all_that_is_compared(small, tmp_path):
    compared, _ = bench.compare(weeks=4)
    few, _ = bench.compare(weeks=4, every=2)
    told = "\n".join(bench.lines(compared))
    assert all(name in told for name in bench.NAMES.values())
    assert "proved" in told
    assert "met" in "".join(bench.aims(compared, (0.1, 0.1)))
    bench.write(compared, few, tmp_path / "var" / "bench-plan.json")
    assert (tmp_path / "var" / "bench-plan.json").stat().st_size > 500
    assert few.seekers < compared.seekers


def test_greedy_ways_lose_seats_that_the_plan_finds():
    """Two seats; who waits longest could take either, the other person only the first."""
    problem = tiny.problem([0, 0], [90, 5], [(0, 1), (1, 1)], [(0, 0, 0, 1), (0, 1, 0, 9), (1, 0, 1, 1)])

    def everybody(session, people):
        return [Answer(True)] * len(people)

    assert solve(problem).filled == 2
    assert len(rivals.first_come(problem, everybody)) == len(rivals.by_candidates(problem, everybody)) == 1


def test_a_pair_that_a_scheme_refuses_is_in_no_plan():
    problem = tiny.problem([0, 0], [90, 5], [(0, 1), (1, 1)], [(0, 0, 0, 1), (0, 1, 0, 9), (1, 0, 1, 1)])
    refused = {(0, 1)}

    def judged(session, people):
        return [Answer((int(person), session) not in refused) for person in people]

    class Inputs:
        pass

    inputs = Inputs()
    inputs.problem = problem
    planned = plan(inputs, judged)
    chosen = set(
        zip(
            planned.problem.person[planned.solution.pairs],
            planned.problem.session[planned.solution.pairs],
            strict=True,
        )
    )
    assert chosen == {(0, 0)}
    assert planned.solution.bound == 1
    assert planned.refused == {1: 1}
    assert np.array_equal(planned.solution.served, [1])
