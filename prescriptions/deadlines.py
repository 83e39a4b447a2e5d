"""How long seats are offered and kept: dated parameters, and the last moment to accept an offer made now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from config import clock
from pathways import parameters
from prescriptions.moments import end_of

GROUP = "Places"
B13 = "Domaine B13 : proposition, à convenir entre partenaires"

OFFER = parameters.declare(
    "offer_hours",
    "Délai pour accepter une place proposée",
    unit="heures",
    default=48,
    group=GROUP,
    source=B13,
    minimum=1,
    maximum=240,
    help="Heures pleines, nuit et fin de semaine comprises.",
)
NEAR = parameters.declare(
    "offer_near_days",
    "À partir de combien de jours avant l'ouverture le délai est raccourci",
    unit="jours",
    default=7,
    group=GROUP,
    maximum=60,
)
OFFER_NEAR = parameters.declare(
    "offer_hours_near",
    "Délai pour accepter une place proposée peu avant l'ouverture",
    unit="heures",
    default=24,
    group=GROUP,
    minimum=1,
    maximum=240,
)
OFFER_LEAST = parameters.declare(
    "offer_hours_least",
    "Délai en dessous duquel Jalons ne propose plus une place de lui-même",
    unit="heures",
    default=4,
    group=GROUP,
    minimum=1,
    maximum=48,
    help="Le délai s'arrête au plus tard au matin de l'ouverture.",
)
LATE_ENTRY = parameters.declare(
    "late_entry_days",
    "Jours après l'ouverture pendant lesquels une place rendue est encore proposée",
    unit="jours",
    default=0,
    group=GROUP,
    maximum=60,
)
QUOTA_RELEASE = parameters.declare(
    "quota_release_days",
    "Libération des places réservées avant l'ouverture",
    unit="jours",
    default=15,
    group=GROUP,
    source="Domaine A19 et B13 : date de bascule à J-15, proposition",
    maximum=180,
)
QUOTA_NOTICE = parameters.declare(
    "quota_notice_days",
    "Alerte « quota non consommé » avant la libération",
    unit="jours",
    default=5,
    group=GROUP,
    source=B13,
    maximum=60,
)
OVERBOOKING = parameters.declare(
    "overbooking_percent",
    "Surréservation la plus haute que la Région peut décider",
    unit="% de la capacité",
    default=10,
    group=GROUP,
    maximum=50,
)
CODES = (OFFER.code, NEAR.code, OFFER_NEAR.code, OFFER_LEAST.code, LATE_ENTRY.code)


def last_moment(starts_on: date | None, is_permanent: bool = False) -> datetime | None:
    """The last moment to accept a seat that Jalons offers now; None when it is too late to offer one.

    starts_on: the opening. Entries at any time (`is_permanent`) know no opening that comes too near.
    """
    now, today = (
        clock.now().astimezone(UTC),
        clock.today(),
    )  # hours of the clock on the wall may be 23 or 25 a day
    of = parameters.values(CODES)
    if starts_on is None or (is_permanent and starts_on <= today):
        return now + timedelta(hours=of[OFFER.code])
    is_near = (starts_on - today).days <= of[NEAR.code]
    usual = now + timedelta(hours=of[OFFER_NEAR.code] if is_near else of[OFFER.code])
    if is_permanent:
        return usual
    door_closes = end_of(starts_on - timedelta(days=1) + timedelta(days=of[LATE_ENTRY.code]))
    if door_closes < now + timedelta(hours=of[OFFER_LEAST.code]):
        return None
    return min(usual, door_closes)


def offer_deadline(starts_on: date | None) -> date:
    """The last day to accept a seat that somebody offers by hand today, never before today."""
    today, moment = clock.today(), last_moment(starts_on)
    if moment is None:
        return today
    return max(today, timezone.localtime(moment - timedelta(microseconds=1)).date())


def overbooking_cap(capacity: int | None) -> int:
    """The most seats beyond its capacity that a session may have today."""
    return (capacity or 0) * overbooking_percent() // 100


def overbooking_percent() -> int:
    """How far the Région may overbook today, in % of the capacity."""
    return parameters.value(OVERBOOKING.code)


def release_day(starts_on: date) -> date:
    """The usual day on which the reserved seats of a session become everybody's."""
    return starts_on - timedelta(days=parameters.value(QUOTA_RELEASE.code))
