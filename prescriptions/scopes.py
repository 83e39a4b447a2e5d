"""What each role sees of the offer and of prescriptions, and the people whom a provider shares through them."""

from django.db.models import Exists, OuterRef, Q

from pathways.actor import Actor
from pathways.enums import Role
from pathways.perms import scope
from pathways.scopes import register_people
from prescriptions.enums import PrescriptionState

EVERYONE_AT_WORK = (
    Role.REFERENT,
    Role.DEPARTMENT_MANAGER,
    Role.ADVISOR,
    Role.REGION_OFFICER,
)

register_people("prescriptions.Prescription", "pathway__")
register_people("prescriptions.PlanLine", "pathway__")
register_people("prescriptions.IssuedDocument", "prescription__pathway__")
# Of a person proposed for an empty seat a provider learns nothing before the prescription is sent.
register_people("prescriptions.Proposal", "pathway__")


def _sent_to(actor: Actor, **links):
    from prescriptions.models import Prescription

    return Prescription.objects.filter(session__provider=actor.organisation_id, **links).exclude(
        state=PrescriptionState.DRAFT
    )


@scope("prescriptions.Prescription", Role.PROVIDER)
def _own_candidates(actor):
    """Candidates of the provider's sessions, once the prescription has been sent."""
    return Q(session__provider=actor.organisation_id) & ~Q(state=PrescriptionState.DRAFT)


@scope("prescriptions.IssuedDocument", Role.PROVIDER)
def _own_documents(actor):
    return Q(provider=actor.organisation_id)


@scope("pathways.Pathway", Role.PROVIDER)
def _people_of_provider(actor):
    return Q(Exists(_sent_to(actor, pathway=OuterRef("pk"))))


@scope("pathways.Beneficiary", Role.PROVIDER)
def _beneficiaries_of_provider(actor):
    return Q(Exists(_sent_to(actor, pathway__beneficiary=OuterRef("pk"))))


@scope("pathways.Event", Role.PROVIDER)
def _events_of_provider(actor):
    """Only what happened in the provider's own sessions: nothing of the person's other steps."""
    return Q(Exists(_sent_to(actor, pk=OuterRef("subject_id"))))


@scope("prescriptions.Session", *EVERYONE_AT_WORK)
def _whole_offer(actor):
    return Q()


@scope("prescriptions.Session", Role.PROVIDER)
def _own_sessions(actor):
    return Q(provider=actor.organisation_id)


@scope("prescriptions.SaturationCase", Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER)
def _every_case(actor):
    return Q()


@scope("prescriptions.SaturationCase", Role.ADVISOR)
def _cases_of_areas(actor):
    """The alerts of the bassins that the agency serves."""
    return Q(session__area__in=actor.area_ids)


@scope("prescriptions.SaturationPlan", Role.REGION_OFFICER, Role.ADVISOR, Role.DEPARTMENT_MANAGER)
def _plans_of_the_programme(actor):
    """A plan's figures name nobody; its lines are `PlanLine`, which follow the people."""
    return Q()


#: For whom seats are kept: never told to a provider, who reads a letter.
READ_PUBLICS = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER)


@scope("prescriptions.ReservedPublic", *READ_PUBLICS)
def _publics(actor):
    return Q()


@scope("prescriptions.SeatQuota", *READ_PUBLICS)
def _quotas(actor):
    return Q()
