"""From the offer as read to the values that our tables hold. Pure: no database.

What a file leaves out: texts, codes and funders mirror it, absence included. Dates and figures of a session that it
leaves out do not erase what is known. An absent `etat-recrutement` does erase an older one: unknown, never open.
"""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from config import clock
from prescriptions import lheo
from prescriptions.enums import EntryMode, MeetingKind, Recruitment
from prescriptions.models import Meeting

#: Beyond, a figure is a typing mistake; PostgreSQL's integers would refuse it anyway.
MAX_PLACES = 9_999
MAX_PRICE = 1_000_000
#: Columns of an action that tell where it is given.
PLACE_COLUMNS = frozenset(
    {"place_name", "address", "postal_code", "city", "insee_code", "latitude", "longitude"}
)

RECRUITMENT = {
    lheo.RecruitmentState.OPEN: Recruitment.OPEN,
    lheo.RecruitmentState.CLOSED: Recruitment.CLOSED,
    lheo.RecruitmentState.SUSPENDED: Recruitment.SUSPENDED,
}
_INFORMATION_SESSION = "9"  # modalite-recrutement, LHEO 2.3


def formation_values(formation: lheo.Formation) -> dict[str, Any]:
    """Columns of `Formation`, besides its number and the organisation responsible for it."""
    main = formation.main_formacode
    codes = [main, *(code for code in formation.formacodes if code is not main)] if main else []
    certification = next(iter(formation.certifications), None)
    return {
        "title": formation.title[:255],
        "objective": formation.objective,
        "content": formation.content,
        "formacodes": [code.value[:5] for code in codes],
        "rome_codes": [code[:5] for code in formation.rome_codes],
        "nsf_codes": [code[:3] for code in formation.nsf_codes],
        "is_certifying": formation.is_certifying,
        "rncp_code": certification.rncp if certification else "",
        "certifinfo_code": certification.certifinfo if certification else "",
        "goal_code": formation.general_objective,
        "level_in": formation.entry_level,
        "level_out": formation.exit_level,
        "updated_on_carif": updated_on(formation),
    }


def action_values(action: lheo.Action) -> dict[str, Any]:
    """Columns of `TrainingAction`, besides its numbers, provider and commune."""
    place = next(iter(action.places), None)
    return {
        "place_name": place.name[:255] if place else "",
        "address": ", ".join(filter(None, place.lines))[:255] if place else "",
        "postal_code": place.postal_code[:5] if place else "",
        "city": place.city[:100] if place else "",
        "insee_code": place.insee_code[:5] if place else "",
        "latitude": float(place.latitude) if place and place.latitude is not None else None,
        "longitude": float(place.longitude) if place and place.longitude is not None else None,
        "entry_mode": EntryMode.PERMANENT if action.is_permanent else EntryMode.FIXED,
        "public_codes": [code.value[:5] for code in action.public_codes],
        "recruitment_notes": action.recruitment_text,
        "conditions": action.prerequisites,
        "hours_centre": action.hours_centre,
        "hours_company": action.hours_enterprise,
        "hours_total": action.hours_total,
        "is_contracted": action.is_conventioned,
        "financers": [
            {
                "code": funder.code,
                "places": plausible(funder.places),
                "programme": " ; ".join(funder.programmes),
            }
            for funder in action.funders
        ],
        "regional_places": plausible(lheo.regional_places(action)),
    }


def session_values(session: lheo.Session, action: lheo.Action) -> dict[str, Any]:
    """Columns of `Session` that somebody may also declare in Jalons; absent dates and figures are left out."""
    stated = {
        "starts_on": session.period.start.exact,
        "ends_on": None if session.period.is_reversed else session.period.end.exact,
        "registration_starts_on": session.registration and session.registration.start.exact,
        "registration_ends_on": session.registration and session.registration.end.exact,
        "capacity": capacity(session, action),
        "minimum": _only(cycle.minimum for cycle in session.cycles),
        "hours": hours(action),
        "price": price(action),
    }
    return {
        "recruitment": recruitment(session),
        **{name: value for name, value in stated.items() if value is not None},
    }


