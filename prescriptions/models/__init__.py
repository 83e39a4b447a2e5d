from prescriptions.models.document import IssuedDocument
from prescriptions.models.job import Job, TrainingDomain
from prescriptions.models.meeting import Meeting
from prescriptions.models.offer import Formation, Session, TrainingAction
from prescriptions.models.prescription import Prescription
from prescriptions.models.saturation import (
    AbsenceCount,
    MinimumDecision,
    Proposal,
    SaturationCase,
    SaturationStep,
)
from prescriptions.models.schemes import Scheme, SchemeRule

__all__ = [
    "AbsenceCount",
    "Formation",
    "IssuedDocument",
    "Job",
    "Meeting",
    "MinimumDecision",
    "Prescription",
    "Proposal",
    "SaturationCase",
    "SaturationStep",
    "Scheme",
    "SchemeRule",
    "Session",
    "TrainingAction",
    "TrainingDomain",
]
