"""Jobs found: contracts in the proportions that the field sees (domain.md B7)."""

from __future__ import annotations

from datetime import date, timedelta

from followup.demo.courses import OTHER_JOBS
from followup.demo.dossier import Dossier

#: Contract -> share, shortest and longest planned length in months (None: without end).
CONTRACTS = {
    "cdi": (21, None),
    "cdd_long": (20, (6, 12)),
    "cdd_short": (19, (1, 5)),
    "temporary_short": (13, (1, 4)),
    "cddi": (9, (4, 12)),
    "cdd_usage": (4, (1, 3)),
    "temporary_long": (3, (6, 9)),
    "pec": (3, (9, 12)),
    "professionalisation": (2, (6, 12)),
    "apprenticeship": (2, (12, 24)),
    "self_employed": (2, None),
    "cdi_inclusion": (1, None),
    "civil_service": (1, None),
}
EMPLOYERS = (
    "Résidence Les Micocouliers", "Propreté du Vallon", "Entrepôts de la Touloubre", "Maçonnerie Estève et fils",
    "Restaurant Le Cabanon bleu", "Clinique des Pins parasols", "Chaudronnerie du Golfe", "Jardins de l'Arc",
    "Association Les Mains vertes", "Supérette des Lices", "Cabinet Lavandin", "Atelier numérique du Cours",
    "Transports Roubine", "Hôtel de la Sardine", "École des Tamaris", "Chantier d'insertion La Draille",
)  # fmt: skip


def draw(dossier: Dossier) -> dict:
    """The details of a job: contract, planned length, trade (mostly the one learnt), bassin, employer."""
    rng = dossier.rng
    contract = rng.choices(list(CONTRACTS), [share for share, _ in CONTRACTS.values()])[0]
    months = CONTRACTS[contract][1]
    learnt = dossier.intake.course.rome if dossier.intake else dossier.person.job_project
    area = dossier.person.area_id
    if rng.random() < 0.15:
        area = rng.choice([each.pk for each in dossier.world.areas.values()])
    details = {
        "contract": contract,
        "rome_code": learnt if learnt and rng.random() < 0.68 else rng.choice(OTHER_JOBS),
        "area": area,
        "employer": rng.choice(EMPLOYERS),
    }
    if months:
        details["planned_months"] = rng.randint(*months)
    return details


def end_of(details: dict, started_on: date) -> date | None:
    """The planned last day of a job; None for one without end."""
    months = details.get("planned_months")
    return started_on + timedelta(days=round(months * 30.4)) if months else None
