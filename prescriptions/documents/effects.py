"""What a correction changes of the alert about entries that no AES tells in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from config import clock
from pathways.effect_sources import READERS, alert_effects
from pathways.effects import Comparison, Effect, effect_source, imagined
from prescriptions.documents.blockages import AES_LATE, told
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.legal_delay import entries_without_aes, legal_days, past_the_delay
from prescriptions.effects import requests
from prescriptions.enums import PrescriptionState
from prescriptions.models import IssuedDocument, Prescription


@effect_source(*READERS)
def late_entries(compared: Comparison) -> Iterator[Effect]:
    """« AES hors délai » of each running session that the person asked for, with everybody else who is late there."""
    rows = requests(compared)
    sessions = {row.session_id: row.session for row in rows if _runs(row)}
    if not sessions:
        return
    others = entries_without_aes().filter(past_the_delay(), session__in=sessions)
    late: dict[int, list[date]] = {session_id: [] for session_id in sessions}
    for session_id, entered_on in (
        others.exclude(pk__in=[row.pk for row in rows]).order_by().values_list("session", "entered_on")
    ):
        late[session_id].append(entered_on)
    attested = _attested(compared, rows)
    limit = clock.today() - timedelta(days=legal_days())
    for row in (imagined(row, compared.after.standing) for row in rows if row.session_id in sessions):
        if row.state == PrescriptionState.ENTERED and row.entered_on < limit and row.pk not in attested:
            late[row.session_id].append(row.entered_on)
    for session_id, session in sorted(sessions.items()):
        days = late[session_id]
        expected = {AES_LATE.code: told(session, len(days), min(days))} if days else {}
        yield from alert_effects([AES_LATE], f"session:{session_id}", f", {session}", expected)


def _runs(row: Prescription) -> bool:
    return row.session.ends_on is None or row.session.ends_on >= clock.today()


def _attested(compared: Comparison, rows: list[Prescription]) -> set[int]:
    """The requests of which an AES tells a fact that still holds once the correction is recorded."""
    holding = {fact.id for fact in compared.after.valid}
    issued = IssuedDocument.objects.in_force().filter(
        kind=DocumentKind.AES, prescription__in=[row.pk for row in rows]
    )
    pairs = issued.order_by().values_list("prescription", "event")
    return {prescription_id for prescription_id, event_id in pairs if event_id in holding}
