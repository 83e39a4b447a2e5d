"""Finding a session: by job, place and date; for a person when the address names one."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import headers, url_with
from config.ui.totals import total_of
from pathways.enums import Role
from pathways.keyset import page
from pathways.models import Pathway
from pathways.reading.pages import readable_in_time
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from pathways.workflow import DEPARTMENT_SIDE
from prescriptions.choosing import Chooser
from prescriptions.forms import SessionFilters
from prescriptions.models import Session
from prescriptions.past import people_of
from prescriptions.schemes import eligibility
from prescriptions.session_list import (
    EXPORT_HEADS,
    columns,
    export_row,
    kilometres,
    measures_distance,
    sessions,
    sort_of,
)
from prescriptions.tones import recruitment_badge

OFFER_ROLES = (
    Role.REFERENT,
    Role.DEPARTMENT_MANAGER,
    Role.ADVISOR,
    Role.REGION_OFFICER,
    Role.PROVIDER,
)
PAGE_SIZE = 25
#: Rows read from the database at a time by the export.
CHUNK = 2000


def _candidates(request: HttpRequest) -> QuerySet[Pathway]:
    found = people_of(Session.objects.visible_to(request.actor))
    named = chosen_person(request)
    return found if named is None else Pathway.objects.filter(Q(pk=named.pk) | Q(pk__in=found.values("pk")))


def _figures(request: HttpRequest) -> list[tuple[str, int]]:
    rows = sessions(request.actor, SessionFilters(request.GET)).order_by()
    found = rows.aggregate(number=Count("pk"), capacity=Sum("capacity"), held=Sum("seats_held"))
    return [
        ("Sessions", found["number"]),
        ("Places", found["capacity"] or 0),
        ("Places tenues", found["held"] or 0),
    ]


@require_safe
@for_roles(*OFFER_ROLES)
@readable_in_time(_candidates, figures=_figures)
def search(request: HttpRequest) -> HttpResponse:
    """Everything that shapes the list is in the address; `?dossier=` names the person for whom a session is sought."""
    pathway = chosen_person(request)
    filters = SessionFilters(request.GET)
    rows = sessions(request.actor, filters)
    name, sort = sort_of(filters, request.GET.get("tri", ""))
    shown = page(rows, sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    chooser = Chooser(pathway, request.actor) if pathway else None
    verdicts = eligibility.for_sessions(pathway.pk, shown.rows) if pathway else {}
    context = {
        "pathway": pathway,
        "filters": filters,
        "is_filtered": bool(filters.in_words()),
        "clear_url": clear_url(filters, pathway),
        "place": filters.place,
        "headers": headers(request, columns(filters, has_choice=bool(pathway)), default=name),
        "lines": [line(session, chooser, verdicts.get(session.pk)) for session in shown.rows],
        "total": total_of(rows),
        "has_distance": measures_distance(filters),
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
        "export_url": reverse("prescriptions:sessions_export") + url_with(request, apres=None, avant=None),
        "wider_url": url_with(request, metier=None, lieu=None, rayon=None, bassin=None, du=None, au=None),
        "crumbs": crumbs_for(pathway, "Choisir une session") if pathway else [],
    }
    return render(request, "prescriptions/sessions.html", context)


def clear_url(filters: SessionFilters, pathway: Pathway | None) -> str:
    """The list without a criterion, for the same person; "" when there is none to clear."""
    if not filters.in_words():
        return ""
    return f"?dossier={pathway.pk}" if pathway else reverse("prescriptions:sessions")


def chosen_person(request: HttpRequest) -> Pathway | None:
    """The pathway named by `?dossier=`, for those who prescribe; 404 when it is not the reader's."""
    named = request.GET.get("dossier", "")
    if not named or request.actor.role not in DEPARTMENT_SIDE:
        return None
    if not named.isdecimal() or len(named) > 18:
        raise Http404("Ce dossier n'existe pas, ou ne vous est pas ouvert.")
    return get_object_or_404(Pathway.objects.visible_to(request.actor).with_person(), pk=int(named))


def line(
    session: Session, chooser: Chooser | None, verdict: eligibility.Verdict | None = None
) -> dict[str, Any]:
    """One session as the list shows it; `refusal` says why the person cannot be prescribed it.

    verdict: what the schemes answer for the person, where there is one.
    """
    refusal = chooser.refusal(session) if chooser else None
    prescribe_url = ""
    if chooser and refusal is None:
        address = reverse("prescriptions:prescribe", args=[chooser.pathway.pk])
        prescribe_url = f"{address}?session={session.pk}"
    return {
        "session": session,
        "recruitment": recruitment_badge(session),
        "distance": kilometres(session.distance),
        "prescribe_url": prescribe_url,
        "refusal": refusal,
        "verdict": verdict,
    }


def crumbs_below(session: Session, here: str) -> list[dict[str, str]]:
    """The way to a page about one session."""
    return [
        {"label": "Sessions", "url": reverse("prescriptions:sessions")},
        {"label": session.title, "url": reverse("prescriptions:session", args=[session.pk])},
        {"label": here},
    ]


def crumbs_for(pathway: Pathway, here: str) -> list[dict[str, str]]:
    return [
        {"label": "Dossiers", "url": reverse("pathways:search")},
        {"label": str(pathway.beneficiary), "url": reverse("pathways:file", args=[pathway.pk])},
        {"label": here},
    ]


@require_safe
@for_roles(*OFFER_ROLES)
@readable_in_time(_candidates)
def export(request: HttpRequest) -> FileResponse:
    """The whole list of `search` at the same address parameters: same rows, same order."""
    filters = SessionFilters(request.GET)
    rows = sessions(request.actor, filters)
    _, sort = sort_of(filters, request.GET.get("tri", ""))
    lines = (export_row(row) for row in rows.order_by(*sort.order()).iterator(chunk_size=CHUNK))
    notes = [*provenance(request.actor), *(filters.in_words() or [("Filtres", "aucun")])]
    book = write(EXPORT_HEADS, lines, notes)
    return FileResponse(book, as_attachment=True, filename=f"sessions-{clock.today():%Y-%m-%d}.xlsx")
