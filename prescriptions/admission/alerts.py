"""Requests that wait for somebody for too long: who is told, wider and louder as time passes (domain.md B13).

The Région reads no person: it is told of the session, with how many candidates wait there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from config import clock
from config.ui.dates import count
from notifications.enums import Level
from notifications.registry import Cause, Kind, Since, register
from notifications.services import closing
from pathways.audience import REGION, in_organisation
from pathways.enums import PathwayState, Role
from pathways.facts import Change, on_writing
from pathways.statements import Statement
from prescriptions.admission.deadlines import GRACE, OPENING, Deadline, Party, Rule, deadline, owed, rules
from prescriptions.delays import Delays
from prescriptions.enums import LIVE, OWED, PrescriptionState
from prescriptions.models import Prescription, Session

P = PrescriptionState

#: How a request ended without a course: the référent finds something else.
SETBACKS = frozenset({P.REFUSED, P.EXPIRED, P.SESSION_CANCELLED, P.NO_SHOW})
PROVIDER_OWES = frozenset(OWED)
REFERENT_OWES = SETBACKS | {P.ABSENT}


def without_sequel(requests: QuerySet[Prescription]) -> QuerySet[Prescription]:
    """Of some requests, those that ended without a course and after which nothing has been asked for the person."""
    later = Prescription.objects.filter(pathway=OuterRef("pathway")).filter(
        Q(pk__gt=OuterRef("pk")) | Q(state__in=sorted(LIVE))
    )
    return requests.filter(~Exists(later), state__in=sorted(SETBACKS), pathway__state=PathwayState.IDENTIFIED)


# ---- the provider, then the référent: one alert per request


def waiting_requests(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per request for which the provider owes an answer, a presence, a decision, an AIS or an AES."""
    known, today = rules(Delays.on()), clock.today()
    for request in _reached(_among(ids), known, PROVIDER_OWES, today):
        found = deadline(request, known)
        if not found.is_reached(today):
            continue
        audience = {in_organisation(Role.PROVIDER, request.session.provider_id)}
        if Party.REFERENT in found.parties(today):
            audience.add(_referents(request))
        yield _cause(request, found, waiting_detail(request, found, today), audience, today)


def waiting_detail(request: Prescription, found: Deadline, today: date) -> str:
    """What the alert about a request that waits tells; the same until somebody else is told."""
    escalation = found.escalation(today)
    return f"{request.session.title} : {owed(request)}{f' ; {escalation}' if escalation else ''}."


# ---- the référent, then the Département: one alert per request


