"""Who could take a session's empty seats, and why: named criteria in a stated order, never a score (domain.md, C)."""

from prescriptions.matching.candidates import Candidate, candidates
from prescriptions.matching.criteria import Reason

__all__ = ["Candidate", "Reason", "candidates"]
