"""« Sortants »: everyone who left a course, those still to be contacted first (PE, art. 9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import headers, url_with
from followup import leaver_list as listing
from followup.contact_lines import CAUSES, owners_of
from followup.delays import contact_delay
from followup.models import Enrolment
from followup.tones import exam_tone
from pathways import together as bulk
from pathways.enums import AFTER_TRAINING, PathwayState, Role
from pathways.keyset import page
from pathways.lifecycle import PATHWAY
from pathways.models import Pathway
from pathways.possibilities import fact_url
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.spreadsheet import provenance, write
from pathways.state_tones import tone_of
from pathways.views.access import for_roles
from pathways.workflow import ATTEMPTS_BEFORE_LOST

ROLES = (Role.ADVISOR, Role.REFERENT, Role.DEPARTMENT_MANAGER)
PAGE_SIZE = 50
#: Rows read from the database at a time by the export.
CHUNK = 2000


def _everybody(request: HttpRequest) -> QuerySet[Pathway]:
    return Pathway.objects.visible_to(request.actor)


def _figures(request: HttpRequest) -> list[tuple[str, int]]:
    counts = listing.counts(request.actor)
    reached, left = listing.contact_rate(request.actor)
    groups = [(group.label, counts[group.code]) for group in listing.GROUPS]
    return [*groups, ("Contactés depuis un an", reached), ("Sortis depuis un an", left)]


@require_safe
@for_roles(*ROLES)
@readable_in_time(_everybody, figures=_figures)
def leavers(request: HttpRequest) -> HttpResponse:
    """`?situation=` the group, `?q=` words of the name, `?tri=`, `?apres=` and `?avant=` the page."""
    group, words, tri, rows, sort = _asked(request)
    shown = page(rows, sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    counts = listing.counts(request.actor)
    reached, left = listing.contact_rate(request.actor)
    context = {
        "group": group,
        "words": words,
        "filters": [
            {
                "label": each.label,
                "url": url_with(request, situation=each.code, apres=None, avant=None, tri=None),
                "is_active": each is group,
                "count": counts[each.code],
            }
            for each in listing.GROUPS
        ],
        "headers": headers(request, listing.PAGE_COLUMNS, default=tri),
        "lines": _lines(request, shown.rows),
        "bulk": bulk.buttons(request.actor, _possible(shown.rows)),
        "is_checked": request.GET.get("cocher") == "tout",
        "check_all_url": url_with(request, cocher="tout"),
        "here": request.get_full_path(),
        "total": rows.count() if words else counts[group.code],
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
        "export_url": reverse("followup:leavers_export") + url_with(request, apres=None, avant=None),
        "reached": reached,
        "left": left,
        "percent": round(100 * reached / left) if left else None,
        "attempts_before_lost": ATTEMPTS_BEFORE_LOST,
    }
    return render(request, "followup/leavers.html", context)


def _asked(request: HttpRequest):
    """(group, words searched, sort parameter, rows, sort) that the address asks for."""
    group = listing.group_of(request.GET.get("situation", ""))
    words = request.GET.get("q", "").strip()[:100]
    tri, sort = listing.sort_of(group, request.GET.get("tri", ""))
    return group, words, tri, listing.leavers(request.actor, group, words), sort


def _possible(rows: list[Enrolment]) -> set[str]:
    """What may be recorded of several of these leavers at once."""
    found = bulk.possible_from(PATHWAY, {row.pathway.state for row in rows})
    if not any(row.pathway.contact_attempts >= ATTEMPTS_BEFORE_LOST for row in rows):
        found.discard("lose_contact")
    return found


def _lines(request: HttpRequest, rows: list[Enrolment]) -> list[dict[str, Any]]:
    delay = contact_delay()
    attempts = listing.last_attempts(rows)
    owners = owners_of(row.pk for row in rows)
    waiting = set(
        listing.waiting_for(request.actor)
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    here = request.get_full_path()
    return [_line(row, row.pk in waiting, delay, attempts, owners, here) for row in rows]


def _line(row: Enrolment, is_waiting: bool, delay: timedelta, attempts, owners, here: str) -> dict[str, Any]:
    pathway = row.pathway
    line = {
        "row": row,
        "value": bulk.row_of_pathway(pathway.pk),
        "person": pathway.beneficiary,
        "state": tone_of(pathway),
        "exam": exam_tone(row),
        "cause": CAUSES.get(row.exit_cause, ""),
        "due_on": row.exit_on + delay if is_waiting else None,
        "attempt": attempts.get(pathway.pk),
        "reached_on": pathway.contacted_on if listing.has_been_reached(row) else None,
        "owner": owners.get(row.pk, ""),
        "contact_url": "" if reading_now() else fact_url(pathway.pk, "contact", following=here),
        "actions": [],
        "lost_why": "",
    }
    if reading_now() is not None:
        return line
    if pathway.state in AFTER_TRAINING | {PathwayState.LOST_CONTACT}:
        line["actions"] = [
            {"label": "Enregistrer un emploi", "url": fact_url(pathway.pk, "employ", following=here)},
            {
                "label": "Enregistrer une autre suite",
                "url": fact_url(pathway.pk, "record_outcome", following=here),
            },
        ]
    if pathway.state in AFTER_TRAINING:
        if pathway.contact_attempts >= ATTEMPTS_BEFORE_LOST:
            line["actions"].append(
                {
                    "label": "Déclarer perdu de vue",
                    "url": fact_url(pathway.pk, "lose_contact", following=here),
                }
            )
        else:
            line["lost_why"] = (
                f"Perdu de vue : possible après {ATTEMPTS_BEFORE_LOST} appels sans réponse "
                f"({pathway.contact_attempts} noté{'s' if pathway.contact_attempts > 1 else ''})."
            )
    return line


@require_safe
@for_roles(*ROLES)
@readable_in_time(_everybody)
def export(request: HttpRequest) -> FileResponse:
    """The whole list of `leavers` at the same address parameters, in the same order."""
    group, words, _, rows, sort = _asked(request)
    lines = (
        [cell(row) for _, cell in listing.EXPORT]
        for row in rows.order_by(*sort.order()).iterator(chunk_size=CHUNK)
    )
    notes = [
        *provenance(request.actor),
        ("Situation", group.label),
        ("Nom cherché", words or "tous"),
    ]
    book = write([head for head, _ in listing.EXPORT], lines, notes)
    return FileResponse(book, as_attachment=True, filename=f"sortants-{clock.today():%Y-%m-%d}.xlsx")
