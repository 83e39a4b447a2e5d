"""After a refusal: where to go next for one person, and how many refusals have led nowhere."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.ui.tables import url_with
from pathways import parameters
from pathways.access_log import record_reading
from pathways.enums import Role
from pathways.possibilities import fact_url
from pathways.small_numbers import threshold
from pathways.views.access import for_roles
from prescriptions.admission import alternatives as further
from prescriptions.admission import refusals
from prescriptions.admission.alerts import SETBACKS
from prescriptions.models import Prescription
from prescriptions.views.prescribe import search_url
from prescriptions.views.sessions import crumbs_for

PRESCRIBERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER)
ROLES = (Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER)
#: People shown below the table; the counts cover everybody.
SHOWN = 50


@require_safe
@for_roles(*PRESCRIBERS)
def alternatives(request: HttpRequest, prescription_id: int) -> HttpResponse:
    """Sessions for a person whose request led nowhere, from the proposed next step on; `?chercher=` looks elsewhere."""
    seen: QuerySet[Prescription] = Prescription.objects.visible_to(request.actor).filter(
        state__in=sorted(SETBACKS)
    )
    asked = get_object_or_404(
        seen.select_related(
            "pathway__beneficiary__commune__area", "session__action__formation", "session__provider"
        ),
        pk=prescription_id,
    )
    record_reading(request.actor, asked.pathway, "suites d'un refus")
    search, found = _look(request, asked)
    sequel = refusals.sequel_of(asked)
    context = {
        "request_ended": asked,
        "pathway": asked.pathway,
        "search": search,
        "proposed": further.search_for(asked, request.GET.get("chercher", "")),
        "filters": [
            {
                "label": each.label,
                "url": url_with(request, chercher=each.code),
                "is_active": each is search,
            }
            for each in further.SEARCHES
        ],
        "found": found,
        "sequel": sequel,
        "is_to_talk_over": asked.next_step in further.TO_TALK_OVER,
        "note_url": fact_url(asked.pathway_id, "note", following=reverse("pathways:pile")),
        "search_url": search_url(asked.pathway),
        "crumbs": crumbs_for(asked.pathway, "Trouver une suite"),
    }
    return render(request, "prescriptions/alternatives.html", context)


def _look(request: HttpRequest, asked: Prescription) -> tuple[further.Search, list[further.Alternative]]:
    """The search asked for; else the first that finds something, from the one that the next step leads to."""
    wanted = request.GET.get("chercher", "")
    first = further.search_for(asked, wanted)
    found = further.alternatives(asked, first, request.actor)
    if found or wanted:
        return first, found
    for other in further.SEARCHES:
        if other is not first and (others := further.alternatives(asked, other, request.actor)):
            return other, others
    return first, found


@require_safe
@for_roles(*ROLES)
def refused(request: HttpRequest) -> HttpResponse:
    """« Refus sans suite »: by provider; the manager also reads who waits."""
    is_region = request.actor.has_role(Role.REGION_OFFICER)
    waiting = None if is_region else refusals.without_sequel_of(request.actor)
    rows = refusals.by_provider(request.actor)
    context = {
        "rows": rows,
        "refused": sum(row.refused for row in rows),
        "waiting": sum(row.waiting for row in rows),
        "long": sum(row.long for row in rows),
        "days": parameters.value(refusals.LONG.code),
        "people": list(waiting[:SHOWN]) if waiting is not None else [],
        "least": threshold() if is_region else None,
    }
    return render(request, "prescriptions/refusals.html", context)
