"""A plan from end to end: solve, have the schemes judge whom it chose, take out whom they refuse, solve again.

Judging every possible pair would cost more than the plan. A pair that nobody chose needs no judgement: a plan made of
pairs that no scheme refuses, the best among more pairs than those, is the best of those too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from prescriptions.matching import eligibility
from prescriptions.matching.eligibility import Answer
from prescriptions.plan.problem import Problem
from prescriptions.plan.reading import Inputs
from prescriptions.plan.solving import Solution, solve
from prescriptions.schemes import catalogue
from prescriptions.schemes.case import offer_of, read_people
from prescriptions.schemes.eligibility import judge

#: (position of the session, positions of people) -> the answer for each.
Judge = Callable[[int, np.ndarray], list[Answer]]


@dataclass(frozen=True)
class Planned:
    """problem: what is left of the possible pairs. answers: (person, session) -> the schemes' answer, where asked.
    refused: session -> how many possible people its schemes refuse. rounds: how many times the flows were solved."""

    inputs: Inputs
    problem: Problem
    solution: Solution
    answers: dict[tuple[int, int], Answer] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    rounds: int = 1


def judge_by_schemes(inputs: Inputs) -> Judge:
    """The schemes in force on the day of the plan; two queries."""
    schemes = catalogue.in_force(inputs.asked.day)
    people = read_people([one.pathway_id for one in inputs.seekers])
    offers = [offer_of(session) for session in inputs.sessions]

    def judged(session: int, positions: np.ndarray) -> list[Answer]:
        told = []
        for position in positions:
            person = people.get(inputs.seekers[position].pathway_id)
            verdict = judge(person, offers[session], inputs.asked.day, schemes) if person else None
            told.append(eligibility.of_verdict(verdict) if verdict else eligibility.UNKNOWN)
        return told

    return judged


def plan(inputs: Inputs, judged: Judge) -> Planned:
    """The best plan in which no scheme refuses anybody. Raises NotSolved."""
    problem, answers, refused = inputs.problem, {}, {}
    whole: set[int] = set()
    rounds = 0
    while True:
        solution = solve(problem)
        rounds += 1
        suspects = _ask(problem, solution.pairs, judged, answers)
        if not suspects:
            return Planned(inputs, problem, solution, answers, refused, rounds)
        # Where one is refused, others may be: the whole session is judged, so that few rounds are needed.
        _ask(problem, np.flatnonzero(np.isin(problem.session, sorted(suspects - whole))), judged, answers)
        whole |= suspects
        out = _refused_pairs(problem, answers)
        people = problem.person[out] * problem.sessions + problem.session[out]
        for session, number in zip(
            *np.unique(np.unique(people) % problem.sessions, return_counts=True), strict=True
        ):
            refused[int(session)] = refused.get(int(session), 0) + int(number)
        problem = problem.without(out)


def _ask(
    problem: Problem, pairs: np.ndarray, judged: Judge, answers: dict[tuple[int, int], Answer]
) -> set[int]:
    """Have the pairs judged that were not yet; returns the sessions in which somebody is refused."""
    suspects: set[int] = set()
    sessions, people = problem.session[pairs], problem.person[pairs]
    for session in np.unique(sessions):
        chosen = np.unique(people[sessions == session])
        new = np.array([one for one in chosen if (int(one), int(session)) not in answers], dtype=np.int64)
        for one, answer in zip(new, judged(int(session), new), strict=True):
            answers[int(one), int(session)] = answer
        if any(answers[int(one), int(session)].is_eligible is False for one in chosen):
            suspects.add(int(session))
    return suspects


def _refused_pairs(problem: Problem, answers: dict[tuple[int, int], Answer]) -> np.ndarray:
    no = [
        person * problem.sessions + session
        for (person, session), answer in answers.items()
        if answer.is_eligible is False
    ]
    return np.isin(problem.person * problem.sessions + problem.session, np.array(no, dtype=np.int64))
