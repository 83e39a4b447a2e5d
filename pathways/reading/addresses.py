"""Addresses of the past: a reading stands before the page's own address, « /au/2026-03-31/dossiers/12/ ».

It is a script prefix: every link that the page makes then leads to the same reading, with no template knowing it.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.urls import set_script_prefix
from django.utils.http import escape_leading_slashes

from pathways.forms.reading import DAY, KNOWN, ReadingForm
from pathways.reading.moment import Reading

PREFIX = re.compile(r"/au/(?P<day>[^/]{1,20})(?:/connu/(?P<known>[^/]{1,20}))?(?=/)")


def read_prefix(path: str) -> tuple[ReadingForm, str] | None:
    """The dates of an address of the past, as a form, and the page's own path; None for an address of today."""
    found = PREFIX.match(path)
    if found is None:
        return None
    asked = {DAY: found["day"], KNOWN: found["known"] or ""}
    return ReadingForm(asked), path[found.end() :]


def enter(request: HttpRequest, reading: Reading, path: str) -> None:
    """Make every address of this request one of the reading."""
    request.reading = reading
    request.path_info, request.path = path, f"{request.today_prefix}{reading.prefix}{path}"
    set_script_prefix(f"{request.today_prefix}{reading.prefix}/")


def back_to_today(request: HttpRequest, sentence: str) -> None:
    """The page is shown as of today after all: say why beside the control, and lead to today from here on."""
    asked = {DAY: request.reading.day, KNOWN: request.reading.known_on or ""}
    form = ReadingForm(asked)
    form.add_error(DAY, sentence)
    request.reading_form = form
    request.reading = request.reading_findings = None
    request.path = f"{request.today_prefix}{request.path_info}"
    set_script_prefix(f"{request.today_prefix}/")


def address(request: HttpRequest, reading: Reading | None, **changes: str | None) -> str:
    """The page under another reading (None: today), with its parameters; `changes` sets some, None removes one.

    The dates of the control are left out: they stand before the path.
    """
    query = request.GET.copy()
    for name, value in {**changes, DAY: None, KNOWN: None}.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    asked = f"?{query.urlencode()}" if query else ""
    prefix = reading.prefix if reading else ""
    return f"{request.today_prefix}{prefix}{escape_leading_slashes(request.path_info)}{asked}"
