"""The provider's pile: entries of which the AES is still to be issued, one line per session."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse

from config.ui.dates import count, day
from pathways.actor import Actor
from pathways.enums import Role
from pathways.pile import PRESCRIPTIONS, Action, Batch, Item, key_of, narrow, source
from prescriptions.documents.legal_delay import entries_without_aes, legal_days, past_the_delay
from prescriptions.models import Prescription, Session


@source(PRESCRIPTIONS, Role.PROVIDER, key="aes-a-emettre")
def aes_to_issue(actor: Actor, limit: int) -> Batch:
    """Sessions that run, with entries of which no AES holds; late once the oldest is past the legal delay."""
    rows = entries_without_aes(Prescription.objects.visible_to(actor)).order_by()
    rows = narrow(rows, "aes-a-emettre", "session")
    groups = rows.values("session").annotate(
        people=Count("pk"), first=Min("entered_on"), late=Count("pk", filter=past_the_delay())
    )
    total = groups.count()
    if not total:
        return Batch(0, 0, ())
    shown = list(groups.order_by("first", "session")[:limit])
    sessions = Session.objects.in_bulk([group["session"] for group in shown])
    delay = timedelta(days=legal_days())
    items = []
    for group in shown:
        session = sessions[group["session"]]
        url = reverse("prescriptions:documents", args=[session.pk])
        told = count(group["people"], "entrée enregistrée,entrées enregistrées")
        items.append(
            Item(
                PRESCRIPTIONS,
                who=session.title,
                url=url,
                why=f"{told} sans AES émise (la plus ancienne : {day(group['first'])}), délai légal",
                due_on=group["first"] + delay,
                actions=(Action("Émettre les AES", url, is_main=True),),
                icon="certificate",
                key=key_of("aes-a-emettre", session.pk),
            )
        )
    return Batch(total, groups.filter(Q(late__gt=0)).count(), tuple(items))
