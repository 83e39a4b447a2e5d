"""Seats kept for a public: who belongs to it, how many are used, and whether somebody else may take a free one.

The rule, for a session with quotas that are not released: seats held and reserved seats left unused never exceed the
seats there are. Somebody of several publics uses whichever reserved seat leaves the most to the others, so that the
order in which people came changes nothing. Nothing is stored: the engine reads this under the lock of the session.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.db import connection

from config import clock
from pathways.statements import array
from prescriptions.enums import ASKING, SEATED

# ---- publics


class Traits(NamedTuple):
    """What a public is told by, of one person."""

    cohort_id: int | None
    department_id: int | None
    pole_id: int | None
    area_id: int | None
    birth_date: date
    pe_registered_on: date | None


@dataclass(frozen=True)
class Criteria:
    """The criteria of a public; those left empty ask nothing."""

    cohort_id: int | None = None
    department_id: int | None = None
    pole_id: int | None = None
    area_id: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    registered_months: int | None = None

    def met_by(self, person: Traits, opening: date) -> bool:
        """Whether somebody meets them all on the day of the opening: nobody leaves a public while they wait."""
        places = ("cohort_id", "department_id", "pole_id", "area_id")
        if any(getattr(self, name) not in (None, getattr(person, name)) for name in places):
            return False
        age = relativedelta(opening, person.birth_date).years
        if self.min_age is not None and age < self.min_age:
            return False
        if self.max_age is not None and age > self.max_age:
            return False
        if self.registered_months is None:
            return True
        since = person.pe_registered_on
        return since is not None and since + relativedelta(months=self.registered_months) <= opening


@dataclass(frozen=True)
class Quota:
    """Seats of a session kept for a public; `label` is what anybody may be told."""

    id: int
    letter: str
    name: str
    seats: int
    releases_on: date
    criteria: Criteria

    @property
    def label(self) -> str:
        return f"place réservée {self.letter}"

    def is_released(self, day: date) -> bool:
        return day >= self.releases_on


# ---- using reserved seats


class Filling:
    """Who uses which reserved seat, so that as many as possible are used (augmenting paths; a session is small)."""

    def __init__(self, sizes: Mapping[int, int]):
        self.sizes = sizes
        self.users: dict[int, list[int]] = {quota: [] for quota in sizes}
        self.claims: dict[int, tuple[int, ...]] = {}

    @property
    def unused(self) -> int:
        return sum(self.sizes.values()) - sum(map(len, self.users.values()))

    def would_use(self, claims: Iterable[int]) -> bool:
        """Whether somebody with these claims would use a reserved seat more."""
        return self._has_room(claims, set())

    def add(self, holder: int, claims: Iterable[int]) -> bool:
        """Seat somebody; whether one reserved seat more is used."""
        self.claims[holder] = tuple(sorted(claims))
        return self._place(holder, set())

    def _has_room(self, claims: Iterable[int], seen: set[int]) -> bool:
        for quota in claims:
            if quota in seen or quota not in self.sizes:
                continue
            seen.add(quota)
            users = self.users[quota]
            if len(users) < self.sizes[quota] or any(self._has_room(self.claims[u], seen) for u in users):
                return True
        return False

    def _place(self, holder: int, seen: set[int]) -> bool:
        """Give a reserved seat to somebody, moving others to another of theirs where that makes room."""
        for quota in self.claims[holder]:
            if quota in seen or quota not in self.sizes:
                continue
            seen.add(quota)
            users = self.users[quota]
            if len(users) < self.sizes[quota]:
                users.append(holder)
                return True
            for user in tuple(users):
                if self._place(user, seen):
                    users[users.index(user)] = holder
                    return True
        return False


@dataclass
class Reserved:
    """The quotas of one session, what everybody concerned may claim, and who holds a seat.

    claims: prescription id -> the quotas to whose public the person belongs. seated: prescription ids.
    """

    quotas: dict[int, Quota] = field(default_factory=dict)
    claims: dict[int, frozenset[int]] = field(default_factory=dict)
    seated: set[int] = field(default_factory=set)

    def kept(self, day: date) -> dict[int, Quota]:
        """The quotas that still keep seats on a day."""
        return {pk: quota for pk, quota in self.quotas.items() if not quota.is_released(day)}

    def filling(self, quotas: Mapping[int, Quota], besides: Collection[int] = ()) -> Filling:
        """The seats of some quotas used by the holders, leaving some of them out."""
        filling = Filling({pk: quota.seats for pk, quota in quotas.items()})
        for holder in sorted(self.seated - set(besides)):
            filling.add(holder, self.claims.get(holder, ()))
        return filling

    def may_seat(self, prescription_id: int, total: int, day: date) -> bool:
        """Whether the reservations leave a seat to somebody (`total`: seats there are)."""
        others = self.seated - {prescription_id}
        filling = self.filling(self.kept(day), besides=[prescription_id])
        if filling.would_use(self.claims.get(prescription_id, ())):
            return True
        return total - len(others) > filling.unused

    def unused(self, day: date) -> dict[int, int]:
        """Quota id -> seats that it keeps on `day` and nobody uses."""
        filling = self.filling(self.kept(day))
        return {pk: filling.sizes[pk] - len(users) for pk, users in filling.users.items()}

    def released(self, quota_ids: Collection[int], day: date) -> int:
        """Seats left unused that cease to be kept when these quotas are released on `day`."""
        kept = self.kept(day)
        due = {pk: self.quotas[pk] for pk in quota_ids if pk in self.quotas}
        return self.filling({**kept, **due}).unused - self.filling(kept).unused

    def used(self) -> dict[int, int]:
        """Quota id -> how many of its seats are used by its public, released or not."""
        return {pk: len(users) for pk, users in self.filling(self.quotas).users.items()}

    def with_seats(self, taken: Iterable[int], left: Iterable[int]) -> Reserved:
        """The same after some people have taken or left a seat."""
        return replace(self, seated=(self.seated | set(taken)) - set(left))


# ---- reading

_PLACES = "w.cohort_id, w.department_id, w.pole_id, w.area_id, b.birth_date, b.pe_registered_on"
_CRITERIA = "p.cohort_id, p.department_id, p.pole_id, p.area_id, p.min_age, p.max_age, p.registered_months"


@cache
def sql(which_sessions: str, who: str) -> str:
    """Quotas in force of some sessions, each with every person concerned; rows for `take()`.

    which_sessions, who: conditions on q.session_id and r.id, each with one array of keys.
    """
    seated = ", ".join(f"'{state}'" for state in sorted(SEATED))
    return (
        f"SELECT q.session_id, q.id, p.letter, p.name, q.seats, q.releases_on, {_CRITERIA},"  # noqa: S608
        f" s.starts_on, r.id, r.state IN ({seated}), {_PLACES}"
        " FROM prescriptions_seatquota q JOIN prescriptions_reservedpublic p ON p.id = q.public_id"
        " JOIN prescriptions_session s ON s.id = q.session_id"
        " LEFT JOIN (prescriptions_prescription r JOIN pathways_pathway w ON w.id = r.pathway_id"
        " JOIN pathways_beneficiary b ON b.id = w.beneficiary_id)"
        f" ON r.session_id = q.session_id AND (r.state IN ({seated}) OR {who})"
        f" WHERE {which_sessions} AND q.ended_at IS NULL ORDER BY p.letter, q.id"
    )


#: For the door: the sessions of the prescriptions that are moving. Both arrays are their keys.
OF_SUBJECTS = sql(
    "q.session_id IN (SELECT session_id FROM prescriptions_prescription WHERE id = ANY(%s))", "r.id = ANY(%s)"
)
#: For pages: whole sessions with everybody who asks. Arrays: prescriptions wanted besides, sessions.
_ASKING = ", ".join(f"'{state}'" for state in sorted(ASKING))
_OF_SESSIONS = sql("q.session_id = ANY(%s)", f"r.id = ANY(%s) OR r.state IN ({_ASKING})")


def take(rows: Iterable[tuple], today: date | None = None) -> dict[int, Reserved]:
    """Session id -> its reserved seats, for the sessions that have any."""
    found: dict[int, Reserved] = {}
    today = today or clock.today()
    for session_id, quota_id, letter, name, seats, releases_on, *rest in rows:
        criteria, (opening, holder, is_seated, *traits) = rest[:7], rest[7:]
        reserved = found.setdefault(session_id, Reserved())
        quota = reserved.quotas.get(quota_id)
        if quota is None:
            quota = Quota(quota_id, letter, name, seats, releases_on, Criteria(*criteria))
            reserved.quotas[quota_id] = quota
        if holder is None:
            continue
        if is_seated:
            reserved.seated.add(holder)
        known = reserved.claims.get(holder, frozenset())
        if quota.criteria.met_by(Traits(*traits), opening or today):
            known |= {quota_id}
        reserved.claims[holder] = known
    return found


def of_sessions(session_ids: Iterable[int], prescription_ids: Iterable[int] = ()) -> dict[int, Reserved]:
    """Session id -> its reserved seats with those who hold or wait for a seat, and some prescriptions besides."""
    keys: list[Any] = [array(prescription_ids), array(session_ids)]
    with connection.cursor() as cursor:
        cursor.execute(_OF_SESSIONS, keys)
        return take(cursor.fetchall())
