"""The list of people as a tool: search, filters, sort, export of exactly what is shown."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import headers, url_with
from config.ui.totals import total_of
from pathways import origins
from pathways import together as bulk
from pathways.enums import Role
from pathways.forms.people import PeopleFilters
from pathways.keyset import page
from pathways.menu import PEOPLE_ROLES
from pathways.models import Pathway
from pathways.people_list import FIELDS, columns, count_by_state, people, sort_of
from pathways.reading.pages import readable_in_time
from pathways.spreadsheet import provenance, write
from pathways.state_tones import tone_of
from pathways.views.access import for_roles

PAGE_SIZE = 50
#: Rows read from the database at a time by the export.
CHUNK = 2000


#: Who records of several people of this list at once; a provider does so from its candidates and its trainees.
BULK_ROLES = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR)


def _everybody(request: HttpRequest) -> QuerySet[Pathway]:
    return Pathway.objects.visible_to(request.actor)


def _figures(request: HttpRequest) -> list[tuple[str, int]]:
    criteria = PeopleFilters(request.GET, request.actor).criteria()
    return count_by_state(request.actor, people(request.actor, criteria))


@require_safe
@for_roles(*PEOPLE_ROLES)
@readable_in_time(_everybody, figures=_figures)
def search(request: HttpRequest) -> HttpResponse:
    """Everything that shapes the list is in the address: it can be kept and shared."""
    filters = PeopleFilters(request.GET, request.actor)
    rows = people(request.actor, filters.criteria())
    name, sort = sort_of(request.actor, request.GET.get("tri", ""))
    shown = page(rows, sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    own = columns(request.actor)
    context = {
        "filters": filters,
        "is_filtered": bool(filters.in_words()),
        "headers": headers(request, [column.head for column in own], default=name),
        "columns": own,
        "rows": _rows(shown.rows),
        "bulk": bulk.buttons(request.actor, bulk.possible_for(request.actor, shown.rows))
        if request.actor.has_role(*BULK_ROLES)
        else [],
        "is_checked": request.GET.get("cocher") == "tout",
        "check_all_url": url_with(request, cocher="tout"),
        "here": request.get_full_path(),
        "total": total_of(rows),
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
        "export_url": reverse("pathways:search_export") + url_with(request, apres=None, avant=None),
    }
    return render(request, "pathways/search.html", context)


def _rows(pathways: list[Pathway]) -> list[dict[str, Any]]:
    sources = origins.of_pathways(pathways)
    return [
        {
            "pathway": pathway,
            "person": pathway.beneficiary,
            "age": pathway.beneficiary.age_on(clock.today()),
            "tone": tone_of(pathway),
            "origin": sources.get(pathway.pk, ""),
            "value": bulk.row_of_pathway(pathway.pk),
        }
        for pathway in pathways
    ]


@require_safe
@for_roles(*PEOPLE_ROLES)
@readable_in_time(_everybody)
def export(request: HttpRequest) -> FileResponse:
    """The whole list of `search` at the same address parameters: same rows, same columns, same order."""
    filters = PeopleFilters(request.GET, request.actor)
    _, sort = sort_of(request.actor, request.GET.get("tri", ""))
    rows = people(request.actor, filters.criteria()).order_by(*sort.order()).only(*FIELDS)
    own = columns(request.actor)
    lines = ([column.cell(pathway) for column in own] for pathway in rows.iterator(chunk_size=CHUNK))
    notes = [*provenance(request.actor), *(filters.in_words() or [("Filtres", "aucun")])]
    book = write([column.label for column in own], lines, notes)
    return FileResponse(book, as_attachment=True, filename=f"dossiers-{clock.today():%Y-%m-%d}.xlsx")
