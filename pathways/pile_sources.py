"""What the Département's side must decide about people who do not move yet: soon late without a prescription.

Those who are already stuck come through their alerts (pathways.blockages).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse

from config import clock
from pathways.actor import Actor
from pathways.blockage import Delays
from pathways.enums import PathwayState, Role
from pathways.models import Pathway
from pathways.panels import remedies
from pathways.pile import PRESCRIPTIONS, Action, Batch, Category, Item, key_of, narrow, source
from pathways.possibilities import fact_url

#: People without a prescription enter the pile this many days before they count as stuck.
SOON = timedelta(days=7)


@source(PRESCRIPTIONS, Role.REFERENT, Role.DEPARTMENT_MANAGER, key="a-prescrire")
def to_prescribe(actor: Actor, limit: int) -> Batch:
    """People identified, without a prescription, whose delay ends within a week."""
    today = clock.today()
    people = Pathway.objects.visible_to(actor).filter(
        state=PathwayState.IDENTIFIED, due_on__gte=today, due_on__lte=today + SOON
    )
    # In one step people are due in the order in which they entered it, and that is how an index of theirs ends.
    return batch_of("a-prescrire", PRESCRIPTIONS, actor, people, limit, order="state_since")


def batch_of(name: str, category: Category, actor: Actor, people, limit: int, order: str = "due_on") -> Batch:
    """The lines of some pathways (a queryset that the actor may see), the earliest due first; `name` is the source's.

    A line is named by the person and the state: put off in one state, somebody is there again in the next.
    """
    people = narrow(people, name, "pk", "state")
    counts = people.aggregate(total=Count("pk"), late=Count("pk", filter=Q(due_on__lt=clock.today())))
    shown = list(people.select_related("beneficiary").order_by(order, "pk")[:limit])
    return Batch(counts["total"], counts["late"], tuple(lines(name, category, actor, shown)))


def lines(name: str, category: Category, actor: Actor, people: Iterable[Pathway]) -> Iterable[Item]:
    delays, first_steps = Delays.read(), remedies(actor, people)
    pile_url = reverse("pathways:pile")
    for pathway in people:
        wait = delays.wait(pathway.state, pathway.state_since)
        note = Action("Noter un échange", fact_url(pathway.pk, "note", following=pile_url))
        main = first_steps.get(pathway.pk)
        yield Item(
            category,
            who=str(pathway.beneficiary),
            url=reverse("pathways:file", args=[pathway.pk]),
            why=f"{wait.sentence}. Il manque : {wait.missing}.",
            due_on=pathway.due_on,
            actions=(main, note) if main else (note,),
            icon="barrier-block" if wait.is_stuck else "clock",
            key=key_of(name, pathway.pk, pathway.state),
        )
