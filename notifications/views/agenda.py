"""The page where a person gets the secret address of their calendar, and the calendar behind it."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from notifications import agenda
from notifications.models import FeedAddress

#: Calendars ask again after so many seconds.
FRESH = 900


@require_safe
def my_agenda(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once; the one before opens nothing any more."""
    token = agenda.renew(request.actor.user_id)
    path = reverse("notifications:agenda_feed", args=[token])
    return _page(request, f"{settings.SITE_URL.rstrip('/')}{path}")


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    if agenda.revoke(request.actor.user_id):
        messages.success(request, "Cette adresse ne donne plus rien : les agendas abonnés se videront.")
    return redirect("notifications:agenda")


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    standing = FeedAddress.objects.standing().filter(user=request.actor.user_id).first()
    webcal = f"webcal:{address.partition(':')[2]}"
    context = {"standing": standing, "address": address, "webcal": webcal}
    response = render(request, "notifications/agenda.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def agenda_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar, to whoever knows its address. 404 when it has been withdrawn, or its owner has left."""
    body = agenda.feed(token)
    if body is None:
        raise Http404("Cette adresse d'agenda n'existe pas, ou plus.")
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="jalons.ics"',
        "ETag": etag,
        "Cache-Control": f"private, max-age={FRESH}",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }
    response = HttpResponse(body, headers=headers)
    return get_conditional_response(request, etag=etag, response=response)
