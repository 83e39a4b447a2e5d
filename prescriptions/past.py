"""Sessions and waiting lists as they were on the day of a reading (pathways.reading)."""

from __future__ import annotations

from django.db.models import QuerySet

from pathways.models import Pathway
from pathways.reading.pages import alongside
from pathways.reading.tables import Past, recast
from prescriptions.enums import SEATED
from prescriptions.models import Prescription, SeatQuota, Session
from prescriptions.moments import end_of


def people_of(sessions: QuerySet[Session]) -> QuerySet[Pathway]:
    """Everyone who asks, or asked, for one of these sessions: those whom its figures count."""
    asking = Prescription.objects.filter(session__in=sessions.order_by().values("pk"))
    return Pathway.objects.filter(pk__in=asking.order_by().values("pathway"))


@alongside
def those_who_wait_with(people: QuerySet[Pathway]) -> QuerySet[Pathway]:
    """A rank on a waiting list counts the others who wait there."""
    asked = Prescription.objects.filter(pathway__in=people.order_by().values("pk"))
    return people_of(Session.objects.filter(pk__in=asked.order_by().values("session")))


@recast
def sessions(past: Past) -> None:
    """The offer as it was declared by then, with the seats held on that day; cancelled only once it had been."""
    seated = ", ".join(f"'{state}'" for state in sorted(SEATED))
    seats = (
        "SELECT session_id, count(*)::integer AS held FROM prescriptions_prescription "  # noqa: S608
        f"WHERE state IN ({seated}) GROUP BY session_id"
    )
    known_at, join, values = past.reading.known_at, "", []
    declared = {field.column: f's."{field.column}"' for field in Session._meta.concrete_fields}
    if known_at is not None:
        # What the history kept of the session by then; today's row where it kept nothing.
        tracked = {field.column for field in Session.history.model._meta.concrete_fields}
        for column in declared.keys() & tracked - {"id"}:
            declared[column] = f'CASE WHEN o.history_id IS NULL THEN s."{column}" ELSE o."{column}" END'
        join = (
            "LEFT JOIN LATERAL (SELECT h.* FROM prescriptions_historicalsession h WHERE h.id = s.id "
            "AND h.history_date <= %s ORDER BY h.history_date DESC, h.history_id DESC LIMIT 1) o ON true"
        )
        values.append(known_at)
    cancelled = declared["cancelled_on"]
    declared["cancelled_on"] = f"CASE WHEN {cancelled} <= %s THEN {cancelled} END"
    declared["seats_held"] = "coalesce(held.held, 0)"
    declared["seats_given_up"] = "0"  # nothing is offered in the past
    columns = ", ".join(f'{expression} AS "{column}"' for column, expression in declared.items())
    past.run(
        f"CREATE TEMPORARY TABLE past_prescriptions_session ON COMMIT DROP AS SELECT {columns} "  # noqa: S608
        f"FROM prescriptions_session s {join} LEFT JOIN ({seats}) held ON held.session_id = s.id",
        [past.reading.day, *values],
    )
    past.put_before("prescriptions_session", "id")


@recast
def meetings(past: Past) -> None:
    """The meetings that were announced by then: those learnt later are not there, those withdrawn later still are."""
    known_at = past.reading.known_at
    if known_at is None:
        return
    past.run(
        "CREATE TEMPORARY TABLE past_prescriptions_meeting ON COMMIT DROP AS SELECT * FROM prescriptions_meeting "
        "WHERE recorded_at <= %s AND (withdrawn_at IS NULL OR withdrawn_at > %s)",
        [known_at, known_at],
    )
    past.run("UPDATE pg_temp.past_prescriptions_meeting SET withdrawn_at = NULL")
    past.put_before("prescriptions_meeting", "id")


@recast
def quotas(past: Past) -> None:
    """The seats that the Région kept for a public on that day, as known then: a quota never changes, it ends."""
    end = end_of(past.reading.day)
    if past.reading.known_at is not None:
        end = min(end, past.reading.known_at)
    columns = ", ".join(
        "NULL::timestamptz AS ended_at" if field.column == "ended_at" else f'q."{field.column}"'
        for field in SeatQuota._meta.concrete_fields
    )
    past.run(
        f"CREATE TEMPORARY TABLE past_prescriptions_seatquota ON COMMIT DROP AS SELECT {columns} "  # noqa: S608
        "FROM prescriptions_seatquota q WHERE q.set_at < %s AND (q.ended_at IS NULL OR q.ended_at >= %s)",
        [end, end],
    )
    past.put_before("prescriptions_seatquota", "id")
