"""Puts the acting user, role and organisation on each request as `request.actor`; follows files that were merged."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from pathways.actor import Actor
from pathways.models import Membership, Pathway

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


class MergedFileMiddleware:
    """The old addresses of a file joined to another lead to that one, for whoever may see it.

    A form that was open when the files were merged is sent on as it is (307): nothing typed is lost.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        match = request.resolver_match
        if not isinstance(exception, Http404) or request.actor is None or "pathway_id" not in match.kwargs:
            return None
        people = Pathway.objects.visible_to(request.actor)
        holder = people.filter(absorbed=match.kwargs["pathway_id"]).values_list("pk", flat=True).first()
        if holder is None:
            return None
        address = reverse(match.view_name, kwargs={**match.kwargs, "pathway_id": holder})
        query = request.META.get("QUERY_STRING", "")
        response = HttpResponseRedirect(f"{address}?{query}" if query else address)
        if request.method not in ("GET", "HEAD"):
            response.status_code = 307
        return response
