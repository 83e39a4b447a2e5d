"""Who may see which rows. Deny by default: a role without a registered scope sees nothing.

Every list, page, export and answer starts from `Model.objects.visible_to(actor)`. Scopes are registered per model and
role, also by packages above: `prescriptions` says which pathways a provider shares, without `pathways` knowing it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import models
from django.db.models import Q

from pathways.actor import Actor
from pathways.enums import Role

Scope = Callable[[Actor], Q]

_SCOPES: dict[tuple[str, Role], Scope] = {}


def scope(model_label: str, *roles: Role):
    """Register the rows of `model_label` (« pathways.Pathway ») that the roles may see: a function actor -> Q."""

    def registered(function: Scope) -> Scope:
        for role in roles:
            if (model_label, role) in _SCOPES:
                raise ValueError(f"{role} has two scopes on {model_label}")
            _SCOPES[model_label, role] = function
        return function

    return registered


def scope_of(model_label: str, actor: Actor) -> Q | None:
    """The condition on rows for this actor; None when the role sees nothing of this model."""
    if actor.is_system:
        return Q()
    function = _SCOPES.get((model_label, actor.role))
    return function(actor) if function else None


class ScopedQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor):
        """Only the rows that the actor's role and organisation may see."""
        condition = scope_of(self.model._meta.label, actor)
        return self.none() if condition is None else self.filter(condition)
