"""Empty places before an opening, and requests that wait for the training provider (domain.md B13)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from config import clock
from config.ui.dates import count
from notifications.enums import Delivery, Level
from notifications.registry import Cause, Kind, Since, register
from pathways import pile
from pathways.actor import Actor
from pathways.audience import REGION, advisors_of, in_organisation
from pathways.blockages import alerted, parameters
from pathways.enums import PathwayState, Role
from pathways.models import StateDelay
from prescriptions.enums import OWED, PrescriptionState
from prescriptions.models import Prescription, SaturationThreshold, Session

P = PrescriptionState

# ---- sessions with empty places: one alert per session, which climbs as its opening comes near


def empty_sessions(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per regional session that opens within the first threshold with places that nobody holds.

    A session whose capacity is unknown is not called empty; one that is full, cancelled or open is no cause any more.
    """
    today = clock.today()
    in_force = thresholds()
    if not in_force:
        return
    horizon = today + timedelta(days=in_force[-1][0])
    sessions = sessions_to_fill().filter(starts_on__lte=horizon)
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
    found = set(since.of("session"))
    if since.day < since.today:
        nearer = Q(starts_on__gt=since.day, starts_on__lte=since.today)
        for days_before, _ in thresholds():
            notice = timedelta(days=days_before)
            nearer |= Q(starts_on__gt=since.day + notice, starts_on__lte=since.today + notice)
        found |= set(Session.objects.filter(nearer).order_by().values_list("pk", flat=True))
    return found


def thresholds() -> list[tuple[int, int]]:
    """(days before the opening, level) of each threshold in force today."""
    rows = SaturationThreshold.objects.in_force(clock.today()).order_by("days_before")
    return list(rows.values_list("days_before", "level"))


def sessions_to_fill():
    """Regional sessions still to open that have places nobody holds."""
    tomorrow = clock.today() + timedelta(days=1)
    return Session.objects.regional().upcoming(tomorrow).with_empty_seats().select_related("provider")


def places(session: Session) -> str:
    """« 5 places vides sur 12 »."""
    return f"{count(session.seats_left, 'place vide,places vides')} sur {session.capacity}"


def told(session: Session) -> str:
    """What the alert about a session's empty places tells."""
    return f"{places(session)} ; {session.provider}, ouverture le {session.starts_on:%d/%m/%Y}."


def _audience(session: Session) -> Iterator[str]:
    yield REGION
    yield in_organisation(Role.PROVIDER, session.provider_id)
    if session.area_id is not None:
        yield advisors_of(session.area_id)


# ---- requests that wait for the provider

#: Where a person stands while a provider may owe them something.
AWAITED_IN = frozenset({PathwayState.PRESCRIBED, PathwayState.ADMITTED})


