from pathways.models.access import FileAccess
from pathways.models.actors import Membership, Organisation, User
from pathways.models.beneficiary import Beneficiary, RsaSituation
from pathways.models.cohort import Cohort, CohortDecision
from pathways.models.deferral import Deferral
from pathways.models.duplicate import DuplicateDismissal, DuplicatePair
from pathways.models.event import Event
from pathways.models.imports import ImportLine, ImportRun
from pathways.models.parameter import ParameterValue
from pathways.models.pathway import Pathway, StateDelay
from pathways.models.territory import Commune, EmploymentArea

__all__ = [
    "Beneficiary",
    "Cohort",
    "CohortDecision",
    "Commune",
    "Deferral",
    "DuplicateDismissal",
    "DuplicatePair",
    "EmploymentArea",
    "Event",
    "FileAccess",
    "ImportLine",
    "ImportRun",
    "Membership",
    "Organisation",
    "ParameterValue",
    "Pathway",
    "RsaSituation",
    "StateDelay",
    "User",
]
