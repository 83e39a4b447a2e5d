"""The dated parameters of saturation: proposals (domain.md B13), not law; « Réglages » shows and changes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from notifications.enums import Level
from pathways import parameters
from prescriptions.saturation.enums import Stage

GROUP = "Places à pourvoir"


def _declared(
    code: str, label: str, unit: str, default: int, maximum: int, source: str
) -> Callable[..., int]:
    parameters.declare(
        code, label, unit=unit, default=default, group=GROUP, source=source, minimum=1, maximum=maximum
    )
    return partial(parameters.value, code)


MEASURED = "Accord Pôle emploi, art. 8 : « le plus rapidement possible » ; délai proposé, à mesurer"
PROPOSED = parameters.PROPOSAL

_declared(
    "saturation_seen_hours",
    "Délai pour voir une alerte de places vides, avant que la Région soit prévenue",
    "heures",
    24,
    240,
    MEASURED,
)
_declared(
    "saturation_taken_hours",
    "Délai pour prendre en charge une alerte vue, avant que la Région soit prévenue",
    "heures",
    48,
    240,
    MEASURED,
)
_declared(
    "saturation_proposed_hours",
    "Délai pour proposer des candidats après la prise en charge, avant que la Région soit prévenue",
    "heures",
    72,
    480,
    MEASURED,
)
MINIMUM_DAYS = _declared(
    "minimum_days",
    "Alerte sous l'effectif minimal, avant l'ouverture",
    "jours",
    10,
    90,
    PROPOSED,
)
ABSENCE_WINDOW = _declared(
    "absence_window",
    "Passé sur lequel les absences à l'ouverture sont comptées",
    "jours",
    365,
    1095,
    "Choix de Jalons : une année complète",
)
_declared(
    "absence_weight",
    "Poids du taux régional dans les absences prévues d'un organisme",
    "personnes",
    20,
    500,
    "Choix de Jalons : autant de personnes attendues pour que le passé de l'organisme compte pour moitié",
)

#: Level of the alert -> the days before the opening from which empty seats are one of that level.
EMPTY_DAYS = {
    level: _declared(
        f"empty_days_{level}",
        f"Places vides, alerte « {level.label} »",
        "jours avant l'ouverture",
        days,
        180,
        PROPOSED,
    )
    for level, days in {Level.NOTICE: 30, Level.WARNING: 15, Level.URGENT: 7, Level.CRITICAL: 2}.items()
}


def thresholds(day: date | None = None) -> list[tuple[int, int]]:
    """(days before the opening, level) of each threshold in force, the nearest opening first."""
    codes = {f"empty_days_{level}": level for level in EMPTY_DAYS}
    found: dict[int, int] = {}
    for code, days in parameters.values(list(codes), day).items():
        found[days] = max(found.get(days, 0), int(codes[code]))
    return sorted(found.items())


#: Stage -> how many hours may pass there before the Région is told; nothing is awaited elsewhere.
REACTION = {
    Stage.NEW: "saturation_seen_hours",
    Stage.SEEN: "saturation_taken_hours",
    Stage.TAKEN: "saturation_proposed_hours",
}


def reaction() -> dict[str, timedelta]:
    """Stage -> how long may pass there before the Région is told, in force today."""
    hours = parameters.values(list(REACTION.values()))
    return {stage: timedelta(hours=hours[code]) for stage, code in REACTION.items()}
