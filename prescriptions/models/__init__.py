from prescriptions.models.document import IssuedDocument
from prescriptions.models.job import Job, TrainingDomain
from prescriptions.models.meeting import Meeting
from prescriptions.models.offer import Formation, Session, TrainingAction
from prescriptions.models.orders import Commitment
from prescriptions.models.plan import PlanLine, PlanSession, SaturationPlan
from prescriptions.models.prescription import Prescription
from prescriptions.models.reminder import OfferReminder
from prescriptions.models.saturation import (
    AbsenceCount,
    MinimumDecision,
    Proposal,
    SaturationCase,
    SaturationStep,
)
from prescriptions.models.schemes import Scheme, SchemeRule
from prescriptions.models.seats import OverbookingProposal, ReservedPublic, SeatQuota

__all__ = [
    "AbsenceCount",
    "Commitment",
    "Formation",
    "IssuedDocument",
    "Job",
    "Meeting",
    "MinimumDecision",
    "OfferReminder",
    "OverbookingProposal",
    "PlanLine",
    "PlanSession",
    "Prescription",
    "Proposal",
    "ReservedPublic",
    "SaturationCase",
    "SaturationPlan",
    "SaturationStep",
    "Scheme",
    "SchemeRule",
    "SeatQuota",
    "Session",
    "TrainingAction",
    "TrainingDomain",
]
