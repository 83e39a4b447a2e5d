"""What a cohort file says of people, in one shape for all formats.

A row keeps the words of the file (trimmed); comparing and sorting is the matter of pathways.identity.
The representation of a row names its place only: rows end up in logs and error pages, people must not.
"""

import datetime
from dataclasses import dataclass, field
from enum import StrEnum


class FileFormat(StrEnum):
    CAF_XML = "caf_xml"
    CSV = "csv"


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


class BirthDatePrecision(StrEnum):
    """What is really known of the birth date (TYPEDTNAI: N, J, O)."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class RsaEntrySource(StrEnum):
    """Which date was taken for the entry into the RSA."""

    RIGHT_ORIGIN = "right_origin"
    REQUEST = "request"
    CSV = "csv"


class RegistrationSource(StrEnum):
    """Where the registration at Pôle emploi comes from: stated by the file, or deduced from an activity."""

    CSV = "csv"
    CAF_ACTIVITY = "caf_activity"


@dataclass(frozen=True, slots=True)
class RowIssue:
    """One finding on a row. `field` is the column or element as the user sees it; never holds a NIR."""

    code: str
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """`lines` without postal code and town; `insee_code` is NUMCOM, arrondissements of Marseille as such."""

    lines: tuple[str, ...] = ()
    postal_code: str = ""
    insee_code: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """A CAF activity (ACT), `until` absent while it lasts."""

    code: str
    since: datetime.date | None
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonRow:
    """One person entitled to the RSA, as the file states it. Unknown text is empty, unknown date None."""

    locator: str
    last_name: str
    first_name: str
    birth_date: datetime.date
    birth_name: str = ""
    sex: Sex | None = None
    title: str = ""
    birth_date_precision: BirthDatePrecision = BirthDatePrecision.DAY
    birth_place: str = ""
    pe_identifier: str = ""
    pe_registered_on: datetime.date | None = None
    pe_registered_source: RegistrationSource | None = None
    caf_number: str = ""
    caf_office: str = ""
    rsa_request_number: str = ""
    rsa_requested_on: datetime.date | None = None
    rsa_right_origin_on: datetime.date | None = None
    rsa_entry_on: datetime.date | None = None
    rsa_entry_source: RsaEntrySource | None = None
    rsa_role: str = ""
    rsa_state: str = ""
    rsa_suspension_reasons: tuple[str, ...] = ()
    rsa_closure_reason: str = ""
    rsa_closed_on: datetime.date | None = None
    has_duties: bool | None = None
    activity_code: str = ""
    activity_since: datetime.date | None = None
    activities: tuple[Activity, ...] = ()
    address: Address = field(default_factory=Address)
    is_without_fixed_abode: bool | None = None
    phone: str = ""
    email: str = ""
    identified_on: datetime.date | None = None
    insertion_pole: str = ""
    education_level: str = ""
    rome_project: str = ""
    warnings: tuple[RowIssue, ...] = ()

    def __repr__(self) -> str:
        return f"<PersonRow {self.locator}, {len(self.warnings)} warning(s)>"


@dataclass(frozen=True, slots=True, repr=False)
class RowRejection:
    """A row that cannot be imported, with every reason at once. `who` helps to find it in the file."""

    locator: str
    issues: tuple[RowIssue, ...]
    who: str = ""

    def __repr__(self) -> str:
        return f"<RowRejection {self.locator}: {', '.join(issue.code for issue in self.issues)}>"


@dataclass(slots=True)
class FileHeader:
    """What the file says of itself. `offices` (CAF and number) fill up while the rows are read."""

    format: FileFormat
    encoding: str
    created_on: datetime.date | None = None
    reference_on: datetime.date | None = None
    flux_type: str = ""
    flux_nature: str = ""
    application: str = ""
    delimiter: str = ""
    unknown_columns: tuple[str, ...] = ()
    offices: set[str] = field(default_factory=set)
