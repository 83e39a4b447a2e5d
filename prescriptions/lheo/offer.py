"""The training offer as read from LHEO, the same for versions 2.2 and 2.3.

Texts are plain (markup removed), absent texts are "", absent figures None. No contact person is kept.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from prescriptions.lheo.dates import LheoDate, Period

REGIONAL_COUNCIL = "2"


class RecruitmentState(StrEnum):
    """``etat-recrutement``; an absent element is None: unknown, never open."""

    OPEN = "1"
    CLOSED = "2"
    SUSPENDED = "3"


@dataclass(frozen=True, slots=True)
class Code:
    """Code of a nomenclature, its edition ("V12", "" when not said) and whether it is the main one."""

    value: str
    edition: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """Value outside the norm: ``extras/@info``, ``extra/@info``, text, and the ``@numero`` of the group."""

    group: str
    info: str
    value: str
    numero: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Address. ``commune_code`` is the INSEE commune (13055 for Marseille), ``insee_code`` the code as given."""

    name: str
    lines: tuple[str, ...]
    postal_code: str
    city: str
    insee_code: str
    commune_code: str
    department: str
    region: str
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    siret: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Training organisation: ``siret`` normalised to 14 characters when possible, ``activity_number`` 11."""

    numero: str
    siret: str
    name: str
    legal_name: str = ""
    activity_number: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Certification:
    """Codes of one certification, "" when absent."""

    rncp: str
    certifinfo: str
    rs: str
    cpf: str


@dataclass(frozen=True, slots=True)
class Funder:
    """``code`` of dict-financeurs; ``places`` None when absent or negative; programmes tell regional lots apart."""

    code: str
    places: int | None
    programmes: tuple[str, ...]
    contract_references: tuple[str, ...]
    public_codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Recruitment:
    """Step of recruitment of a session (2.3); mode 9 is the information session, 8 the interview."""

    mode: str
    scope_code: str
    scope_text: str
    is_remote: bool | None
    place: Place | None
    url: str
    places: int | None
    period: Period | None
    starts_at: str
    ends_at: str
    comment: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """Capacity of a session in a cycle (2.3), in persons."""

    kind: str
    years: tuple[int, ...]
    minimum: int | None
    simultaneous_capacity: int | None
    cumulated_capacity: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """One session; ``is_expired`` is the base's own mark (extra session-perimee)."""

    numero: str | None
    created_on: LheoDate | None
    updated_on: LheoDate | None
    period: Period
    registration: Period | None
    registration_place: Place
    registration_terms: str
    state: RecruitmentState | None
    is_expired: bool
    recruitments: tuple[Recruitment, ...]
    cycles: tuple[Cycle, ...]
    urls: tuple[str, ...]
    extras: tuple[Extra, ...]
    line: int

    def is_enterable(self, on: date, *, is_permanent: bool) -> bool:
        """Whether somebody may still join on that day, from the file alone: declared open, and credibly so."""
        return self.state is RecruitmentState.OPEN and not self.closing_reason(on, is_permanent=is_permanent)

    def closing_reason(self, on: date, *, is_permanent: bool) -> str:
        """Why nobody can join any more on that day whatever the declared state, in French; "" if one still can.

        A started session is still open when entries are permanent or inside its registration window.
        """
        if self.is_expired:
            return "la base du Carif la marque comme périmée"
        if self.registration and self.registration.has_ended(on):
            return f"les inscriptions sont closes depuis le {self.registration.end.latest:%d/%m/%Y}"
        if self.period.has_ended(on):
            return f"elle est finie depuis le {self.period.end.latest:%d/%m/%Y}"
        is_in_window = self.registration is not None and self.registration.contains(on)
        if self.period.has_started(on) and not is_permanent and not is_in_window:
            return f"elle a commencé le {self.period.start.latest:%d/%m/%Y} et ses entrées sont à dates fixes"
        return ""


@dataclass(frozen=True, slots=True)
class Action:
    """One way of following a formation: place, public, funding, sessions. Hours and prices as declared."""

    numero: str | None
    created_on: LheoDate | None
    updated_on: LheoDate | None
    rhythm: str
    public_codes: tuple[Code, ...]
    public_text: str
    is_entry_level_required: bool
    prerequisites: str
    alternation: str
    teaching_mode: str
    is_permanent: bool
    places: tuple[Place, ...]
    trainers: tuple[Organisation, ...]
    information_place: Place | None
    information_dates: tuple[LheoDate, ...]
    recruitment_text: str
    scope_code: str
    scope_text: str
    hours_centre: int | None
    hours_enterprise: int | None
    hours_total: int | None
    duration_text: str
    hourly_price: Decimal | None
    total_price: Decimal | None
    remaining_costs: str
    is_conventioned: bool | None
    funders: tuple[Funder, ...]
    urls: tuple[str, ...]
    sessions: tuple[Session, ...]
    extras: tuple[Extra, ...]
    line: int

    @property
    def is_regional(self) -> bool:
        """True when the regional council is one of the funders."""
        return any(funder.code == REGIONAL_COUNCIL for funder in self.funders)


@dataclass(frozen=True, slots=True)
class Formation:
    """One formation with its valid actions; levels and general objective are codes of the norm's tables."""

    version: str
    numero: str | None
    created_on: LheoDate | None
    updated_on: LheoDate | None
    href: str
    title: str
    objective: str
    expected_results: str
    content: str
    formacodes: tuple[Code, ...]
    nsf_codes: tuple[str, ...]
    rome_codes: tuple[str, ...]
    is_certifying: bool
    certifications: tuple[Certification, ...]
    entry_level: str
    exit_level: str
    path_type: str
    general_objective: str
    urls: tuple[str, ...]
    responsible: Organisation
    actions: tuple[Action, ...]
    extras: tuple[Extra, ...]
    line: int

    @property
    def main_formacode(self) -> Code | None:
        """The code tagged ``principal``, else the first."""
        return next((code for code in self.formacodes if code.is_main), None) or next(
            iter(self.formacodes), None
        )


def regional_places(action: Action) -> int | None:
    """Places that the Région funds on the action: the figure under funder code 2, never a sum over funders.

    None when absent, negative, or when several figures stand under code 2 (nobody can tell a repetition
    from two lots). The figure belongs to the action: with several sessions it cannot be split between them.
    """
    declared = [
        funder.places
        for funder in action.funders
        if funder.code == REGIONAL_COUNCIL and funder.places is not None
    ]
    return declared[0] if len(declared) == 1 else None
