"""What each role sees of training, attendance and employment."""

from django.db.models import Q

from pathways.enums import Role
from pathways.perms import scope
from pathways.scopes import register_people

register_people("followup.Enrolment", "pathway__")
register_people("followup.Employment", "pathway__")
register_people("followup.AttendanceMark", "enrolment__pathway__")


@scope("followup.Enrolment", Role.PROVIDER)
def _own_trainees(actor):
    return Q(session__provider=actor.organisation_id)


@scope("followup.AttendanceMark", Role.PROVIDER)
def _own_marks(actor):
    return Q(enrolment__session__provider=actor.organisation_id)
