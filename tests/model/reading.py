"""Reading a history: which facts hold, in which order, and where they lead. From the tables alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.model.tables import (
    ATTEMPTS_RESET,
    DATES,
    EXPECTED,
    JOBS,
    NOT_REACHED,
    OUTCOME_KNOWN,
    TABLES,
    WAITING,
    find,
)


@dataclass(frozen=True)
class Said:
    """A fact as it was stated. rank: its place within the day. takes_back: the number of the fact it annuls.

    is_deduced: Jalons concluded it; nobody declared it.
    """

    kind: str
    day: date
    subject: int | None = None
    reason: str = ""
    comment: str = ""
    payload: dict = field(default_factory=dict)
    number: int = 0
    rank: float = float("inf")
    home: str = ""
    key: str | None = None
    takes_back: int | None = None
    is_deduced: bool = False


class Impossible(Exception):
    """A fact that cannot follow those before it."""

    def __init__(self, fact: Said, told: str):
        super().__init__(told)
        self.fact = fact


@dataclass
class Reading:
    """Where a list of facts leads: (table, subject) -> state, the day it began, and the columns that facts set."""

    states: dict = field(default_factory=dict)
    since: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)
    attempts: int = 0
    contacted_on: date | None = None
    job_ended_on: date | None = None

    def state(self, table: str, subject: int | None = None) -> str:
        return self.states.get((table, subject), TABLES[table][1])

    def requests(self) -> dict[int, str]:
        return {
            subject: state
            for (table, subject), state in self.states.items()
            if table == "prescription" and state != "draft"
        }

    def add(self, fact: Said) -> None:
        for table, (rules, _) in TABLES.items():
            if fact.kind in rules:
                self._move(table, rules, fact)
        self._remember(fact)

    def _move(self, table: str, rules: dict, fact: Said) -> None:
        subject = None if table == "pathway" else fact.subject
        source = self.state(table, subject)
        found = find(rules, fact.kind, source)
        if found is None:
            raise Impossible(fact, f"{fact.kind} of {fact.day} from {table} {source}")
        target = self._by_other_requests() if found[0] == "?" else found[0]
        self.states[table, subject] = target
        if target != source:
            self.since[table, subject] = fact.day
        for (of, column), kinds in DATES.items():
            if of == table and fact.kind in kinds:
                self.columns[column, subject] = fact.day

    def _by_other_requests(self) -> str:
        others = set(self.requests().values())
        if others & EXPECTED:
            return "admitted"
        return "prescribed" if others & WAITING else "identified"

    def _remember(self, fact: Said) -> None:
        kind, subject, payload = fact.kind, fact.subject, fact.payload
        if kind == "contact":
            missed = fact.reason in NOT_REACHED
            self.attempts = self.attempts + 1 if missed else 0
            self.contacted_on = self.contacted_on if missed else fact.day
        if kind in ATTEMPTS_RESET:
            self.attempts = 0
        if kind in JOBS:
            self.job_ended_on = None
        if kind == "end_job":
            self.job_ended_on = fact.day
        told = {
            "convene": {"convened_for": payload.get("convened_for")},
            "offer": {
                "offer_expires_on": payload.get("expires_on"),
                "offer_expires_at": last_moment(payload),
            },
            "postpone": {"postponed_from": payload.get("was")},
            "keep_place": {"postponed_from": None},
            "withdraw": {"withdrawal_reason": fact.reason},
            "drop_out": {"exit_cause": fact.reason},
            "leave_for_job": {"exit_cause": "back_to_work"},
            "exam_partial": {"exam_ccp": payload.get("ccp")},
            "refuse": {
                "refusal_reason": fact.reason,
                "refusal_explanation": fact.comment,
                "next_step": payload.get("next_step"),
            },
        }
        for column, value in told.get(kind, {}).items():
            self.columns[column, subject] = value


def last_moment(payload: dict) -> datetime | None:
    """Until when an offer may be accepted: what it says, or the midnight that ends its last day in Paris."""
    if payload.get("expires_at"):
        return datetime.fromisoformat(payload["expires_at"]).astimezone(UTC)
    day = as_day(payload.get("expires_on"))
    return day and datetime.combine(day + timedelta(1), time(), ZoneInfo("Europe/Paris")).astimezone(UTC)


def read(facts: list[Said]) -> Reading:
    reading = Reading()
    for fact in facts:
        reading.add(fact)
    return reading


def is_taken_back(fact: Said, facts: list[Said]) -> bool:
    """By an annulment that was not itself taken back."""
    annulments = [other for other in facts if other.takes_back is not None]
    return any(
        other.takes_back == fact.number and not is_taken_back(other, annulments) for other in annulments
    )


def holding(facts: list[Said]) -> list[Said]:
    """The facts that hold, by the day on which they were true, then by their rank, then as they were stated."""
    annulments = [fact for fact in facts if fact.takes_back is not None]
    kept = [fact for fact in facts if fact.takes_back is None and not is_taken_back(fact, annulments)]
    return sorted(kept, key=lambda fact: (fact.day, fact.rank, fact.number))


def as_day(text) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def jobs(facts: list[Said]) -> list[tuple]:
    """(fact, contract, first day, last day) of each job; an end of job closes the last one begun."""
    found: list[list] = []
    for fact in facts:
        if fact.kind in JOBS:
            found.append([fact.number, fact.payload["contract"], fact.day, None])
        elif fact.kind == "end_job" and found:
            found[-1][3] = fact.day
    return sorted(tuple(job) for job in found)


def to_contact(facts: list[Said]) -> set[int]:
    """The courses whose leaver Pôle emploi must still reach: nothing since says what became of the person."""
    waiting: set[int] = set()
    for fact in facts:
        reached = fact.kind == "contact" and fact.reason not in NOT_REACHED
        if fact.kind in ("complete", "drop_out"):
            waiting.add(fact.subject)
        elif reached or fact.kind in OUTCOME_KNOWN:
            waiting.clear()
    return waiting
