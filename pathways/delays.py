"""Changing after how long a state is a blockage: the delay, and the due day of everybody who is in that state."""

from __future__ import annotations

from django.db import connection, transaction

from config.errors import JalonsError
from pathways.enums import PathwayState
from pathways.models import Pathway, StateDelay
from pathways.projection import redate


def set_delay(state: str, days: int | None, explanation: str = "") -> int:
    """Give a state a delay in calendar days (None: none any more); returns how many people's due day has moved.

    explanation: what is awaited in that state, kept as it was when empty. Facts wait meanwhile, so that nobody keeps
    the due day of the delay before. Raises JalonsError (unknown_state, explanation_missing).
    """
    if state not in PathwayState.values:
        known = ", ".join(PathwayState.values)
        raise JalonsError(
            f"« {state} » n'est pas un état.", code="unknown_state", next_step=f"États : {known}."
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Pathway._meta.db_table} IN EXCLUSIVE MODE")
        if days is None:
            StateDelay.objects.filter(state=state).delete()
        else:
            _write(state, days, explanation)
        return redate(state)


def _write(state: str, days: int, explanation: str) -> None:
    delay = StateDelay.objects.filter(state=state).first() or StateDelay(state=state)
    delay.days, delay.explanation = days, explanation or delay.explanation
    if not delay.explanation:
        raise JalonsError(
            f"L'état « {PathwayState(state).label} » n'avait pas de délai : ce qui y est attendu manque.",
            code="explanation_missing",
            next_step='Ajoutez --explanation "une réponse de l\'organisme", par exemple.',
        )
    delay.save()