def sequels_awaited(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per person who did not come to an information session, or whose request ended without a sequel."""
    known, today = rules(Delays.on()), clock.today()
    absent = _reached(_among(ids), known, {P.ABSENT}, today)
    ended = _reached(without_sequel(_among(ids)), known, SETBACKS, today)
    for rows in (absent, ended):
        for request in rows:
            found = deadline(request, known)
            audience = {_referents(request)}
            if Party.MANAGER in found.parties(today) and request.pathway.department_id:
                audience.add(in_organisation(Role.DEPARTMENT_MANAGER, request.pathway.department_id))
            yield _cause(request, found, waiting_detail(request, found, today), audience, today)


# ---- the Région: one alert per session, that names nobody


def late_sessions(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per session in which candidates wait for so long that the Région is told."""
    waiting: dict[int, list[tuple[date, Prescription]]] = {}
    for due_on, request in late_requests(ids):
        waiting.setdefault(request.session_id, []).append((due_on, request))
    for session_id, rows in sorted(waiting.items()):
        session, oldest = rows[0][1].session, min(due_on for due_on, _ in rows)
        yield Cause(
            subject_key=f"session:{session_id}",
            title=session.title,
            detail=late_detail(session, [due_on for due_on, _ in rows]),
            url=reverse("prescriptions:session", args=[session_id]),
            due_on=oldest,
            level=Level.URGENT,
            audience=frozenset({REGION}),
        )


def late_requests(session_ids: Collection[int] | None = None) -> Iterator[tuple[date, Prescription]]:
    """(when it was due, request) of those of regional sessions about which the Région is told by today."""
    known, today = rules(Delays.on()), clock.today()
    requests = Prescription.objects.filter(session__is_regional=True)
    if session_ids is not None:
        requests = requests.filter(session__in=session_ids)
    for request in _reached(requests, known, PROVIDER_OWES, today, rung=1):
        found = deadline(request, known)
        if Party.REGION in found.parties(today):
            yield found.due_on, request


def late_detail(session: Session, due: Collection[date]) -> str:
    """What the alert about a session whose candidates wait tells; `due` are the days on which each was due."""
    waited = count(len(due), "candidature attend,candidatures attendent")
    oldest = f"la plus ancienne depuis le {min(due):%d/%m/%Y}"
    return f"{session.provider} : {waited} une saisie de l'organisme, {oldest}."


def _among(ids: Collection[int] | None) -> QuerySet[Prescription]:
    rows = Prescription.objects.all()
    return rows if ids is None else rows.filter(pk__in=ids)


def _reached(
    rows: QuerySet[Prescription], known: dict[str, Rule], states: Collection[str], today: date, rung: int = 0
) -> Iterator[Prescription]:
    """Those in one of the states whose rung has been reached by today; each state is read by its own index."""
    for state in sorted(states):
        rule = known[state]
        reached = today - timedelta(days=rule.rungs[rung].days)
        found = rows.filter(state=state, **{f"{rule.counted_from}__lte": reached})
        yield from found.select_related("pathway__beneficiary", "session__provider").order_by("pk").iterator()


def _cause(
    request: Prescription, found: Deadline, detail: str, audience: Collection[str], today: date
) -> Cause:
    return Cause(
        subject_key=f"prescription:{request.pk}",
        title=str(request.pathway.beneficiary),
        detail=detail,
        url=reverse("pathways:file", args=[request.pathway_id]),
        due_on=found.due_on,
        level=found.level(today),
        audience=frozenset(audience),
    )


def _referents(request: Prescription) -> str:
    pathway = request.pathway
    if pathway.pole_id is not None:
        return in_organisation(Role.REFERENT, pathway.pole_id)
    return in_organisation(Role.DEPARTMENT_MANAGER, pathway.department_id)


# ---- what to look at again


def changed_requests(since: Since) -> set[int]:
    """The requests of people and sessions touched, and those that a day that passed has brought to a rung."""
    requests = Prescription.objects.order_by().values_list("pk", flat=True)
    watched = requests.filter(state__in=sorted(PROVIDER_OWES | REFERENT_OWES))
    found = set(requests.filter(pathway__in=since.of("pathway")))
    found |= set(watched.filter(session__in=since.of("session")))
    for passed in _rungs_passed(since, PROVIDER_OWES | REFERENT_OWES):
        found |= set(requests.filter(passed))
    return found


def changed_sessions(since: Since) -> set[int]:
    """The sessions touched, those of people touched, and those where a day that passed brought somebody to a rung."""
    sessions = Prescription.objects.order_by().values_list("session", flat=True)
    found = set(since.of("session")) | set(sessions.filter(pathway__in=since.of("pathway")))
    for passed in _rungs_passed(since, PROVIDER_OWES):
        found |= set(sessions.filter(passed))
    return found


def _rungs_passed(since: Since, states: Collection[str]) -> Iterator[Q]:
    if since.day >= since.today:
        return
    known = rules(Delays.on())
    for state in sorted(states):
        column = known[state].counted_from
        for rung in known[state].rungs:
            delay = timedelta(days=rung.days)
            reached = {f"{column}__gt": since.day - delay, f"{column}__lte": since.today - delay}
            yield Q(state=state, **reached)
        if column == OPENING:
            for grace in GRACE:
                wait = timedelta(days=grace)
                yield Q(state=state, state_since__gt=since.day - wait, state_since__lte=since.today - wait)


def in_force() -> Delays:
    """What the causes are counted with."""
    return Delays.on()


REQUEST_WAITING = register(
    Kind(
        "request_waiting",
        "Candidature en attente",
        "hourglass",
        waiting_requests,
        thing="prescription",
        watches=("pathway", "session"),
        changed=changed_requests,
        parameters=in_force,
        roles=frozenset({Role.PROVIDER, Role.REFERENT, Role.DEPARTMENT_MANAGER}),
    )
)
SEQUEL_AWAITED = register(
    Kind(
        "sequel_awaited",
        "Suite à donner",
        "route",
        sequels_awaited,
        thing="prescription",
        watches=("pathway", "session"),
        changed=changed_requests,
        parameters=in_force,
        roles=frozenset({Role.REFERENT, Role.DEPARTMENT_MANAGER}),
    )
)
PROVIDER_LATE = register(
    Kind(
        "provider_late",
        "Organisme en retard",
        "clock-exclamation",
        late_sessions,
        thing="session",
        watches=("pathway", "session"),
        changed=changed_sessions,
        parameters=in_force,
        names_nobody=True,
        roles=frozenset({Role.REGION_OFFICER}),
    )
)


# ---- closed at once


def _may_have_been_told(change: Change) -> bool:
    """A request moves that had stood where it was for a day at least: an alert may speak of it."""
    today = clock.today()
    before = change.before.columns
    return any(
        (since := before.get(("prescription", subject), {}).get("state_since")) is not None and since < today
        for subject in change.moved("prescription")
    )


@on_writing(when=_may_have_been_told)
def close_settled(changes: Sequence[Change]) -> Iterator[Statement]:
    """Close at once the alerts about the requests that facts have moved: nobody meets them again."""
    keys = {f"prescription:{subject}" for change in changes for subject in change.moved("prescription")}
    yield Statement(*closing(keys), is_kept=True)
