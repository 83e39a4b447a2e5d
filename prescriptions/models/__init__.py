from prescriptions.models.document import IssuedDocument
from prescriptions.models.job import Job, TrainingDomain
from prescriptions.models.meeting import Meeting
from prescriptions.models.offer import Formation, Session, TrainingAction
from prescriptions.models.prescription import Prescription
from prescriptions.models.schemes import Scheme, SchemeRule
from prescriptions.models.thresholds import SaturationThreshold

__all__ = [
    "Formation",
    "IssuedDocument",
    "Job",
    "Meeting",
    "Prescription",
    "SaturationThreshold",
    "Scheme",
    "SchemeRule",
    "Session",
    "TrainingAction",
    "TrainingDomain",
]