def recruitment(session: lheo.Session) -> Recruitment:
    """A session that the base itself marks as out of date is closed, whatever state it still shows."""
    if session.is_expired:
        return Recruitment.CLOSED
    return RECRUITMENT.get(session.state, Recruitment.UNKNOWN)


def capacity(session: lheo.Session, action: lheo.Action) -> int | None:
    """Places of the session, None when the file does not tell.

    Places of the regional programme are those of funder 2 (formats.md, 1.5), and stand on the action: they are the
    session's when it is alone. Else, the `nb-places` of its own recruitment (2.3), when only one figure is given.
    """
    regional = plausible(lheo.regional_places(action))
    if regional is not None and len(action.sessions) == 1:
        return regional
    return _only(step.places for step in session.recruitments)


def is_split_unknown(action: lheo.Action) -> bool:
    """The action states regional places for several sessions, and not every session its own."""
    return (
        lheo.regional_places(action) is not None
        and len(action.sessions) > 1
        and any(capacity(session, action) is None for session in action.sessions)
    )


def plausible(figure: int | None) -> int | None:
    return figure if figure is not None and figure <= MAX_PLACES else None


def updated_on(*items: lheo.Formation | lheo.Action | lheo.Session) -> date | None:
    """The day of the first of these whose `datemaj` is known: a session without one is as old as its formation."""
    days = (item.updated_on.exact for item in items if item.updated_on is not None)
    return next((day for day in days if day is not None), None)


def declared_at(day: date | None) -> datetime:
    """The instant that stands for a day of the file: its noon, or now when unknown or not yet reached."""
    if day is None:
        return clock.now()
    return min(timezone.make_aware(datetime.combine(day, time(12))), clock.now())


def hours(action: lheo.Action) -> int | None:
    """Hours of one trainee: the total, else those told in centre and in company. 0 is nothing told."""
    total = action.hours_total or (action.hours_centre or 0) + (action.hours_enterprise or 0)
    return plausible(total) or None


def price(action: lheo.Action) -> Decimal | None:
    """Euros for one trainee: the total price, else the hourly one times the hours, to the cent."""
    total, hourly, length = action.total_price, action.hourly_price, hours(action)
    if total is None and hourly is not None and length is not None:
        total = hourly * length
    if total is None or not 0 < total < MAX_PRICE:
        return None
    return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def information_meetings(session: lheo.Session, action: lheo.Action) -> list[Meeting]:
    """The information sessions that the file tells of a session, unsaved, one a day, in order.

    A day of the action serves each of its sessions that opens later, and each with permanent entries. 2.3 dates one in
    the session's own recruitment.
    """
    opening = None if action.is_permanent else session.period.start.exact
    place = _address(action.information_place)
    found = {
        told.exact: Meeting(kind=MeetingKind.INFORMATION, held_on=told.exact, place=place)
        for told in action.information_dates
        if told.exact is not None and (opening is None or told.exact <= opening)
    }
    for step in session.recruitments:
        day = step.period.start.exact if step.period is not None else None
        if step.mode == _INFORMATION_SESSION and day is not None:
            found[day] = Meeting(
                kind=MeetingKind.INFORMATION,
                held_on=day,
                starts_at=hour(step.starts_at),
                place="à distance" if step.is_remote else _address(step.place) or place,
            )
    return [found[day] for day in sorted(found)]


def hour(text: str) -> time | None:
    """« 9h », « 09:30 » or « 0930 » as a time; None for anything else."""
    told = re.fullmatch(r"(\d{1,2})\s*(?:[hH:]\s*)?(\d{2})?", text.strip(), re.ASCII)
    if told is None or int(told[1]) > 23 or int(told[2] or 0) > 59:
        return None
    return time(int(told[1]), int(told[2] or 0))


def _address(place: lheo.Place | None) -> str:
    """« Maison de l'emploi, 3 rue Haute, 13200 Arles », as much as is known."""
    if place is None:
        return ""
    town = f"{place.postal_code} {place.city}".strip()
    return ", ".join(filter(None, [place.name, *place.lines, town]))[:255]


def _only(figures) -> int | None:
    """The figure, when all that are given agree."""
    known = {figure for figure in map(plausible, figures) if figure is not None}
    return known.pop() if len(known) == 1 else None
