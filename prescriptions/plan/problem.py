"""What a plan chooses from, as plain numbers: people, seats, and which person could take which seat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

#: Days waited beyond which everybody has waited as long as one another.
LONGEST_WAIT = 730


class Pool(NamedTuple):
    """Some seats of a session, open to the same people: those of everybody, or those kept for a public."""

    session: int
    seats: int


@dataclass(frozen=True)
class Problem:
    """People, sessions and pools are named by their position; the order of each is part of the problem.

    pole_of: the pôle of each person. seekers: how many people look for a seat in each pôle, whether or not the plan
    has one for them: what its service rate is out of. waited: days, per person. seats: what is left to fill in each
    session, over all its pools. opens: days until each session opens. person, pool, trade, km: one entry per possible
    pair; trade is the rank of the criterion (0: same trade), km the distance rounded to a kilometre, the reach when
    unknown.
    """

    pole_of: np.ndarray
    seekers: np.ndarray
    waited: np.ndarray
    seats: np.ndarray
    opens: np.ndarray
    pools: tuple[Pool, ...]
    person: np.ndarray
    pool: np.ndarray
    trade: np.ndarray
    km: np.ndarray
    _session_of_pool: np.ndarray = field(init=False, repr=False)

    def __post_init__(self):
        sessions = np.array([pool.session for pool in self.pools], dtype=np.int64)
        object.__setattr__(self, "_session_of_pool", sessions)

    @property
    def people(self) -> int:
        return len(self.pole_of)

    @property
    def poles(self) -> int:
        return len(self.seekers)

    @property
    def sessions(self) -> int:
        return len(self.seats)

    @property
    def empty(self) -> int:
        """Seats to fill, over all sessions."""
        return int(self.seats.sum())

    @property
    def session(self) -> np.ndarray:
        """The session of each possible pair."""
        return self._session_of_pool[self.pool]

    def without(self, pairs: np.ndarray) -> Problem:
        """The same problem less some possible pairs (a mask over them)."""
        kept = ~pairs
        columns = (self.person[kept], self.pool[kept], self.trade[kept], self.km[kept])
        return Problem(self.pole_of, self.seekers, self.waited, self.seats, self.opens, self.pools, *columns)
