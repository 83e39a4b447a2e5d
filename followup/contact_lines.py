"""Leavers to contact in the advisor's pile: the waiting tasks of the exit follow-up."""

from __future__ import annotations

from django.db.models import Count, Q
from django.urls import reverse

from config import clock, fact_tasks
from followup.delays import contact_delay
from followup.flows import tasks_waiting
from followup.models import Enrolment
from pathways import pile
from pathways.actor import Actor
from pathways.enums import AFTER_TRAINING, BEFORE_TRAINING, Role
from pathways.outcomes import BACK_TO_WORK, DropOutCause
from pathways.possibilities import fact_url

CAUSES = {**dict(DropOutCause.choices), **dict([BACK_TO_WORK])}


#: Where somebody stands whom nobody has reached since an exit: every other step settles the follow-up
#: (followup.leavers.SETTLING).
MAY_WAIT = BEFORE_TRAINING | AFTER_TRAINING


def waiting_for(actor: Actor):
    """Leavers whom the actor may see and whom somebody has yet to reach."""
    waiting = tasks_waiting().order_by().values("process__artifact_object_id")
    # Saying what else is true of them starts the search from the actor's people, not from the tasks of everybody.
    leavers = Enrolment.objects.visible_to(actor).left().filter(pathway__state__in=sorted(MAY_WAIT))
    return leavers.filter(pk__in=waiting)


def _tasks(actor: Actor, values: list[str]):
    """The task that a line stands for, of a leaver whom the actor sees."""
    seen = Enrolment.objects.visible_to(actor).filter(pk=values[0]).order_by().values("pk")
    return tasks_waiting().filter(process__artifact_object_id__in=seen)


@pile.source(pile.EXITS, Role.ADVISOR, key="contacter", tasks=_tasks)
def leavers(actor: Actor, limit: int) -> pile.Batch:
    """One line per leaver, the earliest exit first; late once the delay of the contact has passed."""
    people, delay = waiting_for(actor), contact_delay()
    people = pile.held_by_reader(pile.narrow(people, "contacter"), tasks_waiting())
    counts = people.aggregate(
        total=Count("pk"), late=Count("pk", filter=Q(exit_on__lt=clock.today() - delay))
    )
    shown = people.with_all().order_by("exit_on", "pk")[:limit] if counts["total"] else ()
    owners = owners_of(enrolment.pk for enrolment in shown)
    items = tuple(_item(enrolment, delay, owners.get(enrolment.pk)) for enrolment in shown)
    return pile.Batch(counts["total"], counts["late"], items)


def owners_of(enrolment_ids) -> dict[int, str]:
    """Enrolment id -> who has taken the task. A task whose owner has left is anybody's again."""
    return {
        pk: owner.get_short_name() for pk, owner in fact_tasks.owners(tasks_waiting(), enrolment_ids).items()
    }


def _item(enrolment: Enrolment, delay, owner: str | None) -> pile.Item:
    pathway = enrolment.pathway
    return pile.Item(
        category=pile.EXITS,
        who=str(pathway.beneficiary),
        url=reverse("followup:contact", args=[enrolment.pk]),
        why=f"{told_exit(enrolment)}{told_attempts(pathway.contact_attempts)}.",
        due_on=enrolment.exit_on + delay,
        actions=(
            pile.Action(
                "Noter un contact",
                fact_url(pathway.pk, "contact", following=reverse("pathways:pile")),
                is_main=True,
            ),
        ),
        icon="phone",
        key=f"contacter:{enrolment.pk}",
        holder=owner or "",
    )


def told_exit(enrolment: Enrolment) -> str:
    """« Formation « Maçon » terminée le 03/04/2026 »; an early exit says why."""
    cause = CAUSES.get(enrolment.exit_cause, "")
    ended = (
        f"interrompue le {enrolment.exit_on:%d/%m/%Y} ({cause})"
        if cause
        else f"terminée le {enrolment.exit_on:%d/%m/%Y}"
    )
    return f"Formation « {enrolment.session.title} » {ended}"


def told_attempts(attempts: int) -> str:
    if not attempts:
        return ", pas encore contacté"
    return f", {attempts} appel{'s' if attempts > 1 else ''} sans réponse"
