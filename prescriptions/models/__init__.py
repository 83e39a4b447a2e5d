from prescriptions.models.offer import Formation, Session, TrainingAction
from prescriptions.models.prescription import Prescription

__all__ = ["Formation", "Prescription", "Session", "TrainingAction"]
