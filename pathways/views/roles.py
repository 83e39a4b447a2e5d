"""Acting under another of one's memberships."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from pathways.middleware import SESSION_KEY
from pathways.views.access import ANY_ROLE, for_roles


@require_POST
@for_roles(*ANY_ROLE)
def switch_role(request: HttpRequest) -> HttpResponse:
    """Choose one of the user's own running memberships; the pile of that role opens."""
    wanted = request.POST.get("membership", "")
    own = {str(membership.pk): membership for membership in request.memberships}
    if wanted not in own:
        raise PermissionDenied("Ce rôle n'est pas, ou n'est plus, le vôtre.")
    request.session[SESSION_KEY] = own[wanted].pk
    return redirect("pathways:pile")