def waiting_requests(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per request for which the provider has owed something for longer than the delay of the person's state.

    Dates and delays are those of the request itself: a provider learns nothing of the person's other steps.
    """
    days = dict(StateDelay.objects.order_by().values_list("state", "days"))
    today = clock.today()
    rows = (
        Prescription.objects.filter(pathway__due_on__lt=today, pathway__state__in=sorted(AWAITED_IN))
        .filter(_provider_owes(today))
        .select_related("pathway__beneficiary", "session")
        .order_by("pk")
    )
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    for request in rows.iterator():
        due_on = request.state_since + timedelta(days=days[request.pathway.state])
        if due_on < today:
            yield Cause(
                subject_key=f"prescription:{request.pk}",
                title=str(request.pathway.beneficiary),
                detail=f"{request.session.title} : {owed(request)}.",
                url=reverse("pathways:file", args=[request.pathway_id]),
                due_on=due_on,
                audience=frozenset({in_organisation(Role.PROVIDER, request.session.provider_id)}),
            )


def changed_requests(since: Since) -> set[int]:
    """The requests of people and sessions touched, and those on which a day that passed has made something due."""
    requests = Prescription.objects.order_by().values_list("pk", flat=True)
    owed = requests.filter(state__in=sorted(OWED))
    found = set(requests.filter(pathway__in=since.of("pathway")))
    found |= set(owed.filter(session__in=since.of("session")))
    if since.day < since.today:
        found |= set(owed.filter(pathway__due_on__gte=since.day, pathway__due_on__lt=since.today))
        for days in StateDelay.objects.filter(state__in=sorted(AWAITED_IN)).values_list("days", flat=True):
            delay = timedelta(days=days)
            found |= set(owed.filter(state_since__gte=since.day - delay, state_since__lt=since.today - delay))
        passed = {"gt": since.day, "lte": since.today}
        found |= set(
            requests.filter(state=P.CONVENED, **{f"convened_for__{op}": day for op, day in passed.items()})
        )
        found |= set(
            requests.filter(
                state=P.REGISTERED, **{f"session__starts_on__{op}": day for op, day in passed.items()}
            )
        )
    return found


def _provider_owes(today: date) -> Q:
    """An answer, a presence, a decision, an AIS; once the session is open, an AES or a no-show."""
    opened = Q(state=P.REGISTERED, session__starts_on__lte=today)
    return (
        Q(state__in=[P.SUBMITTED, P.ATTENDED, P.ADMITTED])
        | Q(state=P.CONVENED, convened_for__lte=today)
        | opened
    )


def owes(request: Prescription, today: date) -> bool:
    """The condition of `_provider_owes()` on one request, its session loaded."""
    if request.state == P.CONVENED:
        return request.convened_for is not None and request.convened_for <= today
    if request.state == P.REGISTERED:
        return request.session.starts_on is not None and request.session.starts_on <= today
    return request.state in (P.SUBMITTED, P.ATTENDED, P.ADMITTED)


def owed(request: Prescription) -> str:
    """What the provider owes about a request that `owes()`, in words."""
    since = f"{request.state_since:%d/%m/%Y}"
    if request.state == P.CONVENED:
        return f"information collective du {request.convened_for:%d/%m/%Y}, présence à saisir"
    return {
        P.SUBMITTED: f"prescription du {since} sans réponse",
        P.ATTENDED: f"présent à l'information collective le {since}, décision à prendre",
        P.ADMITTED: f"retenu le {since}, inscription (AIS) à saisir",
        P.REGISTERED: f"inscrit le {since}, entrée (AES) ou absence à saisir",
    }[P(request.state)]


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
        # Two days before the opening, tomorrow's digest comes late (domain.md A49).
        delivery=Delivery.AT_ONCE,
        at_once_from=Level.CRITICAL,
        names_nobody=True,
        roles=frozenset({Role.ADVISOR, Role.REGION_OFFICER, Role.PROVIDER}),
    )
)
REQUEST_WAITING = register(
    Kind(
        "request_waiting",
        "Candidature en attente",
        "hourglass",
        waiting_requests,
        thing="prescription",
        watches=("pathway", "session"),
        changed=changed_requests,
        parameters=parameters,
        roles=frozenset({Role.PROVIDER}),
    )
)


# ---- the pile (a request that waits is a line of the provider's pile from its first day)


@pile.source(pile.PLACES, Role.ADVISOR, Role.REGION_OFFICER, Role.PROVIDER)
def empty_session_lines(actor: Actor, limit: int) -> pile.Batch:
    """Sessions with empty places, as the open alerts say, checked against the seats held at this very moment."""
    sessions = sessions_to_fill().visible_to(actor).filter(alerted(actor, SESSION_EMPTY, "session"))
    total = sessions.count()
    shown = sessions.order_by("starts_on", "pk")[:limit] if total else ()
    return pile.Batch(total, 0, tuple(_line(session) for session in shown))


def _line(session: Session) -> pile.Item:
    url = reverse("prescriptions:session", args=[session.pk])
    return pile.Item(
        category=pile.PLACES,
        who=session.title,
        url=url,
        why=f"{places(session)} ; {session.provider}.",
        due_on=session.starts_on,
        actions=(pile.Action("Voir la session", url, is_main=True),),
        icon=SESSION_EMPTY.icon,
    )
