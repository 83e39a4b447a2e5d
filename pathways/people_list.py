"""The list of people: what can be asked of it, which columns each role reads, and the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from config import clock
from config.ui.tables import Column
from pathways.actor import Actor
from pathways.enums import PathwayState, Role
from pathways.keyset import Sort
from pathways.models import Pathway

DEFAULT_SORT = "nom"
#: Value of `tri` -> the column behind it.
SORTS = {
    "nom": Sort("sort_key"),
    "depuis": Sort("state_since", is_nullable=True),
    "echeance": Sort("due_on", is_nullable=True),
}


@dataclass(frozen=True)
class PeopleColumn:
    """A column of the page and of its export alike. cell: what the export writes for a pathway."""

    key: str
    label: str
    cell: Callable[[Pathway], Any]
    sort: str = ""
    is_numeric: bool = False

    @property
    def head(self) -> Column:
        return Column(self.label, self.sort, is_numeric=self.is_numeric)


def full_name(pathway: Pathway) -> str:
    """« Amrani Samia », as the list is sorted."""
    person = pathway.beneficiary
    return f"{person.last_name} {person.first_name}"


def state_label(pathway: Pathway) -> str:
    return str(PathwayState(pathway.state).label) if pathway.state else ""


NAME = PeopleColumn("name", "Nom", full_name, "nom")
AGE = PeopleColumn("age", "Âge", lambda p: p.beneficiary.age_on(clock.today()), is_numeric=True)
CITY = PeopleColumn("city", "Ville", lambda p: p.beneficiary.city)
PHONE = PeopleColumn("phone", "Téléphone", lambda p: p.beneficiary.phone)
STATE = PeopleColumn("state", "Étape", state_label)
SINCE = PeopleColumn("since", "Depuis", lambda p: p.state_since, "depuis")
DUE = PeopleColumn("due", "Attendu avant le", lambda p: p.due_on, "echeance")
AREA = PeopleColumn("area", "Bassin", lambda p: str(p.area or ""))
POLE = PeopleColumn("pole", "Pôle d'insertion", lambda p: str(p.pole or ""))

#: A provider reads neither the step nor the delay: both speak of what other organisations do (architecture, section 6).
COLUMNS = {
    Role.REFERENT: (NAME, AGE, STATE, SINCE, DUE, AREA, PHONE),
    Role.DEPARTMENT_MANAGER: (NAME, AGE, STATE, SINCE, DUE, AREA, POLE),
    Role.ADVISOR: (NAME, AGE, STATE, SINCE, DUE, AREA, PHONE),
    Role.PROVIDER: (NAME, AGE, CITY, PHONE),
}


#: What the columns read: an export of a whole Département takes these and nothing else.
FIELDS = (
    *("state", "state_since", "due_on", "area__name", "pole__name"),
    *(f"beneficiary__{name}" for name in ("last_name", "first_name", "birth_date", "city", "phone")),
)


def columns(actor: Actor) -> tuple[PeopleColumn, ...]:
    return COLUMNS[Role(actor.role)]


def sort_of(actor: Actor, wanted: str) -> tuple[str, Sort]:
    """The sort asked for (« -depuis »: descending) if the actor reads its column, else by name."""
    name = wanted.removeprefix("-")
    if name not in {column.sort for column in columns(actor) if column.sort}:
        return DEFAULT_SORT, SORTS[DEFAULT_SORT]
    sort = SORTS[name]
    return wanted, Sort(sort.field, wanted.startswith("-"), sort.is_nullable)


def people(actor: Actor, criteria: dict[str, Any]) -> QuerySet[Pathway]:
    """The people whom the actor sees and who meet the criteria (cleaned values of `PeopleFilters`), unsorted."""
    rows = Pathway.objects.visible_to(actor).select_related("beneficiary", "area", "pole")
    if words := criteria.get("q"):
        rows = rows.filter(beneficiary__search_key__words=words)
    if state := criteria.get("etape"):
        rows = rows.filter(state=state)
    if criteria.get("bloques"):
        rows = rows.stuck()
    for name, column in (("bassin", "area"), ("cohorte", "cohort"), ("pole", "pole")):
        if chosen := criteria.get(name):
            rows = rows.filter(**{column: chosen})
    return rows


def count_by_state(actor: Actor, rows: QuerySet[Pathway]) -> list[tuple[str, int]]:
    """(label, number) of everyone, and of each step for whom reads the steps."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    total = ("Personnes", sum(counts.values()))
    if STATE not in columns(actor):
        return [total]
    labels = dict(PathwayState.choices)
    return [
        total,
        *((f"Étape « {label} »", counts[state]) for state, label in labels.items() if state in counts),
    ]
