"""Which roles a page is for, written on the page itself."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied

from pathways.enums import Role


def for_roles(*roles: Role) -> Callable:
    """Open a view to these roles only; any other logged-in user gets a 403.

    `view.allowed_roles` tells the roles to the test that walks every address with every role.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.actor is None or request.actor.role not in roles:
                raise PermissionDenied("Cette page n'est pas ouverte à votre rôle.")
            return view(request, *args, **kwargs)

        guarded.allowed_roles = frozenset(roles)
        return guarded

    return decorate


#: Pages that any running membership may open.
ANY_ROLE = tuple(role for role in Role if role != Role.SYSTEM)
#: Roles for whom decisions wait.
WITH_A_PILE = (
    Role.REFERENT,
    Role.DEPARTMENT_MANAGER,
    Role.PROVIDER,
    Role.ADVISOR,
    Role.REGION_OFFICER,
)
