"""What « délai raisonnable » and « accessible » mean, as dated parameters (Pôle emploi agreement, art. 2)."""

from pathways import parameters

WINDOW = parameters.declare(
    "aif_window",
    "Délai dans lequel une entrée collective exclut l'AIF",
    unit="jours",
    default=60,
    group="AIF",
    source="Convention Pôle emploi, art. 2 : « évalué à deux mois »",
    minimum=7,
    maximum=365,
)
REACH = parameters.declare(
    "aif_reach",
    "Distance jusqu'à laquelle une session est accessible",
    unit="km",
    default=40,
    group="AIF",
    minimum=1,
    maximum=300,
    help="À vol d'oiseau, de la commune de la personne au lieu de la session.",
)


def in_force(day=None) -> tuple[int, int]:
    """(window in days, reach in kilometres)."""
    values = parameters.values([WINDOW.code, REACH.code], day)
    return values[WINDOW.code], values[REACH.code]
