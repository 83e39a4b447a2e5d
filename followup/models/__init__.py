from followup.models.attendance import AttendanceMark, LockedDay
from followup.models.employment import Employment
from followup.models.enrolment import Enrolment

__all__ = ["AttendanceMark", "Employment", "Enrolment", "LockedDay"]
