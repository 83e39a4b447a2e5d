"""« Différer »: a line of the pile put off until a day, by and for one reader. It never hides an escalation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from config import clock
from config.errors import JalonsError
from notifications.registry import sweeper
from pathways import parameters
from pathways.actor import Actor
from pathways.models import Deferral
from pathways.pile import Item

GROUP = "Pile du jour"
AT_MOST = parameters.declare(
    "pile_deferral_days",
    "Différer une ligne au plus pendant",
    unit="jours",
    default=30,
    group=GROUP,
    minimum=1,
    maximum=90,
)
LATE = parameters.declare(
    "pile_deferral_late",
    "Une ligne différée revient quand son retard dépasse",
    unit="jours",
    default=5,
    group=GROUP,
    maximum=30,
    help="Avant que le niveau suivant (référent, Région, Département) ne soit prévenu.",
)
#: How long a line that has come back is remembered.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True)
class Choice:
    """A day offered at once: « Demain »."""

    code: str
    label: str
    day: date


def choices(today: date | None = None) -> list[Choice]:
    """Tomorrow, in three days, on Monday."""
    today = today or clock.today()
    monday = today + timedelta(days=7 - today.weekday())
    return [
        Choice("demain", "Demain", today + timedelta(days=1)),
        Choice("3-jours", "Dans 3 jours", today + timedelta(days=3)),
        Choice("semaine", "Lundi prochain", monday),
    ]


def last_day() -> date:
    """The last day until which a line can be put off."""
    return clock.today() + timedelta(days=parameters.value(AT_MOST.code))


def oldest_due() -> date:
    """The earliest due day of a line that can still be put off: an older one is too late to be hidden."""
    return clock.today() - timedelta(days=parameters.value(LATE.code))


def put_off(actor: Actor, item: Item, until: date, reason: str = "") -> Deferral:
    """Put a line of the actor's pile off until a day. It comes back earlier when it would be late by too much.

    Raises JalonsError: deferral_in_the_past, deferral_too_long, deferral_hides_lateness.
    """
    found = parameters.values([AT_MOST.code, LATE.code])
    today = clock.today()
    last = today + timedelta(days=found[AT_MOST.code])
    if until <= today:
        raise JalonsError(
            "Ce jour est passé ou c'est aujourd'hui.",
            code="deferral_in_the_past",
            next_step=f"Choisissez un jour du {today + timedelta(days=1):%d/%m/%Y} au {last:%d/%m/%Y}.",
        )
    if until > last:
        raise JalonsError(
            f"Une ligne se diffère de {found[AT_MOST.code]} jours au plus.",
            code="deferral_too_long",
            next_step=f"Choisissez un jour jusqu'au {last:%d/%m/%Y}.",
        )
    returns_on = until
    if item.due_on is not None:
        returns_on = min(until, item.due_on + timedelta(days=found[LATE.code] + 1))
    if returns_on <= today:
        raise JalonsError(
            f"Cette décision est attendue depuis le {item.due_on:%d/%m/%Y} : trop en retard pour être différée.",
            code="deferral_hides_lateness",
            next_step="Traitez-la, ou confiez-la à un collègue.",
        )
    said = {"until": until, "returns_on": returns_on, "reason": reason.strip()[:200], "made_at": clock.now()}
    deferral, _ = Deferral.objects.update_or_create(user=actor.user, key=item.key, defaults=said)
    return deferral


def take_up(actor: Actor, keys: Iterable[str]) -> int:
    """Bring lines back into the actor's pile at once; returns how many were put off."""
    return Deferral.objects.filter(user=actor.user, key__in=list(keys)).delete()[0]


def running(actor: Actor):
    """The lines that the actor has put off and that have not come back yet."""
    return Deferral.objects.filter(user=actor.user, returns_on__gt=clock.today())


def keys_put_off(actor: Actor) -> list[str]:
    if actor.user is None:
        return []
    return list(running(actor).order_by().values_list("key", flat=True))


@sweeper("old-deferrals")
def forget_old() -> int:
    """Forget the lines that came back long ago. Returns how many."""
    return Deferral.objects.filter(returns_on__lt=clock.today() - REMEMBERED).delete()[0]
