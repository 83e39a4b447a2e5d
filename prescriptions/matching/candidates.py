"""The people who could take a session's empty seats, ranked by named criteria, with the reasons in words (PE, art. 8).

Two people are compared on the first criterion; the next only decides between those whom it leaves equal. The order is
a dated setting (`settings`), the same for everybody, and the page says it.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from config import clock
from config.ui.dates import count
from pathways.actor import Actor
from pathways.enums import PathwayState, Role
from pathways.models import Pathway
from prescriptions import queue
from prescriptions.enums import PrescriptionState
from prescriptions.matching import criteria, distances, eligibility, seekers
from prescriptions.matching.criteria import (
    AVAILABILITY,
    DISTANCE,
    LEVEL,
    REFUSAL,
    TRADE,
    WAIT,
    Reason,
    Verdict,
)
from prescriptions.matching.seekers import Request, Seeker
from prescriptions.matching.settings import Rules
from prescriptions.models import Session

#: A provider learns of a person when they are prescribed, the Région never: neither looks for candidates.
ROLES = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR)
#: How many more people than asked for are put to the scheme's rules, so that those it refuses can come last.
MARGIN = 2


@dataclass(frozen=True)
class Candidate:
    """One person, at their rank (from 1). to_verify: what somebody has to ask before proposing, in words."""

    pathway: Pathway
    rank: int
    reasons: tuple[Reason, ...]
    to_verify: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """« même métier (F1703), 8 km, identifié depuis 41 j »: what decided of the rank."""
        told = [reason.text for reason in self.reasons if reason.code in (TRADE, DISTANCE, WAIT)]
        return ", ".join(told)


@dataclass(frozen=True)
class _Standing:
    """A person with what each criterion said, before anything is read about their name."""

    seeker: Seeker
    verdicts: dict[str, Verdict]
    requests: tuple[Request, ...]


def candidates(session: Session, actor: Actor, limit: int = 50, day: date | None = None) -> list[Candidate]:
    """The first `limit` people of the actor for this session, best placed first.

    Read with `Session.objects.with_offer()`: the course and the commune are looked at. People beyond the reach, who
    hold a seat at the same time or who have asked for this session already are left out; those whom a scheme refuses
    come last. Raises PermissionDenied for a role that looks for no candidates. The number of queries does not follow
    the number of people.
    """
    if not actor.has_role(*ROLES):
        raise PermissionDenied("Seuls les référents et les conseillers cherchent des candidats.")
    day = day or clock.today()
    rules = Rules.on(day)
    window = _best_placed(session, actor, rules, day, limit * MARGIN)
    answers = eligibility.answers(session, [one.seeker.pathway_id for one in window], day)
    judged = [(one, answers.get(one.seeker.pathway_id, eligibility.UNKNOWN)) for one in window]
    # A rule informs and never decides: whom it refuses comes last, and the page says why.
    judged.sort(key=lambda pair: pair[1].is_eligible is False)
    kept = judged[:limit]
    return _told(kept, rules, day)


def _best_placed(session: Session, actor: Actor, rules: Rules, day: date, number: int) -> list[_Standing]:
    """The first `number` of those within reach who could come, with their verdicts."""
    scope = seekers.seeking(Pathway.objects.visible_to(actor), day)
    point = distances.premises(session)
    near = distances.communes_around(point, rules.reach_km) if point else {}
    if point:
        scope = scope.filter(Q(beneficiary__commune__in=sorted(near)) | seekers.UNPLACED)
    requests: dict[int, list[Request]] = defaultdict(list)
    for request in seekers.running_requests(scope):
        requests[request.pathway_id].append(request)
    judge = _judge(session, near, rules, day, _latest_refusals(session, scope), seekers.first_asked(scope))
    taken = {pk for pk, held in requests.items() if any(_is_taken(request, session) for request in held)}

    def key(seeker: Seeker) -> tuple:
        return (*(judge[code](seeker).rank for code in rules.order), seeker.pathway_id)

    free = (seeker for seeker in seekers.read(scope) if seeker.pathway_id not in taken)
    return [
        _Standing(
            seeker,
            {code: judge[code](seeker) for code in rules.order},
            tuple(requests.get(seeker.pathway_id, ())),
        )
        for seeker in heapq.nsmallest(number, free, key)
    ]


def _judge(
    session: Session,
    near: dict[str, float],
    rules: Rules,
    day: date,
    refused: dict[int, criteria.PastRefusal],
    first_asked: dict[int, date],
) -> dict[str, Callable[[Seeker], Verdict]]:
    """Criterion -> what it says of a person. Few different values among many people: each is judged once."""
    formation = session.action.formation
    trade = cache(lambda project: criteria.trade(project, formation.rome_codes))
    level = cache(lambda reached: criteria.level(reached, formation.level_in))
    distance = cache(lambda commune: criteria.distance(near.get(commune), rules.reach_km))
    wait = cache(lambda since: criteria.wait(since, day))
    refusal = cache(criteria.refusal)
    return {
        TRADE: lambda one: trade(one.job_project),
        LEVEL: lambda one: level(one.education_level),
        REFUSAL: lambda one: refusal(refused.get(one.pathway_id)),
        DISTANCE: lambda one: distance(one.commune_id),
        WAIT: lambda one: wait(one.waiting_since(first_asked)),
    }


def _is_taken(request: Request, session: Session) -> bool:
    """The person asks for this very session, or holds a seat at the same time."""
    if request.session_id == session.pk:
        return True
    return request.holds_a_seat and request.overlaps(session.starts_on, session.ends_on)


def _latest_refusals(session: Session, scope: QuerySet[Pathway]) -> dict[int, criteria.PastRefusal]:
    rows = seekers.refusals_of([session.action.formation_id], scope)
    columns = ("pathway_id", "session_id", "refusal_reason", "decided_on", "next_step")
    return {
        pathway_id: criteria.PastRefusal(reason, decided_on, next_step, session_id == session.pk)
        for pathway_id, session_id, reason, decided_on, next_step in rows.values_list(*columns)
    }


def _told(kept: list[tuple[_Standing, eligibility.Answer]], rules: Rules, day: date) -> list[Candidate]:
    """The candidates with their names and reasons."""
    people = Pathway.objects.with_person().in_bulk([one.seeker.pathway_id for one, _ in kept])
    waiting = {
        request.session_id
        for one, _ in kept
        for request in one.requests
        if request.state == PrescriptionState.WAITLISTED
    }
    ranks = queue.ranks(waiting) if waiting else {}
    told = []
    for rank, (one, answer) in enumerate(kept, start=1):
        # Never refused, the usual case, is worth no line.
        verdicts = [one.verdicts[code] for code in rules.order]
        reasons = [verdict.reason for verdict in verdicts if verdict.code != REFUSAL or verdict.rank]
        reasons += [*_availability(one, ranks, day), answer.reason]
        to_verify = [verdict.text for verdict in verdicts if verdict.to_verify]
        if answer.is_eligible is None:
            to_verify.append(answer.reason.text)
        told.append(Candidate(people[one.seeker.pathway_id], rank, tuple(reasons), tuple(to_verify)))
    return told


def _availability(one: _Standing, ranks: dict[int, queue.Place], day: date) -> Iterator[Reason]:
    """What the person holds or asks for elsewhere, and whether they are stuck."""
    seeker = one.seeker
    for request in one.requests:
        if request.state == PrescriptionState.WAITLISTED:
            said = f"sur liste d'attente pour {request.title}"
            place = ranks.get(request.prescription_id)
            yield Reason(AVAILABILITY, "info", f"{said} (rang {place.rank})" if place else said)
        elif request.holds_a_seat:
            yield Reason(AVAILABILITY, "info", f"tient une place à d'autres dates : {request.title}")
        else:
            label = PrescriptionState(request.state).label.lower()
            yield Reason(AVAILABILITY, "warning", f"candidature en cours pour {request.title} : {label}")
    if not one.requests:
        left = seeker.state == PathwayState.DROPPED_OUT
        yield Reason(AVAILABILITY, "neutral", "formation interrompue" if left else "sans session")
    if seeker.due_on is not None and seeker.due_on < day:
        late = count((day - seeker.due_on).days, "jour")
        yield Reason(AVAILABILITY, "warning", f"bloqué depuis {late}")
