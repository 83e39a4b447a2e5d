"""Reading of the training offer in LHEO 2.2 and 2.3: files in, dataclasses and findings out. No Django here."""

from prescriptions.lheo.checks import References
from prescriptions.lheo.dates import LheoDate, Period, Precision
from prescriptions.lheo.errors import OfferFileError
from prescriptions.lheo.findings import Finding, Level
from prescriptions.lheo.offer import (
    Action,
    Certification,
    Code,
    Cycle,
    Extra,
    Formation,
    Funder,
    Organisation,
    Place,
    Recruitment,
    RecruitmentState,
    Session,
    regional_places,
)
from prescriptions.lheo.report import OfferItem, OfferReport, check_offer, read_offer

__all__ = [
    "Action",
    "Certification",
    "Code",
    "Cycle",
    "Extra",
    "Finding",
    "Formation",
    "Funder",
    "Level",
    "LheoDate",
    "OfferFileError",
    "OfferItem",
    "OfferReport",
    "Organisation",
    "Period",
    "Place",
    "Precision",
    "Recruitment",
    "RecruitmentState",
    "References",
    "Session",
    "check_offer",
    "read_offer",
    "regional_places",
]
