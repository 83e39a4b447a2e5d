"""Past days on which a session's presences are missing: one statement over the days that could still be noted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

from config import clock
from followup.working_days import ONE_DAY, holidays_between
from pathways.actor import Actor
from pathways.enums import Role
from pathways.outcomes import BACK_TO_WORK

#: Missing days older than this are no daily work any more: the page of the session still shows them.
LOOK_BACK = timedelta(days=30)


class MissingSession(NamedTuple):
    """A session with `days` working days to note, the earliest on `first_day`."""

    session_id: int
    title: str
    carif_number: str
    first_day: date
    days: int


class Missing(NamedTuple):
    """total, late: over all sessions of the provider; rows: the most urgent ones."""

    total: int
    late: int
    rows: list[MissingSession]


# A day is missing for somebody when one of its two halves has no mark. The last « suspend » or « resume » that holds
# on that day says whether the person was expected.
_SQL = """
WITH expected AS (
    SELECT e.session_id, e.prescription_id AS enrolment_id, e.pathway_id, d.day::date AS day
    FROM followup_enrolment e
    JOIN prescriptions_session s ON s.id = e.session_id
    CROSS JOIN LATERAL generate_series(
        greatest(e.entered_on, s.starts_on, %(since)s::date),
        least(
            e.exit_on - CASE WHEN e.exit_cause = %(for_job)s THEN 1 ELSE 0 END, s.ends_on, %(until)s::date
        ),
        interval '1 day'
    ) AS d(day)
    WHERE s.provider_id = %(provider)s AND s.cancelled_on IS NULL
      AND (s.id::text = ANY(%(sessions)s::text[])) = %(only)s
      AND e.entered_on IS NOT NULL AND e.state NOT IN ('', 'void')
      AND coalesce(s.ends_on, %(until)s) >= %(since)s AND coalesce(e.exit_on, %(until)s) >= %(since)s
      AND extract(isodow FROM d.day) < 6 AND NOT d.day::date = ANY(%(holidays)s::date[])
), missing AS (
    SELECT x.session_id, min(x.day) AS first_day, count(DISTINCT x.day) AS days
    FROM expected x
    WHERE (
        SELECT count(*) FROM followup_attendancemark m
        WHERE m.enrolment_id = x.enrolment_id AND m.day = x.day AND m.replaced_at IS NULL
    ) < 2
    AND NOT coalesce((
        SELECT v.kind = 'suspend' FROM pathways_event v
        WHERE v.pathway_id = x.pathway_id AND v.subject_id = x.enrolment_id
          AND v.kind IN ('suspend', 'resume') AND v.occurred_on <= x.day
          AND NOT EXISTS (
              SELECT 1 FROM pathways_event a
              WHERE a.pathway_id = v.pathway_id AND a.annuls_id = v.id
                AND NOT EXISTS (
                    SELECT 1 FROM pathways_event b WHERE b.pathway_id = v.pathway_id AND b.annuls_id = a.id
                )
          )
        ORDER BY v.occurred_on DESC, coalesce(v.position, v.id) DESC, v.id DESC LIMIT 1
    ), false)
    GROUP BY x.session_id
)
SELECT m.session_id, s.title, s.carif_number, m.first_day, m.days,
       count(*) OVER () AS total, count(*) FILTER (WHERE m.first_day < %(late_before)s) OVER () AS late
FROM missing m JOIN prescriptions_session s ON s.id = m.session_id
ORDER BY m.first_day, m.session_id LIMIT %(limit)s
"""


def sessions_to_note(
    actor: Actor,
    late_before: date,
    limit: int,
    *,
    sessions: Collection[str] = (),
    only: bool = False,
) -> Missing:
    """The provider's sessions with past working days left to note, of the last thirty days, earliest first.

    A session is late when its first missing day is before `late_before`. Nothing for any other role.
    sessions: ids left out (only: these and no other).
    """
    if actor.role != Role.PROVIDER:
        return Missing(0, 0, [])
    until = clock.today() - ONE_DAY
    since = until - LOOK_BACK
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "provider": actor.organisation_id,
                "since": since,
                "until": until,
                "holidays": holidays_between(since, until),
                "for_job": BACK_TO_WORK[0],
                "late_before": late_before,
                "sessions": list(sessions),
                "only": only,
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    total, late = (rows[0][5], rows[0][6]) if rows else (0, 0)
    return Missing(total, late, [MissingSession(*row[:5]) for row in rows])
