"""The list of sessions: how it is sorted, its columns, what each line says."""

from __future__ import annotations

from typing import Any

from config.ui.tables import Column
from pathways.keyset import Sort
from prescriptions.enums import Recruitment
from prescriptions.forms import SessionFilters
from prescriptions.models import Session
from prescriptions.search import find

#: Value of `tri` -> the column behind it.
SORTS = {
    "ouverture": Sort("starts_on", is_nullable=True),
    "intitule": Sort("title"),
    "libres": Sort("seats_free", is_nullable=True),
    "distance": Sort("distance", is_nullable=True),
}
DEFAULT_SORT = "ouverture"

COLUMNS = (
    Column("Session", "intitule"),
    Column("Dates", "ouverture"),
    Column("Places", "libres"),
)
DISTANCE = Column("Distance", "distance", is_numeric=True)


def columns(filters: SessionFilters, *, has_choice: bool) -> list[Column]:
    """The columns of a list under these filters; a list in which one chooses has a last column for it."""
    shown = list(COLUMNS)
    if measures_distance(filters):
        shown.insert(1, DISTANCE)
    return [*shown, Column("Prescrire", is_label_hidden=True)] if has_choice else shown


def measures_distance(filters: SessionFilters) -> bool:
    return filters.place is not None and filters.place.has_coordinates


def sort_of(filters: SessionFilters, wanted: str) -> tuple[str, Sort]:
    """The sort asked for (« -ouverture »: descending); the nearest first when only a place was given."""
    name = wanted.removeprefix("-")
    if name not in SORTS or (name == "distance" and not measures_distance(filters)):
        wanted = name = "distance" if measures_distance(filters) else DEFAULT_SORT
    sort = SORTS[name]
    return wanted, Sort(sort.field, wanted.startswith("-"), sort.is_nullable)


def sessions(actor, filters: SessionFilters):
    """The sessions that the actor sees and that match, unsorted."""
    offer = Session.objects.visible_to(actor).with_offer().select_related("declared_by")
    return find(offer, filters.as_criteria())


def kilometres(metres: int | None) -> str:
    """« à 12 km », « à moins d'un km », or nothing when the distance is unknown."""
    if metres is None:
        return ""
    return f"à {round(metres / 1000)} km" if metres >= 1000 else "à moins d'un km"


EXPORT_HEADS = (
    "Intitulé",
    "N° Carif",
    "Organisme",
    "Ville",
    "Bassin",
    "Ouverture",
    "Clôture",
    "Places",
    "Places tenues",
    "Recrutement",
    "Programme Région",
    "Déclaré par",
    "Déclaré le",
    "Distance (km)",
)


def export_row(session: Any) -> list:
    """One line of the export, in the order of EXPORT_HEADS."""
    recruitment = "Annulée" if session.cancelled_on else Recruitment(session.recruitment).label
    return [
        session.title,
        session.carif_number,
        session.provider.name,
        session.action.city,
        str(session.area or ""),
        session.starts_on,
        session.ends_on,
        session.capacity,
        session.seats_held,
        str(recruitment),
        "oui" if session.is_regional else "non",
        session.declared_by.name if session.declared_by else "",
        session.declared_at.date(),
        None if session.distance is None else round(session.distance / 1000, 1),
    ]
