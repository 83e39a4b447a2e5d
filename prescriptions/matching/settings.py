"""What the Région may set about candidates, from a day on: the reach, and the order of the criteria."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pathways import parameters
from prescriptions.matching.criteria import DISTANCE, LEVEL, NAMES, REFUSAL, TRADE, WAIT

GROUP = "Candidats pour une place"
REACH = parameters.declare(
    "candidates_reach_km",
    "Distance au plus entre le domicile et la formation",
    unit="km",
    default=30,
    group=GROUP,
    minimum=1,
    maximum=200,
)
#: Criteria from the first looked at to the last: the next one only decides between those whom this one leaves equal.
DEFAULT_ORDER = (TRADE, LEVEL, REFUSAL, DISTANCE, WAIT)
_RANKS = {
    code: parameters.declare(
        f"candidates_order_{code}",
        f"Ordre des candidats : rang du critère « {NAMES[code]} »",
        unit="rang",
        default=rank,
        group=GROUP,
        minimum=1,
        maximum=9,
        help="Le critère de rang 1 compte d'abord ; le suivant ne fait que départager.",
    )
    for rank, code in enumerate(DEFAULT_ORDER, start=1)
}


@dataclass(frozen=True)
class Rules:
    """What is in force on a day. order: the criteria from the first looked at to the last."""

    reach_km: int
    order: tuple[str, ...] = DEFAULT_ORDER

    @classmethod
    def on(cls, day: date | None = None) -> Rules:
        """Two criteria of the same rank stay in the default order. One query."""
        found = parameters.values([REACH.code, *(each.code for each in _RANKS.values())], day)
        order = sorted(DEFAULT_ORDER, key=lambda code: found[_RANKS[code].code])
        return cls(found[REACH.code], tuple(order))

    @property
    def in_words(self) -> str:
        """« métier du projet, puis niveau demandé, puis… »"""
        return ", puis ".join(NAMES[code] for code in self.order)
