"""Requests that wait for the training provider (domain.md B13). Empty places: `prescriptions.saturation.alerts`.

In a pile, a request that waits is a line of the provider's from its first day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from config import clock
from notifications.registry import Cause, Kind, Since, register
from pathways.audience import in_organisation
from pathways.blockages import parameters
from pathways.enums import PathwayState, Role
from pathways.models import StateDelay
from prescriptions.enums import OWED, PrescriptionState
from prescriptions.models import Prescription

P = PrescriptionState

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
