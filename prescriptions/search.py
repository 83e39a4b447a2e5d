"""Finding a session by job, place and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import IntegerField, Q, Value

from config import clock
from prescriptions import jobs
from prescriptions.enums import EntryMode, Recruitment
from prescriptions.matching import levels
from prescriptions.models import Scheme, TrainingAction
from prescriptions.models.offer import SEATS_FREE
from prescriptions.whereabouts import Place, distance_from


class Period(models.TextChoices):
    #: Still to open, without a date, or open with permanent entries.
    UPCOMING = "a-venir", "À venir"
    RUNNING = "en-cours", "En cours"
    OVER = "terminees", "Terminées"
    CANCELLED = "annulees", "Annulées"
    ALL = "toutes", "Toutes"


@dataclass(frozen=True)
class Criteria:
    """What is looked for. job: words of a trade, of its label or of a title, ROME or Formacode codes.

    radius: kilometres around the place (None: no limit). level: what the person has reached, on the scale of 2019.
    """

    job: str = ""
    place: Place | None = None
    radius: int | None = None
    area_id: int | None = None
    period: str = Period.UPCOMING
    opens_from: date | None = None
    opens_until: date | None = None
    level: int | None = None
    scheme: Scheme | None = None
    is_empty_only: bool = False
    is_open_only: bool = False
    is_regional_only: bool = False


def find(sessions, criteria: Criteria):
    """The sessions among `sessions` that match, each with `distance` (metres) and `seats_free`, null when unknown."""
    found = _in_period(sessions.about(jobs.terms(criteria.job)), criteria.period)
    if criteria.opens_from:
        found = found.filter(starts_on__gte=criteria.opens_from)
    if criteria.opens_until:
        found = found.filter(starts_on__lte=criteria.opens_until)
    if criteria.area_id:
        found = found.filter(area=criteria.area_id)
    if criteria.level is not None:
        # A course that says nothing of its level is kept: somebody has to ask.
        found = found.exclude(action__formation__level_in__in=levels.codes_above(criteria.level))
    if criteria.scheme is not None:
        found = of_scheme(found, criteria.scheme)
    if criteria.is_empty_only:
        found = found.with_empty_seats()
    if criteria.is_open_only:
        found = found.filter(recruitment=Recruitment.OPEN)
    if criteria.is_regional_only:
        found = found.regional()
    return _near(found, criteria).annotate(seats_free=SEATS_FREE)


def of_scheme(sessions, scheme: Scheme):
    """Sessions whose action declares the funder of a scheme (LHEO `organisme-financeur`)."""
    return sessions.filter(action__financers__contains=[{"code": scheme.funder}])


def _in_period(sessions, period: str):
    today = clock.today()
    if period == Period.ALL:
        return sessions
    if period == Period.CANCELLED:
        return sessions.exclude(cancelled_on=None)
    sessions = sessions.filter(cancelled_on=None)
    not_over = Q(ends_on=None) | Q(ends_on__gte=today)
    if period == Period.OVER:
        return sessions.filter(ends_on__lt=today)
    if period == Period.RUNNING:
        return sessions.filter(not_over, starts_on__lte=today)
    # By subquery: a join would read the action of every session ever.
    permanent = Q(action__in=TrainingAction.objects.filter(entry_mode=EntryMode.PERMANENT)) & not_over
    return sessions.filter(Q(starts_on__gte=today) | Q(starts_on=None) | permanent)


def _near(sessions, criteria: Criteria):
    place = criteria.place
    unknown = Value(None, output_field=IntegerField())
    if place is None:
        return sessions.annotate(distance=unknown)
    if place.has_coordinates:
        sessions = sessions.annotate(distance=distance_from(place))
        if criteria.radius is None:
            return sessions
        # A session whose premises are unknown is kept when it lies in the bassin of the place.
        nearby = Q(distance__lte=criteria.radius * 1000) | Q(distance=None, area=place.area)
        return sessions.filter(nearby)
    sessions = sessions.annotate(distance=unknown)
    if place.area is not None:
        return sessions.filter(area=place.area)
    return sessions.matching(place.label)
