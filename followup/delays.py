"""How long each step after the entry may take: dated parameters, proposals of domain.md B13."""

from __future__ import annotations

from datetime import date, timedelta

from pathways import parameters

GROUP = "Après l'entrée en formation"

CONTACT = parameters.declare(
    "contact_days", "Joindre la personne après sa sortie", unit="jours", default=5, group=GROUP, maximum=90
)


def contact_delay(day: date | None = None) -> timedelta:
    """How long after an exit the person is to be reached; in force on `day`, today by default."""
    return timedelta(days=parameters.value(CONTACT.code, day))
