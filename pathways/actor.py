"""Who acts: a user under one of their memberships. Everything that is scoped or recorded asks this value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pathways.enums import Role

if TYPE_CHECKING:
    from pathways.models import Membership, Organisation, User


@dataclass(frozen=True)
class Actor:
    """A user acting in one role for one organisation; `Actor.system()` stands for scheduled jobs."""

    role: Role
    user: User | None = None
    organisation: Organisation | None = None

    @classmethod
    def of(cls, membership: Membership) -> Actor:
        return cls(Role(membership.role), membership.user, membership.organisation)

    @classmethod
    def system(cls) -> Actor:
        return cls(Role.SYSTEM)

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.pk if self.organisation else None

    @cached_property
    def area_ids(self) -> frozenset[int]:
        """The bassins d'emploi that the organisation serves (empty for whom a bassin means nothing)."""
        if self.organisation is None:
            return frozenset()
        return frozenset(self.organisation.areas.values_list("pk", flat=True))

    @cached_property
    def scope_key(self) -> tuple:
        """Equal for actors who see the same rows: what statements compiled for them are kept under."""
        areas = tuple(sorted(self.area_ids)) if self.role == Role.ADVISOR else ()
        return (self.role, self.organisation_id, areas)

    @property
    def is_system(self) -> bool:
        return self.role == Role.SYSTEM

    def has_role(self, *roles: Role) -> bool:
        return self.role in roles

    def __str__(self) -> str:
        if self.is_system:
            return Role.SYSTEM.label
        return f"{self.user} ({self.organisation})"
