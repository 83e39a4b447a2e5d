"""« Contacter la personne »: the page of a task of the exit follow-up. The common fact form records what happens."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from config.fact_tasks import give_back, take
from followup.contact_lines import told_exit
from followup.delays import contact_delay
from followup.flows import tasks_waiting
from followup.models import Enrolment
from pathways.access_log import record_reading
from pathways.actor import Actor
from pathways.enums import Role
from pathways.explanation import explain
from pathways.facts import Fact
from pathways.models import Pathway
from pathways.outcomes import ContactOutcome
from pathways.possibilities import fact_url
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.replay import history, valid
from pathways.views.access import for_roles

#: What can be recorded from this page, in the order of the buttons.
ANSWERS = ("contact", "employ", "record_outcome", "lose_contact")


def _person(request: HttpRequest, enrolment_id: int) -> QuerySet[Pathway]:
    seen = Enrolment.objects.visible_to(request.actor).filter(pk=enrolment_id)
    return Pathway.objects.visible_to(request.actor).filter(pk__in=seen.values("pathway"))


@require_GET
@for_roles(Role.ADVISOR, Role.REFERENT, Role.DEPARTMENT_MANAGER)
@readable_in_time(_person, is_about_people=True)
def contact(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """One leaver: the exit, how to reach them, the attempts made, what to record. 404 for somebody else's leaver."""
    enrolment = _leaver(request.actor, enrolment_id)
    record_reading(request.actor, enrolment.pathway, "sortie")
    task = tasks_waiting().filter(process__artifact_object_id=enrolment.pk).select_related("owner").first()
    delay = contact_delay(enrolment.exit_on)
    page = reverse("followup:contact", args=[enrolment.pk])
    return render(
        request,
        "followup/contact.html",
        {
            "enrolment": enrolment,
            "person": enrolment.pathway.beneficiary,
            "exit_sentence": told_exit(enrolment),
            "task": task,
            "is_mine": task is not None and task.owner_id == request.actor.user_id,
            "due_on": enrolment.exit_on + delay,
            "attempts": attempts(enrolment),
            "actions": answers(enrolment, request.actor, page),
            "crumbs": [
                {"label": "Ma pile du jour", "url": reverse("pathways:pile")},
                {"label": str(enrolment.pathway.beneficiary)},
            ],
        },
    )


@require_POST
@for_roles(Role.ADVISOR)
def hold(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Take the task, or give it back (`rendre=1`), so that two colleagues do not call the same person."""
    enrolment = _leaver(request.actor, enrolment_id)
    task = get_object_or_404(tasks_waiting(), process__artifact_object_id=enrolment.pk)
    act = give_back if request.POST.get("rendre") else take
    act(task, request.actor.user)
    return redirect("followup:contact", enrolment.pk)


def _leaver(actor: Actor, enrolment_id: int) -> Enrolment:
    return get_object_or_404(Enrolment.objects.visible_to(actor).left().with_all(), pk=enrolment_id)


def attempts(enrolment: Enrolment) -> list[dict]:
    """The contacts noted since the exit, the latest first: day, how it ended, comment."""
    facts: list[Fact] = valid(history(enrolment.pathway_id))
    return [
        {"day": fact.occurred_on, "outcome": ContactOutcome(fact.reason).label, "comment": fact.comment}
        for fact in reversed(facts)
        if fact.kind == "contact" and fact.occurred_on >= enrolment.exit_on
    ]


def answers(enrolment: Enrolment, actor: Actor, page: str) -> list[dict]:
    """The facts that settle the search, possible or blocked with the reason, as the component `action_list` wants."""
    if reading_now() is not None:
        return []
    found = {p.kind.name: p for p in explain(enrolment.pathway, actor) if p.kind.name in ANSWERS}
    items = []
    for name in ANSWERS:
        if (p := found.get(name)) is None:
            continue
        item = {
            "label": p.kind.label,
            "icon": p.kind.icon,
            "is_main": name == "contact",
            "is_primary": name == "contact",
        }
        if p.is_possible:
            items.append(item | {"url": fact_url(enrolment.pathway_id, name, following=page)})
        elif p.refusal.code != "wrong_state":
            why = p.refusal.sentence[:1].lower() + p.refusal.sentence[1:]
            items.append(item | {"url": "", "why": why, "remedy": p.refusal.next_step})
    return items
