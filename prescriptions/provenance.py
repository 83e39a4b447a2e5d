"""Who declared each figure of a session, and when: the one place that answers (A26, A43).

A figure is as old as the declaration that gave it its present value; a later declaration by the provider that leaves it
as it is confirms it. The history of the session's fields keeps every declaration with its author and its moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.ui.dates import NO_BREAK, day, number
from pathways.models import Organisation
from pathways.reading.moment import reading_now
from prescriptions.models import Session

#: What stands for the author of figures that a file told.
CARIF = "le fichier du Carif-Oref"


@dataclass(frozen=True)
class Told:
    """by: the organisation, or CARIF. confirmed_*: the latest declaration that left the figure as it is, if any."""

    by: str
    at: datetime
    confirmed_by: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class Figure:
    """One figure as a page shows it. told: None while nobody declared it."""

    name: str
    label: str
    value: str
    told: Told | None


def euros(amount: Decimal | None) -> str:
    return "" if amount is None else f"{number(amount, 2)}{NO_BREAK}€"


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _recruitment(session: Session) -> str:
    return str(session.get_recruitment_display()) if session.recruitment else ""


#: name of the column -> (label, how the session says it).
SHOWN = {
    "starts_on": ("Ouverture", lambda s: day(s.starts_on) if s.starts_on else ""),
    "ends_on": ("Clôture", lambda s: day(s.ends_on) if s.ends_on else ""),
    "registration_starts_on": (
        "Début des inscriptions",
        lambda s: day(s.registration_starts_on) if s.registration_starts_on else "",
    ),
    "registration_ends_on": (
        "Fin des inscriptions",
        lambda s: day(s.registration_ends_on) if s.registration_ends_on else "",
    ),
    "capacity": ("Places", lambda s: _plain(s.capacity)),
    "minimum": ("Effectif minimal", lambda s: _plain(s.minimum)),
    "hours": ("Heures par stagiaire", lambda s: f"{number(s.hours)}{NO_BREAK}h" if s.hours else ""),
    "price": ("Prix par place (TTC)", lambda s: euros(s.price)),
    "recruitment": ("Recrutement", _recruitment),
}


def figures(session: Session) -> list[Figure]:
    """Every declared figure of a session, in reading order, with who declared it; two queries."""
    told = provenance(session)
    shown = []
    for name, (label, words) in SHOWN.items():
        value = words(session)
        shown.append(Figure(name, label, value or "non renseigné", told[name] if value else None))
    return shown


def provenance(session: Session, names: Iterable[str] = SHOWN) -> dict[str, Told]:
    """Column -> who declared its present value, as known on the day of the reading."""
    versions = session.history.order_by("-history_date", "-history_id")
    past = reading_now()
    if past is not None and past.known_at is not None:
        versions = versions.filter(history_date__lte=past.known_at)
    names = list(names)
    rows = list(versions.values("declared_by_id", "declared_at", *names))
    authors = Organisation.objects.in_bulk({row["declared_by_id"] for row in rows} | {session.declared_by_id})
    latest = {"declared_by_id": session.declared_by_id, "declared_at": session.declared_at}

    def author(row: dict[str, Any]) -> str:
        found = authors.get(row["declared_by_id"])
        return found.name if found else CARIF

    answers = {}
    for name in names:
        first = latest
        for row in rows:
            if row[name] != getattr(session, name):
                break
            first = row
        is_confirmed = session.declared_by_id is not None and session.declared_at > first["declared_at"]
        later = {"confirmed_by": author(latest), "confirmed_at": session.declared_at} if is_confirmed else {}
        answers[name] = Told(author(first), first["declared_at"], **later)
    return answers
