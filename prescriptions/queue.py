"""The waiting list: its order, and until when an offered seat may be accepted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from config import clock
from prescriptions import delays
from prescriptions.models import Prescription

#: Said beside every rank: the rule is the same for all (PE, art. 6, equal treatment).
RULE = "Rang par ancienneté de l'inscription sur la liste d'attente."


def ranks(session_ids: Iterable[int]) -> dict[int, int]:
    """Prescription id -> rank, from 1, on the waiting list of its session."""
    rank = Window(RowNumber(), partition_by=F("session"), order_by=[F("waitlisted_on").asc(), F("pk").asc()])
    waiting = Prescription.objects.waiting().filter(session__in=list(session_ids)).annotate(rank=rank)
    return dict(waiting.values_list("pk", "rank"))


def offer_deadline(starts_on: date | None) -> date:
    """The last day to accept a seat offered today: two days, less when the session opens sooner, never before today."""
    today = clock.today()
    usual = today + timedelta(days=delays.OFFER)
    if starts_on is None or starts_on > usual:
        return usual
    return max(today, starts_on - timedelta(days=1))
