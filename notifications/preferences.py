"""What a person chose about e-mails, over what is usual for their role and for each kind of news."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from config import clock
from notifications.enums import Delivery, Rhythm
from notifications.models import Subscription
from notifications.readers import Reader, directory
from notifications.registry import KINDS, NOTICE_KINDS, Kind, NoticeKind
from notifications.rhythm import next_slot

#: What the first digest of somebody new goes back to.
FIRST_DIGEST = timedelta(days=7)


def kinds_for(roles: Collection[Any]) -> list[Kind | NoticeKind]:
    """The kinds of news that may reach one of these roles, by label."""
    every = [*KINDS.values(), *NOTICE_KINDS.values()]
    return sorted(
        (kind for kind in every if not kind.roles or kind.roles & set(roles)), key=lambda kind: kind.label
    )


def delivery_of(kind: Kind | NoticeKind, subscription: Subscription) -> Delivery:
    """How news of this kind leaves for this person."""
    return Delivery(subscription.choices.get(kind.code, kind.delivery))


def may_leave_at_once(kind: Kind | NoticeKind) -> bool:
    """Whether « tout de suite » is offered for a kind."""
    return kind.at_once_from is not None


def usual(reader: Reader, now: datetime) -> Subscription:
    """What holds for somebody who chose nothing, not saved."""
    made = Subscription(user_id=reader.user_id, rhythm=directory().usual_rhythm(reader.roles))
    made.covered_until = now - FIRST_DIGEST
    made.next_digest_at = next_slot(now, made.rhythm, made.weekday, made.hour)
    return made


def of(reader: Reader) -> Subscription:
    """The person's subscription, saved or usual."""
    return Subscription.objects.filter(user=reader.user_id).first() or usual(reader, clock.now())


def choose(reader: Reader, rhythm: str, weekday: int, hour: int, choices: dict[str, str]) -> Subscription:
    """Keep what a person wants. choices: kind code -> Delivery; what is usual is not kept, so that it may change.

    Raises ValidationError for an hour out of bounds.
    """
    now = clock.now()
    subscription = of(reader)
    if subscription.rhythm == Rhythm.NEVER:
        # What was news while nothing was wanted is not made up for.
        subscription.covered_until = now
    subscription.rhythm, subscription.weekday, subscription.hour = rhythm, weekday, hour
    usual_of = {kind.code: kind.delivery for kind in kinds_for(reader.roles)}
    kept = {code: chosen for code, chosen in choices.items() if code in usual_of and chosen != usual_of[code]}
    # Kinds of other roles keep what was chosen for them.
    others = {code: chosen for code, chosen in subscription.choices.items() if code not in usual_of}
    subscription.choices = {**others, **kept}
    subscription.next_digest_at = next_slot(now, rhythm, weekday, hour)
    subscription.clean_fields(exclude=["user", "next_digest_at"])
    subscription.save()
    return subscription


def subscribe(readers: Iterable[Reader], now: datetime) -> None:
    """Give those who have no subscription the usual one, and those who come back their next digest."""
    known = {
        each.pk: each for each in Subscription.objects.filter(user__in=[reader.user_id for reader in readers])
    }
    new = [usual(reader, now) for reader in readers if reader.user_id not in known]
    Subscription.objects.bulk_create(new, ignore_conflicts=True)
    for subscription in known.values():
        if subscription.next_digest_at is None and subscription.rhythm != Rhythm.NEVER:
            subscription.next_digest_at = next_slot(
                now, subscription.rhythm, subscription.weekday, subscription.hour
            )
            subscription.covered_until = now
            subscription.save(update_fields=["next_digest_at", "covered_until"])
