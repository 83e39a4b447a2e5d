"""« À compléter »: what providers have still to declare of sessions that open soon, and who is late."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import Column, headers, url_with
from config.ui.totals import total_of
from pathways import parameters
from pathways.enums import Role
from pathways.keyset import Sort, page
from pathways.models import Organisation
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from prescriptions.completeness import gaps
from prescriptions.completeness.checks import BY_CODE, CODES, GRACE
from prescriptions.forms import FilterForm
from prescriptions.models import Session

READERS = (Role.PROVIDER, Role.REGION_OFFICER)
PAGE_SIZE = 30
SORTS = {"delai": Sort("asked_since"), "ouverture": Sort("starts_on", is_nullable=True)}
DEFAULT_SORT = "delai"
COLUMNS = (
    Column("À compléter avant", "delai"),
    Column("Session"),
    Column("Ouverture", "ouverture"),
    Column("Ce qui manque"),
)
EXPORT_HEADS = (
    *("Intitulé", "N° Carif", "Organisme", "Ouverture", "Ce qui manque", "Chiffres à confirmer"),
    *("À compléter avant", "En retard", "Déclaré le", "Relancé le"),
)


class TodoFilters(FilterForm):
    """Who and what: `retard` keeps what is late."""

    organisme = forms.ModelChoiceField(
        label="Organisme", required=False, queryset=Organisation.objects.none(), empty_label="Tous"
    )
    retard = forms.BooleanField(label="En retard seulement", required=False)
    tri = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, actor):
        super().__init__(data)
        if actor.has_role(Role.PROVIDER):
            del self.fields["organisme"]
        else:
            offering = Session.objects.visible_to(actor).order_by().values("provider")
            self.fields["organisme"].queryset = Organisation.objects.filter(pk__in=offering).order_by("name")


def _rows(request: HttpRequest, filters: TodoFilters) -> QuerySet[Session]:
    asked = filters.criteria()
    sessions = Session.objects.visible_to(request.actor)
    if asked.get("organisme"):
        sessions = sessions.filter(provider=asked["organisme"])
    rows = gaps.to_complete(sessions).select_related("declared_by")
    return gaps.late(rows) if asked.get("retard") else rows


def _sort(wanted: str) -> tuple[str, Sort]:
    name = wanted.removeprefix("-")
    if name not in SORTS:
        wanted = name = DEFAULT_SORT
    return wanted, Sort(SORTS[name].field, wanted.startswith("-"), SORTS[name].is_nullable)


@require_safe
@for_roles(*READERS)
def to_complete(request: HttpRequest) -> HttpResponse:
    """The provider's own sessions, or every session of the programme for the Région; the longest awaited first."""
    filters = TodoFilters(request.GET, request.actor)
    rows = _rows(request, filters)
    name, sort = _sort(request.GET.get("tri", ""))
    shown = page(rows, sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    days = parameters.values(CODES)
    is_own = request.actor.has_role(Role.PROVIDER)
    context = {
        "filters": filters,
        "is_filtered": bool(filters.in_words()),
        "is_own": is_own,
        "headers": headers(request, _columns(is_own=is_own), default=name),
        "lines": [gaps.gap(session, days[GRACE.code]) for session in shown.rows],
        "total": total_of(rows),
        "late": total_of(gaps.late(rows)),
        "checks": [(check, days[check.before]) for check in BY_CODE.values()],
        "days": days,
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
        "export_url": reverse("prescriptions:to_complete_export") + url_with(request, apres=None, avant=None),
    }
    return render(request, "prescriptions/to_complete.html", context)


def _columns(*, is_own: bool) -> list[Column]:
    last = Column("Compléter", is_label_hidden=True) if is_own else Column("Relance")
    return [*COLUMNS, last]


@require_safe
@for_roles(*READERS)
def export(request: HttpRequest) -> FileResponse:
    """The whole list at the same address parameters: same rows, same order."""
    filters = TodoFilters(request.GET, request.actor)
    _, sort = _sort(request.GET.get("tri", ""))
    grace = parameters.value(GRACE.code)
    rows = _rows(request, filters).order_by(*sort.order())
    lines = (_export_row(gaps.gap(session, grace)) for session in rows.iterator(chunk_size=2000))
    notes = [*provenance(request.actor), *(filters.in_words() or [("Filtres", "aucun")])]
    book = write(EXPORT_HEADS, lines, notes)
    return FileResponse(book, as_attachment=True, filename=f"a-completer-{clock.today():%Y-%m-%d}.xlsx")


def _export_row(gap: gaps.Gap) -> list[Any]:
    session = gap.session
    return [
        session.title,
        session.carif_number,
        session.provider.name,
        session.starts_on,
        ", ".join(gap.missing),
        "oui" if gap.is_stale else "non",
        gap.due_on,
        "oui" if gap.is_late else "non",
        session.declared_at.date(),
        gap.reminded_on,
    ]
