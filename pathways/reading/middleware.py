"""Finds in the address the past that a page is asked for, and keeps what cannot be read in the past in today."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, set_script_prefix

from config.readonly import READING_METHODS
from pathways.forms.reading import DAY, KNOWN, ReadingForm
from pathways.reading import addresses


class ReadingMiddleware:
    """Sets `request.reading` (None: today) and `request.reading_form` (what was asked and could not be understood)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reading = request.reading_form = request.reading_findings = None
        # Where the product itself is mounted; « » at the root of the server.
        request.today_prefix = get_script_prefix().rstrip("/")
        try:
            return self._answer(request)
        finally:
            set_script_prefix(f"{request.today_prefix}/")

    def _answer(self, request: HttpRequest) -> HttpResponse:
        behind_prefix = addresses.read_prefix(request.path_info)
        asks_by_form = DAY in request.GET or KNOWN in request.GET
        if behind_prefix is None and not asks_by_form:
            return self.get_response(request)
        if behind_prefix is not None:
            form, request.path_info = behind_prefix
            request.path = f"{request.today_prefix}{request.path_info}"
        if request.method not in READING_METHODS:
            return _refused(request)
        if asks_by_form:
            form = ReadingForm(request.GET)
        if not form.is_valid():
            request.reading_form = form
            return self.get_response(request)
        if asks_by_form or form.reading is None:
            return redirect(addresses.address(request, form.reading))
        if not request.user.is_authenticated:
            # The login page is of no day; it leads back to the address that was asked for.
            request.path = f"{request.today_prefix}{form.reading.prefix}{request.path_info}"
            return self.get_response(request)
        addresses.enter(request, form.reading, request.path_info)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """A page that only makes sense today is opened as of today."""
        if request.reading is None or getattr(view, "is_readable_in_time", False):
            return None
        messages.info(request, "Cette page ne se lit pas dans le passé : la voici aujourd'hui.")
        return redirect(addresses.address(request, None))


def _refused(request: HttpRequest) -> HttpResponse:
    return render(
        request, "pathways/reading_refused.html", {"today_url": addresses.address(request, None)}, status=403
    )
