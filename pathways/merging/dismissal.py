"""« Ce ne sont pas les mêmes »: setting a pair aside, and taking that back."""

from __future__ import annotations

from django.db import transaction

from config import clock
from pathways.actor import Actor
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Beneficiary, DuplicateDismissal


def dismiss(one: Beneficiary, other: Beneficiary, actor: Actor, reason: str) -> DuplicateDismissal:
    """Say that two files are two people. Said twice, the first saying stays.

    Raises TransitionRefused (reason_missing).
    """
    if not reason.strip():
        raise TransitionRefused(
            Refusal(
                "reason_missing",
                "Il manque la raison.",
                "Dites en une phrase comment vous savez que ce sont deux personnes.",
            )
        )
    first, second = sorted((one, other), key=lambda person: person.pk)
    with transaction.atomic():
        dismissal, _ = DuplicateDismissal.objects.get_or_create(
            first=first,
            second=second,
            taken_back_at=None,
            defaults={
                "reason": reason.strip()[:300],
                "dismissed_by": actor.user,
                "dismissed_for": actor.organisation,
            },
        )
    return dismissal


def take_back(one: Beneficiary, other: Beneficiary, actor: Actor) -> int:
    """Have the pair listed again; its dismissal stays on record with who took it back. Returns how many there were."""
    first, second = sorted((one.pk, other.pk))
    rows = DuplicateDismissal.objects.filter(first=first, second=second, taken_back_at=None)
    return rows.order_by().update(taken_back_at=clock.now(), taken_back_by=actor.user)
