"""What rules look at: a person and an offer as plain values. None or empty means unknown, never no."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pathways.models import Pathway
from prescriptions.enums import EntryMode
from prescriptions.models import Session


def department_of(code: str) -> str:
    """The département in an Insee or postal code of a commune: « 13055 » -> « 13 »; empty for no code."""
    if len(code) != 5:
        return ""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


@dataclass(frozen=True)
class Person:
    """What rules may know of somebody: nothing of the right to RSA, of barriers or of health."""

    pathway_id: int
    registered_on: date | None = None
    has_identifier: bool = False
    birth_date: date | None = None
    department: str = ""
    education_level: str = ""
    job_project: str = ""

    def age_on(self, day: date) -> int | None:
        """Whole years on `day`."""
        born = self.birth_date
        return born and day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class Offer:
    """What rules may know of a session, or of a training that somebody wishes for (`is_wish`).

    financers: LHEO codes; None when the offer does not say. price: euros, for the whole course.
    """

    title: str
    formacodes: tuple[str, ...] = ()
    rome_codes: tuple[str, ...] = ()
    certifinfo: str = ""
    is_certifying: bool | None = None
    goal_code: str = ""
    level_out: str = ""
    financers: frozenset[str] | None = None
    public_codes: frozenset[str] = frozenset()
    hours_total: int | None = None
    hours_company: int | None = None
    price: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    is_permanent: bool = False
    department: str = ""
    is_wish: bool = False


@dataclass(frozen=True)
class Case:
    """One question: may this person use a scheme for this offer on this day?"""

    person: Person
    offer: Offer
    day: date


_PERSON_COLUMNS = (
    "pk",
    "beneficiary__pe_registered_on",
    "beneficiary__pe_identifier",
    "beneficiary__birth_date",
    "beneficiary__commune_id",
    "beneficiary__postal_code",
    "beneficiary__education_level",
    "beneficiary__job_project",
)


def read_people(pathway_ids: Collection[int]) -> dict[int, Person]:
    """Pathway id -> the person, in one query. Who may be asked about is for the caller to say (`visible_to`)."""
    rows = Pathway.objects.filter(pk__in=pathway_ids).order_by().values_list(*_PERSON_COLUMNS)
    return {
        pk: Person(
            pathway_id=pk,
            registered_on=registered_on,
            has_identifier=bool(identifier),
            birth_date=birth_date,
            department=department_of(commune or "") or department_of(postal_code),
            education_level=level,
            job_project=project,
        )
        for pk, registered_on, identifier, birth_date, commune, postal_code, level, project in rows.iterator()
    }


def offer_of(session: Session) -> Offer:
    """The session as rules see it; reads no row when its action and formation are loaded (`with_offer()`)."""
    action, formation = session.action, session.action.formation
    codes = frozenset(str(financer["code"]) for financer in action.financers)
    return Offer(
        title=session.title,
        formacodes=tuple(formation.formacodes),
        rome_codes=tuple(formation.rome_codes),
        certifinfo=formation.certifinfo_code,
        is_certifying=formation.is_certifying,
        goal_code=formation.goal_code,
        level_out=formation.level_out,
        financers=codes or None,
        public_codes=frozenset(action.public_codes),
        hours_total=session.hours or action.hours_total,
        hours_company=action.hours_company,
        price=session.price,
        starts_on=session.starts_on,
        ends_on=session.ends_on,
        is_permanent=action.entry_mode == EntryMode.PERMANENT,
        department=department_of(action.insee_code) or department_of(action.postal_code),
    )
