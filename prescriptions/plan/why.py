"""Why seats stay empty in a plan, session by session: the first criterion that leaves nobody."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from config.ui.dates import NO_BREAK, count
from prescriptions.plan.planning import Planned
from prescriptions.plan.reading import FREE, LEVEL, LOOKING, REACH, TRADE

POSSIBLE = "possible"
_PEOPLE = "personne,personnes"
#: What is said when nobody is left after a criterion; `before`: how many people there were until then.
_NOBODY: dict[str, Callable[[int, int], str]] = {
    LOOKING: lambda before, reach: "Personne ne cherche de place.",
    TRADE: lambda before, reach: "Aucune personne n'a de projet dans ce métier ni dans ce domaine.",
    REACH: lambda before, reach: (
        f"Personne de ce métier n'habite à moins de {reach}{NO_BREAK}km ({count(before, _PEOPLE)} plus loin)."
    ),
    LEVEL: lambda before, reach: (
        f"Personne à portée n'a le niveau demandé ({count(before, _PEOPLE)} au-dessous)."
    ),
    FREE: lambda before, reach: (
        f"Ceux qui conviendraient ({before}) demandent déjà cette session, tiennent une place à ces dates"
        " ou ont été refusés pour cette formation."
    ),
    POSSIBLE: lambda before, reach: (
        f"Les règles des dispositifs refusent ceux qui conviendraient ({before})."
    ),
}


def funnels(planned: Planned) -> list[dict[str, int]]:
    """Per session, how many people are left after each criterion, the schemes' rules last."""
    problem = planned.problem
    pairs = np.unique(problem.session * max(problem.people, 1) + problem.person)
    possible = np.bincount(pairs // max(problem.people, 1), minlength=problem.sessions)
    return [
        {**funnel, POSSIBLE: int(number)}
        for funnel, number in zip(planned.inputs.funnels, possible, strict=True)
    ]


def left_out(planned: Planned) -> np.ndarray:
    """Per session, how many of those who could take a seat there have none anywhere in the plan."""
    problem = planned.problem
    served = np.zeros(problem.people, dtype=bool)
    served[problem.person[planned.solution.pairs]] = True
    pairs = np.unique(problem.session * max(problem.people, 1) + problem.person)
    session, person = pairs // max(problem.people, 1), pairs % max(problem.people, 1)
    return np.bincount(session[~served[person]], minlength=problem.sessions)


def sentence(funnel: dict[str, int], left: int, reach_km: int, left_out: int = 0) -> str:
    """Why `left` seats of a session stay empty; "" when none does."""
    if not left:
        return ""
    before = 0
    for step, number in funnel.items():
        if not number:
            return _NOBODY[step](before, reach_km)
        before = number
    if left_out:
        return "Ce qui reste est réservé à un public dont personne d'autre ne peut venir."
    if before == 1:
        return "La seule personne possible prend déjà une place dans ce plan."
    return (
        f"Les {before} personnes possibles prennent déjà toutes une place dans ce plan :"
        " en déplacer une viderait une autre place."
    )
