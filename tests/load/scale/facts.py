"""The facts of the people of the bench: a pattern per story, repeated by one statement per rank of fact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pathways.models import Event
from tests.factories import TELLERS
from tests.load.scale.stories import Told
from tests.load.scale.tables import insert, rows, run, without_indexes
from tests.load.scale.territory import AGENCIES, DEPARTMENTS, POLES, PROVIDERS

if TYPE_CHECKING:
    from tests.load.scale.people import Population


def make_patterns(told: list[Told]) -> None:
    """`scale_fact`: story, rank, and what the fact says, its days counted from the first of the story."""
    facts = [row for number, one in enumerate(told) for row in _patterns(number, one)]
    run("DROP TABLE IF EXISTS scale_fact")
    run(
        "CREATE UNLOGGED TABLE scale_fact"
        " (story int, rank int, kind text, day int, slot int, reason text, comment text, payload jsonb,"
        " ahead text, ahead_day int, annuls int, from_state text, to_state text, role text)"
    )
    run(
        "INSERT INTO scale_fact SELECT * FROM jsonb_populate_recordset(NULL::scale_fact, %s::jsonb)",
        [json.dumps(facts)],
    )
    run("ANALYZE scale_fact")


def build_facts(people: Population) -> int:
    """Every fact, rank after rank: memory stays bounded, and one person's facts lie far apart on disk."""
    ((last,),) = rows("SELECT max(rank) FROM scale_fact")
    author = f"""CASE f.role WHEN 'referent' THEN {POLES} + p.pole
        WHEN 'department_manager' THEN {DEPARTMENTS} + p.department WHEN 'advisor' THEN {AGENCIES} + p.area
        ELSE {PROVIDERS} + p.area * 3 + {people.choice("coalesce(f.slot, 1)")} % 3 END"""
    columns = {
        "id": people.event("f.rank"),
        "pathway_id": "p.i + 1",
        "kind": "f.kind",
        "subject_id": people.key("f.slot"),
        "occurred_on": "p.start + f.day",
        "recorded_at": "(p.start + f.day)::timestamp AT TIME ZONE 'UTC' + interval '8 hours'"
        " + f.rank * interval '1 minute'",
        "actor_id": author,
        "organisation_id": author,
        "role": "f.role",
        "from_state": "f.from_state",
        "to_state": "f.to_state",
        "reason": "f.reason",
        "comment": "f.comment",
        "payload": "CASE WHEN f.ahead IS NULL THEN f.payload ELSE f.payload"
        " || jsonb_build_object(f.ahead, to_char(p.start + f.ahead_day, 'YYYY-MM-DD')) END",
        "annuls_id": people.event("f.annuls"),
        "idempotency_key": "CASE WHEN f.kind <> 'note' THEN 'page-' || md5((p.i * 100 + f.rank)::text) END",
    }
    source = "FROM scale_person p JOIN scale_fact f USING (story) WHERE f.rank = {} ORDER BY p.i"
    with without_indexes(Event):
        return sum(insert(Event, columns, source.format(rank)) for rank in range(last + 1))


def _patterns(number: int, one: Told) -> list[dict[str, Any]]:
    rows = []
    for rank, (step, fact) in enumerate(zip(one.story.steps, one.facts, strict=True)):
        ahead, ahead_day = next(iter(step.ahead.items()), (None, None))
        from_state, to_state = one.states[rank]
        rows.append(
            {
                "story": number,
                "rank": rank,
                "kind": fact.kind,
                "day": step.day,
                "slot": step.slot,
                "reason": fact.reason,
                "comment": fact.comment,
                "payload": dict(fact.payload),
                "ahead": ahead,
                "ahead_day": ahead_day,
                "annuls": step.annuls,
                "from_state": from_state,
                "to_state": to_state,
                "role": str(TELLERS.get(fact.kind, "advisor" if fact.kind == "annul" else "provider")),
            }
        )
    return rows
