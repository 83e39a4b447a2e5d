"""A person's file: one page that reads as a story."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from pathways.access_log import record_reading
from pathways.blockage import Delays
from pathways.enums import Role
from pathways.menu import PEOPLE_ROLES
from pathways.milestones import milestones, past_courses
from pathways.models import Pathway, RsaSituation
from pathways.panels import panels
from pathways.possibilities import actions
from pathways.reading.pages import readable_in_time
from pathways.story import events_of, filter_links, kept, timeline
from pathways.viewpoint import view
from pathways.views.access import for_roles

#: Who may read the person's right to RSA (architecture, section 6): never a provider, nor Pôle emploi.
RSA_ROLES = (Role.REFERENT, Role.DEPARTMENT_MANAGER)


def _person(request: HttpRequest, pathway_id: int) -> QuerySet[Pathway]:
    return Pathway.objects.visible_to(request.actor).filter(pk=pathway_id)


@require_safe
@for_roles(*PEOPLE_ROLES)
@readable_in_time(_person, is_about_people=True)
def file(request: HttpRequest, pathway_id: int) -> HttpResponse:
    """Who, where they stand, what can be done next, and everything that happened. `?historique=` filters the story."""
    actor = request.actor
    people = Pathway.objects.visible_to(actor).with_person().select_related("beneficiary__commune")
    pathway = get_object_or_404(people, pk=pathway_id)
    record_reading(actor, pathway, "dossier")
    seen = view(pathway, actor)
    entries = timeline(events_of(pathway, actor), seen.facts, actor, pathway.pk)
    chosen = request.GET.get("historique", "")
    return render(
        request,
        "pathways/file.html",
        {
            "pathway": pathway,
            "person": pathway.beneficiary,
            "age": pathway.beneficiary.age_on(clock.today()),
            "rsa": rsa_situation(pathway, actor),
            "is_provider": actor.has_role(Role.PROVIDER),
            "milestones": milestones(seen.stages),
            "past_courses": past_courses(seen.stages),
            "wait": Delays.read().wait(seen.current.state, seen.current.since),
            "actions": actions(pathway, actor, seen.standing),
            "panels": panels(pathway, actor, seen.standing),
            "entries": kept(entries, chosen),
            "filters": filter_links(entries, chosen),
            "crumbs": [
                {"label": "Dossiers", "url": reverse("pathways:search")},
                {"label": str(pathway.beneficiary)},
            ],
        },
    )


def rsa_situation(pathway: Pathway, actor) -> RsaSituation | None:
    """The person's RSA situation, for those who may read it."""
    if not actor.has_role(*RSA_ROLES):
        return None
    return RsaSituation.objects.filter(beneficiary=pathway.beneficiary_id).first()
