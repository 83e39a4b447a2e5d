"""French wording of dates, delays and numbers: pure functions, the reference moment is an argument."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

# Figures are grouped by a narrow no-break space, so that « 12 345 » never breaks across lines.
THIN_SPACE = "\u202f"
NO_BREAK = "\u00a0"


def as_day(value: date | datetime) -> date:
    """The civil day of a date or of an aware datetime, in the product's time zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: date | datetime | None) -> str:
    """`03/04/2026`; a dash where there is no date."""
    return as_day(value).strftime("%d/%m/%Y") if value else "–"


def day_long(value: date | datetime | None) -> str:
    """`vendredi 3 avril 2026`; the first of a month is `1er`."""
    if not value:
        return "–"
    day = as_day(value)
    number = "1er" if day.day == 1 else day.day
    return f"{date_format(day, 'l')} {number} {date_format(day, 'F Y')}"


def moment(value: datetime | None) -> str:
    """`03/04/2026 à 14 h 05`."""
    if not value:
        return "–"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local:%d/%m/%Y} à {local.hour}{NO_BREAK}h{NO_BREAK}{local:%M}"


def _hours_or_minutes(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60}{NO_BREAK}h" if minutes >= 60 else f"{minutes}{NO_BREAK}min"


def ago(value: date | datetime | None, now: datetime) -> str:
    """How long ago, in one or two words: « à l'instant », « il y a 2 h », « hier », « il y a 4 j »."""
    if not value:
        return "–"
    days = (as_day(now) - as_day(value)).days
    if isinstance(value, datetime) and timezone.is_aware(value) and days == 0:
        seconds = (now - value).total_seconds()
        return "à l'instant" if seconds < 60 else f"il y a {_hours_or_minutes(seconds)}"
    if days < 0:
        return due(value, now)
    return {0: "aujourd'hui", 1: "hier"}.get(days, f"il y a {days}{NO_BREAK}j")


def due(value: date | datetime | None, now: datetime) -> str:
    """Where a deadline stands: « en retard de 4 j », « aujourd'hui », « dans 18 h », « dans 2 j »."""
    if not value:
        return "sans échéance"
    if isinstance(value, datetime) and timezone.is_aware(value):
        seconds = (value - now).total_seconds()
        if 0 <= seconds < 86_400:
            return f"dans {_hours_or_minutes(seconds)}"
        if -86_400 < seconds < 0:
            return f"en retard de {_hours_or_minutes(-seconds)}"
    days = (as_day(value) - as_day(now)).days
    if days < 0:
        return f"en retard de {-days}{NO_BREAK}j"
    return {0: "aujourd'hui", 1: "demain"}.get(days, f"dans {days}{NO_BREAK}j")


def recording_lag(occurred: date | datetime, recorded: date | datetime) -> str:
    """How long after the fact it was recorded: « le jour même », « le lendemain », « 8 j après »."""
    days = (as_day(recorded) - as_day(occurred)).days
    if days < 0:
        return f"{-days}{NO_BREAK}j avant"
    return {0: "le jour même", 1: "le lendemain"}.get(days, f"{days}{NO_BREAK}j après")


def number(value: float | None, decimals: int = 0) -> str:
    """`12 345` or `6,4`: French grouping and decimal comma; a dash for None; « plus de 10 000 » for a bounded total."""
    if value is None:
        return "–"
    if getattr(value, "is_more", False):
        return f"plus de {number(int(value))}"
    return f"{value:,.{decimals}f}".replace(",", THIN_SPACE).replace(".", ",")


def count(value: int, words: str) -> str:
    """`count(12, "place,places")` is « 12 places ». French: 0 and 1 take the singular."""
    singular, _, plural = words.partition(",")
    return f"{number(value)}{NO_BREAK}{singular if abs(value) < 2 else plural or singular + 's'}"
