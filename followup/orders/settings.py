"""The amount of the yearly order, as a dated parameter."""

from datetime import date

from config import clock
from pathways import parameters

YEARLY_ORDER = parameters.declare(
    "yearly_order",
    "Commande publique de l'année",
    unit="€",
    default=500_000,
    group="Commande publique",
    source="Convention Région – Département, art. 4-9 : 500 000 € par an, prévisionnel",
    minimum=0,
    maximum=100_000_000,
    help="La valeur d'une année est celle de son dernier jour, ou d'aujourd'hui pour l'année en cours.",
)


def amount_of(year: int) -> int:
    """Euros."""
    last = date(year, 12, 31)
    return parameters.value(YEARLY_ORDER.code, min(last, max(clock.today(), date(year, 1, 1))))
