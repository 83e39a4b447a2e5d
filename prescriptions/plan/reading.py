"""What a plan reads: everybody who looks for a seat, every session with seats left, and who could take which.

The criteria are those of the list of candidates, judged once per value that people or sessions have: 20,000 people and
500 sessions make ten million pairs, a few hundred projects, levels and communes.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from pathways.models import Commune, Pathway
from prescriptions.matching import criteria, distances, seekers
from prescriptions.matching.seekers import Request, Seeker
from prescriptions.models import Session
from prescriptions.plan import proposing, seats
from prescriptions.plan.asked import Asked
from prescriptions.plan.problem import Pool, Problem
from prescriptions.plan.seats import Belongs, Room

Tell = Callable[[str], None]
#: The steps by which people drop out of a session, in the order in which they are counted.
LOOKING, TRADE, REACH, LEVEL, FREE = "looking", "trade", "reach", "level", "free"
FUNNEL = (LOOKING, TRADE, REACH, LEVEL, FREE)


@dataclass(frozen=True)
class Inputs:
    """A problem, and whom and what its positions stand for.

    poles: the pôle of each position, None for people whom no pôle follows. funnels: per session, how many people are
    left after each step of FUNNEL. placed: communes whose centre is known.
    """

    asked: Asked
    seekers: Sequence[Seeker]
    sessions: Sequence[Session]
    rooms: Sequence[Room]
    poles: Sequence[int | None]
    problem: Problem
    funnels: Sequence[dict[str, int]] = field(default_factory=list)
    placed: frozenset[str] = frozenset()

    def is_distance_known(self, person: int, session: int) -> bool:
        """Both the home and the premises have coordinates."""
        return self.seekers[person].commune_id in self.placed and bool(
            distances.premises(self.sessions[session])
        )

    @property
    def fingerprint(self) -> str:
        """Changes when a session, a seat, a person or a possible pair does."""
        digest = hashlib.sha256(json.dumps(self.asked.as_json(), sort_keys=True).encode())
        told = [
            (session.pk, room.total, room.common, sorted(room.kept.items()))
            for session, room in zip(self.sessions, self.rooms, strict=True)
        ]
        digest.update(repr(told).encode())
        digest.update(np.array([one.pathway_id for one in self.seekers], dtype=np.int64).tobytes())
        for column in (
            self.problem.waited,
            self.problem.person,
            self.problem.pool,
            self.problem.trade,
            self.problem.km,
        ):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()


def read(asked: Asked) -> Inputs:
    """Everything that the plan of `asked.day` looks at. A fixed number of queries."""
    sessions = list(seats.to_fill(asked))
    scope = seekers.seeking(Pathway.objects.standing(), asked.day)
    people = sorted(seekers.read(scope), key=lambda one: one.pathway_id)
    first_asked = seekers.first_asked(scope)
    waited = [_days(one.waiting_since(first_asked), asked.day) for one in people]
    proposed = proposing.pending()
    barred = _barred(sessions, scope)
    for session in sessions:
        # Who is proposed somewhere waits for an answer: the plan asks nobody twice.
        barred[session.pk].update(pathway_id for pathway_id, _ in proposed)
    communes = Commune.objects.filter(latitude__isnull=False, longitude__isnull=False).order_by()
    places = {
        code: (north, east) for code, north, east in communes.values_list("pk", "latitude", "longitude")
    }
    rooms, quotas = seats.rooms(sessions, asked, proposed)
    belongs = seats.belonging(sessions, rooms, quotas, scope)
    return compare(asked, people, waited, sessions, rooms, places, barred, belongs)


def _days(since: date | None, day: date) -> int:
    return max(0, (day - since).days) if since else 0


def _barred(sessions: Sequence[Session], scope) -> dict[int, set[int]]:
    """Session id -> pathways that cannot come: they ask for it, hold a seat then, or were refused this course."""
    barred: dict[int, set[int]] = defaultdict(set)
    seated: list[Request] = []
    wanted = {session.pk for session in sessions}
    for request in seekers.running_requests(scope):
        if request.session_id in wanted:
            barred[request.session_id].add(request.pathway_id)
        if request.holds_a_seat:
            seated.append(request)
    for session in sessions:
        taken = (request for request in seated if request.overlaps(session.starts_on, session.ends_on))
        barred[session.pk].update(request.pathway_id for request in taken)
    _bar_refused(sessions, scope, barred)
    return barred


def _bar_refused(sessions: Sequence[Session], scope, barred: dict[int, set[int]]) -> None:
    by_formation: dict[int, list[Session]] = defaultdict(list)
    for session in sessions:
        by_formation[session.action.formation_id].append(session)
    columns = ("formation", "pathway_id", "session_id", "refusal_reason", "decided_on", "next_step")
    latest = {
        (formation, pathway_id): tuple(rest)
        for formation, pathway_id, *rest in seekers.refusals_of(list(by_formation), scope).values_list(
            *columns
        )
    }
    for (formation, pathway_id), (session_id, reason, decided_on, next_step) in latest.items():
        for session in by_formation[formation]:
            past = criteria.PastRefusal(reason, decided_on, next_step, session_id == session.pk)
            if not criteria.refusal(past).is_met:
                barred[session.pk].add(pathway_id)


# ---- comparing everybody with every session


def compare(
    asked: Asked,
    people: Sequence[Seeker],
    waited: Sequence[int],
    sessions: Sequence[Session],
    rooms: Sequence[Room],
    places: dict[str, tuple[float, float]],
    barred: dict[int, set[int]],
    belongs: Belongs,
) -> Inputs:
    """The problem of these people and sessions. Reads no row.

    places: commune -> degrees. barred: session id -> pathways that cannot come. belongs: who may have reserved seats.
    """
    crowd = _Crowd(people, places)
    pools: list[Pool] = []
    person, pool, trade, km, funnels = [], [], [], [], []
    for rank, (session, room) in enumerate(zip(sessions, rooms, strict=True)):
        found, ranks, kilometres, funnel = crowd.who_could(session, asked, barred.get(session.pk, ()))
        funnels.append(funnel)
        for seats_left, quota in _pools_of(room):
            allowed = slice(None) if quota is None else _members(quota, found, people, belongs)
            pools.append(Pool(rank, seats_left))
            chosen = found[allowed]
            person.append(chosen)
            pool.append(np.full(len(chosen), len(pools) - 1))
            trade.append(ranks[allowed])
            km.append(kilometres[allowed])
    poles = sorted({one.pole_id for one in people}, key=lambda pole: (pole is None, pole or 0))
    position = {pole: rank for rank, pole in enumerate(poles)}
    pole_of = np.array([position[one.pole_id] for one in people], dtype=np.int64)
    problem = Problem(
        pole_of,
        np.bincount(pole_of, minlength=len(poles)),
        np.array(waited, dtype=np.int64),
        np.array([room.total for room in rooms], dtype=np.int64),
        np.array([(session.starts_on - asked.day).days for session in sessions], dtype=np.int64),
        tuple(pools),
        *(_joined(column) for column in (person, pool, trade, km)),
    )
    return Inputs(asked, people, sessions, rooms, poles, problem, funnels, frozenset(places))


def _pools_of(room: Room):
    """(seats, the quota that keeps them; None: they are everybody's)."""
    if room.common:
        yield room.common, None
    yield from ((kept, quota) for quota, kept in sorted(room.kept.items()))


def _members(quota: int, found: np.ndarray, people: Sequence[Seeker], belongs: Belongs) -> np.ndarray:
    """Who among the people found belongs to the public of a quota (a mask)."""
    return np.array([belongs(quota, people[rank].pathway_id) for rank in found], dtype=bool)


def _joined(columns: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(columns).astype(np.int64) if columns else np.empty(0, dtype=np.int64)


class _Crowd:
    """The people as columns of positions into the few values that they share."""

    def __init__(self, people: Sequence[Seeker], places: dict[str, tuple[float, float]]):
        self._position = {one.pathway_id: rank for rank, one in enumerate(people)}
        self._projects, self._project = _distinct([one.job_project for one in people])
        self._levels, self._level = _distinct([one.education_level for one in people])
        communes, self._commune = _distinct([one.commune_id or "" for one in people])
        nowhere = (np.nan, np.nan)
        degrees = np.array([places.get(code, nowhere) for code in communes], dtype=float).reshape(-1, 2)
        self._latitudes, self._longitudes = degrees.T
        self._area = np.array([one.area_id or -1 for one in people], dtype=np.int64)
        self._trades: dict[tuple[str, ...], np.ndarray] = {}
        self._reached: dict[str, np.ndarray] = {}

    def positions(self, pathway_ids) -> np.ndarray:
        known = (self._position.get(pathway_id) for pathway_id in pathway_ids)
        return np.array(sorted(rank for rank in known if rank is not None), dtype=np.int64)

    def who_could(self, session: Session, asked: Asked, barred):
        """Positions of those who could take a seat, with the rank of their trade and their kilometres; the funnel."""
        funnel = {LOOKING: len(self._project)}
        ranks = self._trade_ranks(tuple(session.action.formation.rome_codes))[self._project]
        found = np.flatnonzero(ranks <= asked.furthest_trade)
        funnel[TRADE] = len(found)
        km = self._kilometres(session)[self._commune[found]]
        unknown = np.isnan(km)
        # A place that nobody knows: the bassin has to do.
        near = np.where(unknown, self._area[found] == (session.area_id or -2), km <= asked.reach_km)
        found, km = found[near], np.where(unknown, asked.reach_km, km)[near]
        funnel[REACH] = len(found)
        fits = self._level_is_met(session.action.formation.level_in)[self._level[found]]
        found, km = found[fits], km[fits]
        funnel[LEVEL] = len(found)
        if barred:
            free = ~np.isin(found, self.positions(barred))
            found, km = found[free], km[free]
        funnel[FREE] = len(found)
        return found, ranks[found], np.round(km).astype(np.int64), funnel

    def _trade_ranks(self, rome_codes: tuple[str, ...]) -> np.ndarray:
        if rome_codes not in self._trades:
            ranks = [criteria.trade(project, rome_codes).rank for project in self._projects]
            self._trades[rome_codes] = np.array(ranks, dtype=np.int64)
        return self._trades[rome_codes]

    def _level_is_met(self, level_in: str) -> np.ndarray:
        if level_in not in self._reached:
            met = [criteria.level(level, level_in).is_met for level in self._levels]
            self._reached[level_in] = np.array(met, dtype=bool)
        return self._reached[level_in]

    def _kilometres(self, session: Session) -> np.ndarray:
        point = distances.premises(session)
        if point is None:
            return np.full(len(self._latitudes), np.nan)
        return distances.haversine(point.latitude, point.longitude, self._latitudes, self._longitudes)


def _distinct(values: list[str]) -> tuple[list[str], np.ndarray]:
    """The different values in order, and the position of each in them."""
    kinds = sorted(set(values))
    position = {value: rank for rank, value in enumerate(kinds)}
    return kinds, np.array([position[value] for value in values], dtype=np.int64)
