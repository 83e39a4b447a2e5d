"""The same rows written by plain SQL, as a program without an engine would: nothing is looked up, locked or checked.

Statements go through psycopg itself, on Django's connection: what they cost is PostgreSQL and the driver alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection

from config import clock
from pathways.actor import Actor
from pathways.projection import due_on, state_delays
from tests.load.bench.jalons import REASON, check_admissions, check_outcomes

EVENT_COLUMNS = (
    "pathway_id, kind, subject_id, occurred_on, recorded_at, position, actor_id, organisation_id, role, origin,"
    " from_state, to_state, reason, comment, payload, idempotency_key, annuls_id"
)
MOVE = (
    "UPDATE pathways_pathway SET state = %(to)s, state_since = %(day)s, due_on = %(due)s, last_fact_on = %(day)s"
    " WHERE id = %(pathway)s"
)
TELL = (
    f"INSERT INTO pathways_event ({EVENT_COLUMNS}) VALUES (%(pathway)s, %(kind)s, %(subject)s, %(day)s, %(now)s, NULL,"
    " %(user)s, %(organisation)s, %(role)s, 'declared', %(from)s, %(to)s, %(reason)s, '', '{}', NULL, NULL)"
)
ADMIT = (
    "UPDATE prescriptions_prescription SET state = 'admitted', state_since = %(day)s, decided_on = %(day)s"
    " WHERE id = %(subject)s"
)
SEAT = "UPDATE prescriptions_session SET seats_held = seats_held + 1 WHERE id = %(session)s"
MOVE_AND_TELL_ALL = (
    "WITH moved AS (UPDATE pathways_pathway SET state = %(to)s, state_since = %(day)s, due_on = %(due)s,"
    " last_fact_on = %(day)s WHERE id = ANY(%(pathways)s) AND state = %(from)s RETURNING id)"
    f" INSERT INTO pathways_event ({EVENT_COLUMNS}) SELECT id, %(kind)s, NULL, %(day)s::date, %(now)s::timestamptz,"
    " NULL, %(user)s, %(organisation)s, %(role)s, 'declared', %(from)s, %(to)s, %(reason)s, '', '{}', NULL, NULL"
    " FROM moved"
)


def values(actor: Actor, kind: str, source: str, target: str, reason: str = "") -> dict[str, object]:
    """What the statements take that is the same for every row."""
    today: date = clock.today()
    return {
        "kind": kind,
        "from": source,
        "to": target,
        "reason": reason,
        "day": today,
        "now": clock.now(),
        "due": due_on(target, today, state_delays()),
        "user": actor.user_id,
        "organisation": actor.organisation_id,
        "role": str(actor.role),
        "subject": None,
    }


class Pair:
    """UPDATE + INSERT in one transaction per row."""

    name = "raw_pair"

    def __init__(self, keys: Iterator[int], actor: Actor):
        self.keys = keys
        self.values = values(actor, "record_outcome", "identified", "other_outcome", REASON)

    def work(self, key: int) -> None:
        _in_one_transaction((MOVE, TELL), {**self.values, "pathway": key})

    def check(self, keys: Sequence[int]) -> None:
        check_outcomes(keys)


class OneStatement:
    """The pair as one statement that is its own transaction: one round trip, the least that any program can do."""

    name = "raw_one_statement"

    def __init__(self, keys: Iterator[int], actor: Actor):
        self.keys = keys
        self.values = values(actor, "record_outcome", "identified", "other_outcome", REASON)

    def work(self, key: int) -> None:
        with connection.connection.cursor() as cursor:
            cursor.execute(MOVE_AND_TELL_ALL, {**self.values, "pathways": [key]})

    def check(self, keys: Sequence[int]) -> None:
        check_outcomes(keys)


class Admission:
    """The four rows of an admission, in one transaction."""

    name = "raw_admit"

    def __init__(self, keys: Iterator[int], actor: Actor, requests: dict[int, tuple[int, int]]):
        self.keys = keys
        self.requests = requests
        self.values = values(actor, "admit", "prescribed", "admitted")

    def work(self, key: int) -> None:
        subject, session = self.requests[key]
        row = {**self.values, "pathway": key, "subject": subject, "session": session}
        _in_one_transaction((ADMIT, MOVE, SEAT, TELL), row)

    def check(self, keys: Sequence[int]) -> None:
        check_admissions(keys)


def move_all(keys: Sequence[int], actor: Actor) -> None:
    """Set-based: UPDATE … RETURNING feeds INSERT … SELECT, all rows in one statement and one transaction."""
    common = values(actor, "record_outcome", "identified", "other_outcome", REASON)
    _in_one_transaction((MOVE_AND_TELL_ALL,), {**common, "pathways": list(keys)})


def _in_one_transaction(statements: Sequence[str], row: dict[str, object]) -> None:
    driver = connection.connection
    with driver.transaction(), driver.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, row)
