"""Pages that belong to no domain package: the review page of the interface kit."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from config.ui import showcase


def may_review(user) -> bool:
    """Any account while developing; administrators elsewhere."""
    return settings.DEBUG or user.is_staff


@require_http_methods(["GET", "POST"])
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, with invented data: what a designer or an accessibility expert reviews."""
    if not may_review(request.user):
        raise PermissionDenied
    return render(request, "components/showcase.html", showcase.context(request))


def components_job(request: HttpRequest) -> HttpResponse:
    """The polled fragment of the review page. The waiting example never starts."""
    if not may_review(request.user):
        raise PermissionDenied
    job = showcase.waiting_job() if "attente" in request.GET else showcase.polled_job()
    return render(request, "components/showcase_job.html", {"job": job})
