"""Cohort files: CAF flux and CSV read into plain rows, rows matched to known people. No database here."""

from pathways.cohort_files.errors import CohortFileError
from pathways.cohort_files.matching import Candidate, MatchKey, MatchResult, MatchStatus, match
from pathways.cohort_files.reading import CohortReading, read_cohort
from pathways.cohort_files.rows import (
    Activity,
    Address,
    BirthDatePrecision,
    FileFormat,
    FileHeader,
    PersonRow,
    RegistrationSource,
    RowIssue,
    RowRejection,
    RsaEntrySource,
    Sex,
)

__all__ = [
    "Activity",
    "Address",
    "BirthDatePrecision",
    "Candidate",
    "CohortFileError",
    "CohortReading",
    "FileFormat",
    "FileHeader",
    "MatchKey",
    "MatchResult",
    "MatchStatus",
    "PersonRow",
    "RegistrationSource",
    "RowIssue",
    "RowRejection",
    "RsaEntrySource",
    "Sex",
    "match",
    "read_cohort",
]
