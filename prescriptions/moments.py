"""Until which instant an offered seat may be accepted: instants are aware, days are those of Europe/Paris."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def as_moment(value) -> datetime | None:
    """An instant written in ISO with its offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if timezone.is_aware(moment) else None


def end_of(day: date) -> datetime:
    """The midnight that ends a day in Europe/Paris."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def offer_ends_at(fact, previous=None) -> datetime | None:
    """When the offer that a fact states ends: its moment, or the end of its last day where it names only a day."""
    moment = as_moment(fact.payload.get("expires_at"))
    if moment is not None:
        return moment
    try:
        return end_of(date.fromisoformat(fact.payload.get("expires_on")))
    except (TypeError, ValueError):
        return None


def in_words(moment: datetime) -> str:
    """« 03/04/2026 à 14 h 30 » in Europe/Paris; a midnight is the end of the day before it."""
    local = timezone.localtime(moment)
    if local.time() == time.min:
        return f"{local - timedelta(days=1):%d/%m/%Y} à minuit"
    return f"{local:%d/%m/%Y} à {local.hour} h {local:%M}"
