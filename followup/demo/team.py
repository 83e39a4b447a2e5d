"""Teams at work: lines taken, entrusted to a colleague, put off: « À moi » and « lignes différées » show some."""

from __future__ import annotations

from datetime import timedelta

from config import clock, fact_tasks
from pathways import deferral
from pathways.actor import Actor
from pathways.enums import Role
from pathways.forms.pile import colleagues
from pathways.models import Membership
from pathways.pile import Item, pile, source_of

PROVIDER, REFERENT = "organisme@demo.jalons.example", "referent@demo.jalons.example"


def share() -> None:
    """One line of the provider's taken, one entrusted; one line of the référent's put off for three days."""
    provider, referent = _actor(PROVIDER), _actor(REFERENT)
    if provider is not None:
        others = [user for user in colleagues(provider) if user.pk != provider.user_id]
        tasks = [item for item in pile(provider).items if source_of(provider, item.key).tasks]
        for item, user in zip(tasks, [provider.user, *others[:1]], strict=False):
            _entrust(provider, item, user)
    if referent is not None:
        may_wait = [item for item in pile(referent).items if item.due_on and item.due_on > clock.today()]
        for item in may_wait[:1]:
            deferral.put_off(
                referent, item, clock.today() + timedelta(days=3), "Rappelle après son rendez-vous"
            )


def _entrust(actor: Actor, item: Item, user) -> None:
    source = source_of(actor, item.key)
    fact_tasks.entrust(source.tasks(actor, item.key.split(":")[1:]), user)


def _actor(email: str) -> Actor | None:
    held = Membership.objects.current().filter(user__email=email, role__in=[Role.PROVIDER, Role.REFERENT])
    membership = held.select_related("user", "organisation").order_by("pk").first()
    return Actor.of(membership) if membership else None
