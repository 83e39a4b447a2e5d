"""A plan found, as rows to keep: its figures, its sessions, its lines with their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from prescriptions.matching import criteria, eligibility
from prescriptions.models import PlanLine, PlanSession, SaturationPlan
from prescriptions.plan import why
from prescriptions.plan.planning import Planned


@dataclass(frozen=True)
class Found:
    """A plan and how many of its seats are filled, per session."""

    planned: Planned
    filled: np.ndarray

    def figures(self) -> dict[str, Any]:
        """The columns of the plan."""
        inputs, solution = self.planned.inputs, self.planned.solution
        problem = self.planned.problem
        return {
            "seats": problem.empty,
            "filled": solution.filled,
            "bound": solution.bound,
            "seekers": len(inputs.seekers),
            "possible": len(np.unique(problem.person)),
            "pairs": len(np.unique(problem.person * max(problem.sessions, 1) + problem.session)),
            "poles": [
                {"pole": pole, "seekers": int(seekers), "served": int(served)}
                for pole, seekers, served in zip(inputs.poles, problem.seekers, solution.served, strict=True)
            ],
            "fingerprint": inputs.fingerprint,
        }

    def sessions(self, plan: SaturationPlan) -> Iterator[PlanSession]:
        inputs, problem = self.planned.inputs, self.planned.problem
        funnels, without = why.funnels(self.planned), why.left_out(self.planned)
        rows = zip(inputs.sessions, problem.seats, self.filled, funnels, without, strict=True)
        for session, seats, filled, funnel, left_out in rows:
            yield PlanSession(
                plan=plan,
                session=session,
                free=session.seats_to_give,
                seats=int(seats),
                filled=int(filled),
                funnel=funnel,
                why=why.sentence(funnel, int(seats - filled), inputs.asked.reach_km, int(left_out)),
            )

    def lines(self, plan: SaturationPlan) -> Iterator[PlanLine]:
        """In the order of openings, then of those who wait longest."""
        inputs, problem = self.planned.inputs, self.planned.problem
        pairs = self.planned.solution.pairs
        order = np.lexsort(
            (problem.person[pairs], -problem.waited[problem.person[pairs]], problem.session[pairs])
        )
        for pair in pairs[order]:
            person, session = int(problem.person[pair]), int(problem.session[pair])
            seeker = inputs.seekers[person]
            yield PlanLine(
                plan=plan,
                session=inputs.sessions[session],
                pathway_id=seeker.pathway_id,
                trade=int(problem.trade[pair]),
                km=int(problem.km[pair]),
                waited=int(problem.waited[person]),
                reasons=[[reason.code, reason.tone, reason.text] for reason in self._reasons(int(pair))],
            )

    def _reasons(self, pair: int) -> Iterator[criteria.Reason]:
        inputs, problem = self.planned.inputs, self.planned.problem
        person, session = int(problem.person[pair]), int(problem.session[pair])
        seeker, formation = inputs.seekers[person], inputs.sessions[session].action.formation
        yield criteria.trade(seeker.job_project, formation.rome_codes).reason
        yield criteria.level(seeker.education_level, formation.level_in).reason
        known = inputs.is_distance_known(person, session)
        yield criteria.distance(int(problem.km[pair]) if known else None, inputs.asked.reach_km).reason
        yield criteria.wait_of(int(problem.waited[person])).reason
        yield self.planned.answers.get((person, session), eligibility.UNKNOWN).reason


def of(planned: Planned) -> Found:
    problem, pairs = planned.problem, planned.solution.pairs
    return Found(planned, np.bincount(problem.session[pairs], minlength=problem.sessions))
