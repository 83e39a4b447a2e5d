"""Small numbers: what a table about people may show without telling of anybody (domain.md, C, « secret statistique »).

A row is hidden whole when one of its counts is small, and others with it until nothing hidden can be found again by
subtracting what is shown from the totals (secondary suppression).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pathways import parameters

SMALL_NUMBERS = parameters.declare(
    "small_numbers",
    "Effectif en dessous duquel un chiffre sur des personnes est masqué",
    unit="personnes",
    default=5,
    group="Pilotage",
    source="Secret statistique des ménages : 5 ou 11 selon les usages (connaissance générale, à vérifier)",
    minimum=3,
    maximum=30,
)

#: Counts of disjoint groups of people that make up one row: refused and not refused, present and absent…
Parts = Sequence[int]


def threshold() -> int:
    return parameters.value(SMALL_NUMBERS.code)


def is_small(number: int, least: int) -> bool:
    """Zero tells of nobody; from 1 to least - 1 it might."""
    return 0 < number < least


def hidden(rows: Sequence[Parts], least: int) -> frozenset[int] | None:
    """The places of the rows to hide, when the totals of all rows are shown; None: not even the totals may be shown.

    Each row gives the counts of its parts. The hidden rows together make at least `least` people in each part that
    anybody is in, and there are at least two of them: what a reader subtracts is never one row nor a small number.
    """
    totals = [sum(parts) for parts in zip(*rows, strict=True)]
    if any(is_small(total, least) for total in totals):
        return None
    chosen = {
        place
        for place, parts in enumerate(rows)
        if is_small(sum(parts), least) or any(is_small(part, least) for part in parts)
    }
    # The smallest first: what is lost to protect the others is the least that can be.
    spare = sorted(set(range(len(rows))) - chosen, key=lambda place: (sum(rows[place]), place), reverse=True)
    while chosen and not _is_safe(rows, chosen, totals, least) and spare:
        chosen.add(spare.pop())
    return frozenset(chosen)


def _is_safe(rows: Sequence[Parts], chosen: Collection[int], totals: Parts, least: int) -> bool:
    together = [sum(rows[place][part] for place in chosen) for part in range(len(totals))]
    enough = all(number >= least or total == 0 for number, total in zip(together, totals, strict=True))
    return enough and len(chosen) > 1
