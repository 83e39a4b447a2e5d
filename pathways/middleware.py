"""Puts the acting user, role and organisation on each request as `request.actor`."""

from pathways.actor import Actor
from pathways.models import Membership

SESSION_KEY = "membership"


class ActorMiddleware:
    """`request.actor` is the user under the membership chosen in this session (the first one by default).

    None when nobody is logged in, or when the user has no running membership: such a user reaches no case data.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.memberships = []
        request.actor = None
        if request.user.is_authenticated:
            memberships = (
                Membership.objects.current().filter(user=request.user).select_related("organisation", "user")
            )
            request.memberships = list(memberships.order_by("pk"))
            request.actor = self._actor(request)
        return self.get_response(request)

    def _actor(self, request):
        chosen = request.session.get(SESSION_KEY)
        for membership in sorted(request.memberships, key=lambda m: m.pk != chosen):
            return Actor.of(membership)
        return None
