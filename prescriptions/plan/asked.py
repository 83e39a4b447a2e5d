"""What a plan is asked: how far ahead to look, and whom to count in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pathways import parameters
from prescriptions.matching import criteria
from prescriptions.matching.settings import GROUP, REACH

HORIZON = parameters.declare(
    "plan_horizon_weeks",
    "Saturation : semaines d'ouvertures qu'un plan regarde",
    unit="semaines",
    default=8,
    group=GROUP,
    minimum=1,
    maximum=52,
)


@dataclass(frozen=True)
class Asked:
    """day: from which it looks ahead. reach_km: between home and session. counts_unknown: people whose job project
    nobody has written down may be given any trade, to verify."""

    day: date
    weeks: int
    reach_km: int
    counts_unknown: bool = False

    @classmethod
    def by_default(cls, day: date) -> Asked:
        found = parameters.values([HORIZON.code, REACH.code], day)
        return cls(day, found[HORIZON.code], found[REACH.code])

    @property
    def until(self) -> date:
        """The last opening looked at."""
        return self.day + timedelta(weeks=self.weeks)

    @property
    def furthest_trade(self) -> int:
        """The worst rank of the trade criterion that the plan accepts."""
        return criteria.NO_TRADE_KNOWN if self.counts_unknown else criteria.SAME_DOMAIN

    def as_json(self) -> dict[str, Any]:
        return {
            "day": str(self.day),
            "weeks": self.weeks,
            "reach_km": self.reach_km,
            "counts_unknown": self.counts_unknown,
        }

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Asked:
        return cls(**{**said, "day": date.fromisoformat(said["day"])})
