"""Who an alert is addressed to: keys that alerts carry and that readers hold."""

from __future__ import annotations

from pathways.actor import Actor
from pathways.enums import Role

#: The roles that receive alerts.
READERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.PROVIDER, Role.ADVISOR, Role.REGION_OFFICER)


def in_organisation(role: Role, organisation_id: int) -> str:
    """Everyone who holds the role in one organisation: « referent:12 »."""
    return f"{role}:{organisation_id}"


def advisors_of(area_id: int) -> str:
    """The advisors whose agency serves a bassin d'emploi: « advisor:area:3 »."""
    return f"{Role.ADVISOR}:area:{area_id}"


#: Every officer of the Région: the programme is one.
REGION = str(Role.REGION_OFFICER)


def keys_of(actor: Actor) -> list[str]:
    """The keys that an acting user holds; none for a role that receives no alert."""
    if actor.role not in READERS:
        return []
    if actor.role == Role.ADVISOR:
        return [advisors_of(area_id) for area_id in sorted(actor.area_ids)]
    if actor.role == Role.REGION_OFFICER:
        return [REGION]
    return [in_organisation(actor.role, actor.organisation_id)]
