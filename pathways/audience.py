"""Who an alert is addressed to: keys that alerts carry and that readers hold."""

from __future__ import annotations

from collections.abc import Iterable

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


def person(user_id: int) -> str:
    """One person, whatever the role they act in: « user:7 »."""
    return f"user:{user_id}"


#: Every officer of the Région: the programme is one.
REGION = str(Role.REGION_OFFICER)


def keys_of(actor: Actor) -> list[str]:
    """The keys that an acting user holds; none for a role that receives no alert."""
    if actor.role not in READERS:
        return []
    own = [] if actor.user_id is None else [person(actor.user_id)]
    return own + keys_of_place(actor.role, actor.organisation_id, actor.area_ids)


def keys_of_place(role: Role | str, organisation_id: int, area_ids: Iterable[int]) -> list[str]:
    """The keys that a role in an organisation gives. area_ids: the bassins d'emploi that the organisation serves."""
    if role == Role.ADVISOR:
        return [advisors_of(area_id) for area_id in sorted(area_ids)]
    if role == Role.REGION_OFFICER:
        return [REGION]
    return [in_organisation(Role(role), organisation_id)]
