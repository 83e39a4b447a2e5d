"""The control of the time machine, and what it says of the page that is read: for the frame of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from config.ui.dates import count
from pathways.forms.reading import DAY, KNOWN, ReadingForm
from pathways.reading import addresses
from pathways.reading.learnt import Learnt
from pathways.reading.learnt_page import ASKED
from pathways.reading.moment import Reading

#: Places in a list mean nothing in another reading of it.
CURSORS = ("apres", "avant")


def control(request: HttpRequest) -> dict[str, Any] | None:
    """What the component `reading.html` shows; None on a page that cannot be read in the past."""
    match = request.resolver_match
    if match is None or not getattr(match.func, "is_readable_in_time", False):
        return None
    reading: Reading | None = request.reading
    left_out = dict.fromkeys((*CURSORS, ASKED))
    form = request.reading_form
    if form is None:
        asked = {DAY: reading.day, KNOWN: reading.known_on} if reading else {}
        form = ReadingForm(initial=asked)
    shown = {
        "form": form,
        "reading": reading,
        "today_url": addresses.address(request, None, **left_out),
        "kept": [
            (name, value)
            for name, values in request.GET.lists()
            if name not in (*left_out, DAY, KNOWN)
            for value in values
        ],
        "learnt": "",
    }
    findings = request.reading_findings
    if reading is not None and findings is not None:
        shown |= {
            "that_day_url": addresses.address(request, reading.as_known_that_day(), **left_out),
            "all_url": addresses.address(request, reading.with_all_we_know(), **left_out),
            "learnt": in_words(findings.learnt),
            "learnt_url": addresses.address(request, reading, **left_out | {ASKED: "1"})
            if findings.learnt.can_be_listed and findings.learnt.total
            else "",
            "figures": findings.figures,
        }
    return shown


def in_words(learnt: Learnt) -> str:
    """« 5 faits appris depuis, dont 3 corrections »."""
    if not learnt.total:
        return ""
    told = count(learnt.total, "fait appris depuis,faits appris depuis")
    if learnt.corrections:
        told += f", dont {count(learnt.corrections, 'correction,corrections')}"
    return told
