"""Alerts about sessions still to open: seats that nobody holds, fewer people than the minimum (domain.md B13)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db.models import F, Q
from django.urls import reverse

from config import clock
from config.ui.dates import count
from notifications.enums import Delivery, Level
from notifications.registry import Cause, Kind, Since, register
from pathways.audience import REGION, advisors_of, in_organisation
from pathways.enums import Role
from prescriptions.models import MinimumDecision, Session
from prescriptions.saturation import opening, periods
from prescriptions.saturation.enums import Decision, Stage
from prescriptions.saturation.periods import thresholds

# ---- sessions with empty places: one alert per session, which climbs as its opening comes near


def empty_sessions(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per regional session that opens within the first threshold with places that nobody holds.

    A session whose capacity is unknown is not called empty; one that is full, cancelled or open is no cause any more,
    nor one that a team has given up while no more places are empty than that day.
    """
    today = clock.today()
    in_force = thresholds()
    if not in_force:
        return
    horizon = today + timedelta(days=in_force[-1][0])
    sessions = sessions_to_fill().filter(starts_on__lte=horizon)
    sessions = sessions.exclude(
        saturation_case__stage=Stage.GIVEN_UP,
        saturation_case__empty_given_up__gte=F("capacity") - F("seats_held"),
    )
    if ids is not None:
        sessions = sessions.filter(pk__in=ids)
    for session in sessions.order_by("pk").iterator():
        days_left = (session.starts_on - today).days
        # The nearest threshold already passed: at J-9, that of J-15.
        level = next(level for days_before, level in in_force if days_before >= days_left)
        yield Cause(
            subject_key=f"session:{session.pk}",
            title=session.title,
            detail=told(session),
            url=reverse("prescriptions:session", args=[session.pk]),
            due_on=session.starts_on,
            level=level,
            audience=frozenset(_audience(session)),
        )


def changed_sessions(since: Since) -> set[int]:
    """The sessions touched, those that have opened since, and those that have come within a threshold."""
    return _changed(since, [days_before for days_before, _ in thresholds()])


def sessions_to_fill():
    """Regional sessions still to open that have places nobody holds."""
    return _coming().with_empty_seats()


def places(session: Session) -> str:
    """« 5 places vides sur 12 »."""
    return f"{count(session.seats_left, 'place vide,places vides')} sur {session.capacity}"


def told(session: Session) -> str:
    """What the alert about a session's empty places tells."""
    return f"{places(session)} ; {session.provider}, ouverture le {session.starts_on:%d/%m/%Y}."


def _coming():
    tomorrow = clock.today() + timedelta(days=1)
    return Session.objects.regional().upcoming(tomorrow).select_related("provider")


def _changed(since: Since, notices: Collection[int]) -> set[int]:
    found = set(since.of("session"))
    if since.day < since.today:
        nearer = Q(starts_on__gt=since.day, starts_on__lte=since.today)
        for days_before in notices:
            notice = timedelta(days=days_before)
            nearer |= Q(starts_on__gt=since.day + notice, starts_on__lte=since.today + notice)
        found |= set(Session.objects.filter(nearer).order_by().values_list("pk", flat=True))
    return found


def _audience(session: Session) -> Iterator[str]:
    yield REGION
    yield in_organisation(Role.PROVIDER, session.provider_id)
    if session.area_id is not None:
        yield advisors_of(session.area_id)


SESSION_EMPTY = register(
    Kind(
        "session_empty",
        "Places vides",
        "armchair",
        empty_sessions,
        thing="session",
        watches=("session",),
        changed=changed_sessions,
        parameters=thresholds,
        follow=opening.follow,
        # Two days before the opening, tomorrow's digest comes late (domain.md A49).
        delivery=Delivery.AT_ONCE,
        at_once_from=Level.CRITICAL,
        names_nobody=True,
        roles=frozenset({Role.ADVISOR, Role.REGION_OFFICER, Role.PROVIDER}),
    )
)


# ---- sessions under their minimum: the Région and the provider decide (maintained, postponed, cancelled)


def short_sessions(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per regional session near its opening whose places held are fewer than its minimum.

    A decision to maintain ends it until fewer places are held than that day; one to postpone or to cancel is recalled
    until it is carried out.
    """
    horizon = clock.today() + timedelta(days=periods.MINIMUM_DAYS())
    sessions = _coming().filter(starts_on__lte=horizon, minimum__gt=F("seats_held"))
    if ids is not None:
        sessions = sessions.filter(pk__in=ids)
    decided = last_decisions(sessions)
    for session in sessions.order_by("pk").iterator():
        decision = decided.get(session.pk)
        if decision is not None and is_maintained(session, decision):
            continue
        yield Cause(
            subject_key=f"session:{session.pk}",
            title=session.title,
            detail=told_short(session, decision),
            url=reverse("prescriptions:minimum", args=[session.pk]),
            due_on=session.starts_on,
            level=Level.URGENT,
            audience=frozenset({REGION, in_organisation(Role.PROVIDER, session.provider_id)}),
        )


def last_decisions(sessions) -> dict[int, MinimumDecision]:
    """Session id -> the last decision taken about its minimum for its present opening day."""
    rows = MinimumDecision.objects.filter(session__in=sessions.order_by().values("pk"))
    rows = rows.filter(starts_on=F("session__starts_on")).select_related("organisation")
    return {decision.session_id: decision for decision in rows.order_by("pk")}


def last_decision(session: Session) -> MinimumDecision | None:
    return last_decisions(Session.objects.filter(pk=session.pk)).get(session.pk)


def is_short(session: Session) -> bool:
    """Whether the session, with the seats held that it has, is one that an alert speaks of."""
    opens, today = session.starts_on, clock.today()
    if not session.is_regional or session.cancelled_on or opens is None or session.minimum is None:
        return False
    if (
        not today < opens <= today + timedelta(days=periods.MINIMUM_DAYS())
        or session.seats_held >= session.minimum
    ):
        return False
    decision = last_decision(session)
    return decision is None or not is_maintained(session, decision)


def is_maintained(session: Session, decision: MinimumDecision) -> bool:
    """Whether a decision to maintain still covers the session: no fewer people than on the day it was taken."""
    return decision.decision == Decision.KEEP and session.seats_held >= decision.held


def told_short(session: Session, decision: MinimumDecision | None = None) -> str:
    """What the alert about a session under its minimum tells."""
    held = count(session.seats_held, "place tenue,places tenues")
    said = f"{held} pour un effectif minimal de {session.minimum}, ouverture le {session.starts_on:%d/%m/%Y}"
    if decision is None or decision.decision == Decision.KEEP:
        return f"{said} : maintenir, reporter ou annuler la session."
    asked = {Decision.POSTPONE: "report", Decision.CANCEL: "annulation"}[Decision(decision.decision)]
    return f"{said} : {asked} décidé{'e' if asked == 'annulation' else ''} par {decision.organisation}, à enregistrer."


def _changed_short(since: Since) -> set[int]:
    return _changed(since, [periods.MINIMUM_DAYS()])


SESSION_SHORT = register(
    Kind(
        "session_short",
        "Sous l'effectif minimal",
        "users-group",
        short_sessions,
        thing="session",
        watches=("session",),
        changed=_changed_short,
        parameters=lambda: [periods.MINIMUM_DAYS()],
        names_nobody=True,
        roles=frozenset({Role.REGION_OFFICER, Role.PROVIDER}),
    )
)
