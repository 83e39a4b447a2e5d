"""Seats in the model: who holds them, for whom some are kept, who comes next, and what happens with nobody there."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from tests.model.reading import Said
from tests.model.tables import LEAST_HOURS, NEAR_DAYS, OFFER_HOURS, OFFER_HOURS_NEAR, SEATED


@dataclass(frozen=True)
class Who:
    """Somebody under one role: `home` is the organisation's name, `areas` the bassins that it serves."""

    role: str
    home: str = ""
    areas: frozenset[str] = frozenset()


@dataclass
class Kept:
    """Seats kept until a day for a public, told by some of: pole, area, department, min_age, max_age."""

    seats: int
    until: date
    public: dict
    is_handed_on: bool = False


@dataclass
class Course:
    """A session. Days are dates; None: unknown."""

    provider: str
    capacity: int | None
    opens: date
    closes: date
    registration_ends: date | None = None
    is_permanent: bool = False
    is_cancelled: bool = False
    overbooking: int = 0
    quotas: list[Kept] = field(default_factory=list)
    given_up: int = 0

    @property
    def seats(self) -> int | None:
        return None if self.capacity is None else self.capacity + self.overbooking


class Seats:
    """What the model knows of seats; `courses`, `humans`, `requests`, `standing()` and `state()` are the model's."""

    def holders(self, course: int) -> set[int]:
        """The requests that hold a seat of a course."""
        asked = [(number, person) for number, (person, asked) in enumerate(self.requests) if asked == course]
        return {n for n, person in asked if self.standing(person).state("prescription", n) in SEATED}

    @contextmanager
    def _counting(self, person: int):
        """Seats that a person leaves wait to be passed on; one that they take is the first of those."""
        before = self._seated_in(person)
        held = {number: len(self.holders(number)) for number in range(len(self.courses))} if before else {}
        yield
        after = self._seated_in(person)
        for number in sorted({*before, *after}):
            course = self.courses[number]
            more = after[number] - before[number]
            if more:
                then = held.get(number, len(self.holders(number)) - more)
                free = 0 if course.seats is None else max(0, course.seats - then)
                course.given_up = max(0, min(course.given_up, free) - more)

    def _seated_in(self, person: int) -> Counter:
        standing = self.standing(person)
        return Counter(self.requests[n][1] for n, state in standing.requests().items() if state in SEATED)

    def passing(self, number: int) -> int:
        """How many free seats of a course go to the next in line by themselves."""
        course = self.courses[number]
        free = 0 if course.seats is None else max(0, course.seats - len(self.holders(number)))
        return min(course.given_up, free)

    def belongs(self, request: int, kept: Kept) -> bool:
        person, course = self.requests[request]
        human, opening = self.humans[person], self.courses[course].opens
        age = opening.year - human.born.year
        age -= (opening.month, opening.day) < (human.born.month, human.born.day)
        told = {"pole": human.pole, "area": human.area, "department": human.department}
        return (
            all(kept.public[name] == told[name] for name in kept.public.keys() & told.keys())
            and age >= kept.public.get("min_age", 0)
            and age <= kept.public.get("max_age", 200)
        )

    def unused(self, quotas: list[Kept], holders: set[int]) -> int:
        """Reserved seats that nobody uses, when as many as possible are used (Hall: the worst group of quotas)."""
        groups = (group for size in range(len(quotas) + 1) for group in combinations(quotas, size))
        return max(
            sum(kept.seats for kept in group)
            - sum(any(self.belongs(one, kept) for kept in group) for one in holders)
            for group in groups
        )

    def is_kept_out(self, request: int, today: date) -> bool:
        """Whether all that is free is kept for others."""
        number = self.requests[request][1]
        quotas = [kept for kept in self.courses[number].quotas if today < kept.until]
        others = self.holders(number) - {request}
        unused = self.unused(quotas, others)
        if self.unused(quotas, others | {request}) < unused:
            return False
        return self.courses[number].seats - len(others) <= unused

    def line(self, number: int, today: date) -> list[int]:
        """The requests on the waiting list of a course, in the order in which seats go to them."""
        course = self.courses[number]
        quotas = [kept for kept in course.quotas if today < kept.until]
        counted, found = self.holders(number), []
        asked = [n for n, (_, c) in enumerate(self.requests) if c == number]
        left = {
            n for n in asked if self.standing(self.requests[n][0]).state("prescription", n) == "waitlisted"
        }
        while left:
            poles = Counter(self.humans[self.requests[n][0]].pole for n in counted)

            def place(n, counted=counted, poles=poles):
                person = self.requests[n][0]
                uses = self.unused(quotas, counted | {n}) < self.unused(quotas, counted)
                since = self.standing(person).columns["waitlisted_on", n]
                return (not uses, since, poles[self.humans[person].pole], n)

            first = min(left, key=place)
            left.remove(first)
            counted = counted | {first}
            found.append(first)
        return found

    # ---- what nobody does

    def sweep(self, now: datetime, today: date) -> None:
        """Offers not accepted in time lapse, quotas are released, seats given up are offered to the next in line."""
        self._expire(now, today)
        for number, course in enumerate(self.courses):
            due = [kept for kept in course.quotas if kept.until <= today and not kept.is_handed_on]
            still = [kept for kept in course.quotas if kept.until > today]
            if due:
                holders = self.holders(number)
                more = self.unused([*due, *still], holders) - self.unused(still, holders)
                free = 0 if course.seats is None else max(0, course.seats - len(holders))
                course.given_up = min(free, self.passing(number) + more)
                for kept in due:
                    kept.is_handed_on = True
        order = sorted(range(len(self.courses)), key=lambda number: (self.courses[number].opens, number))
        for number in order:
            if self.last_moment(number, now, today) is not None:
                self._pass_on(number, now, today)

    def _expire(self, now: datetime, today: date) -> None:
        late = []
        for number, (person, _) in enumerate(self.requests):
            standing = self.standing(person)
            if standing.state("prescription", number) == "offered":
                moment = standing.columns["offer_expires_at", number]
                late += [(moment, number, person)] if moment <= now else []
        for moment, number, person in sorted(late):
            day = moment.astimezone(ZoneInfo("Europe/Paris")).date()
            key = f"expire {number} {moment}"
            self.state(Who("system"), person, Said("expire", day, number, key=key, is_deduced=True), today)

    def _pass_on(self, number: int, now: datetime, today: date) -> None:
        asked: set[int] = set()
        while self.passing(number):
            line = [n for n in self.line(number, today) if n not in asked and not self.is_kept_out(n, today)]
            if not line:
                return
            person = self.requests[line[0]][0]
            asked.add(line[0])
            moment = self.last_moment(number, now, today)
            local = moment.astimezone(ZoneInfo("Europe/Paris"))
            since = self.standing(person).columns["waitlisted_on", line[0]]
            offer = Said(
                *("offer", today, line[0]),
                payload={"expires_on": str(local.date()), "expires_at": local.isoformat()},
                key=f"pass on {line[0]} {since}",
                is_deduced=True,
            )
            self.state(Who("system"), person, offer, today)

    def last_moment(self, number: int, now: datetime, today: date) -> datetime | None:
        """Until when a seat offered now may be accepted; None when nothing is offered any more."""
        course = self.courses[number]
        if (
            course.is_cancelled
            or course.closes < today
            or (course.opens <= today and not course.is_permanent)
        ):
            return None
        near = today < course.opens <= today + timedelta(NEAR_DAYS)
        usual = now + timedelta(hours=OFFER_HOURS_NEAR if near else OFFER_HOURS)
        if course.is_permanent:
            return usual
        opening = datetime.combine(course.opens, time(), ZoneInfo("Europe/Paris")).astimezone(UTC)
        return None if opening < now + timedelta(hours=LEAST_HOURS) else min(usual, opening)
