"""Who sees which people: the Département's side and Pôle emploi. Providers' scopes are in `prescriptions.scopes`."""

from django.db.models import Q

from pathways.actor import Actor
from pathways.enums import Role
from pathways.perms import scope


def of_pole(actor: Actor, prefix: str = "") -> Q:
    """The people whom the référent's pôle d'insertion follows."""
    return Q(**{f"{prefix}pole": actor.organisation_id})


def of_department(actor: Actor, prefix: str = "") -> Q:
    """Everyone in the cohorts of the Département."""
    return Q(**{f"{prefix}department": actor.organisation_id})


def of_areas(actor: Actor, prefix: str = "") -> Q:
    """The people who live in a bassin d'emploi that the agency serves."""
    return Q(**{f"{prefix}area__in": actor.area_ids})


def register_people(model_label: str, prefix: str) -> None:
    """Give référents, managers and advisors their people; `prefix` leads from the model to the pathway (« a__ »)."""
    scope(model_label, Role.REFERENT)(lambda actor: of_pole(actor, prefix))
    scope(model_label, Role.DEPARTMENT_MANAGER)(lambda actor: of_department(actor, prefix))
    scope(model_label, Role.ADVISOR)(lambda actor: of_areas(actor, prefix))


register_people("pathways.Pathway", "")
register_people("pathways.Event", "pathway__")


@scope("pathways.Beneficiary", Role.REFERENT)
def _beneficiaries_of_pole(actor):
    return Q(pole=actor.organisation_id)


@scope("pathways.Beneficiary", Role.DEPARTMENT_MANAGER)
def _beneficiaries_of_department(actor):
    # By subquery: a person in two cohorts must not appear twice.
    from pathways.models import Pathway

    return Q(pk__in=Pathway.objects.filter(department=actor.organisation_id).values("beneficiary"))


@scope("pathways.Beneficiary", Role.ADVISOR)
def _beneficiaries_of_areas(actor):
    return Q(area__in=actor.area_ids)


@scope("pathways.ImportRun", Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER, Role.PROVIDER)
def _own_imports(actor):
    return Q(organisation=actor.organisation_id, role=actor.role)
