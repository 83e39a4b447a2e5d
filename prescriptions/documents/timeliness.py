"""How soon each provider tells entries by their AES: the Région's indicator (C. trav. L6121-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Aggregate, Count, F, FloatField, Func, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from config import clock
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.legal_delay import legal_days
from prescriptions.enums import PrescriptionState
from prescriptions.models import IssuedDocument, Prescription


@dataclass(frozen=True)
class Timeliness:
    """The entries of a year in the sessions of one provider, or of all (`provider` is then « Ensemble »).

    issued: those with an AES, corrected since or not; the first one counts. in_time: issued within the legal delay.
    awaited: neither issued nor past the delay. median: days from the entry to the first AES, None without any.
    """

    provider: str
    entries: int
    issued: int
    in_time: int
    awaited: int
    median: float | None

    @property
    def late(self) -> int:
        """Issued too late, or past the delay and still not issued."""
        return self.entries - self.in_time - self.awaited

    @property
    def share(self) -> float | None:
        """In time, among the entries whose delay has run; None while it has for none."""
        settled = self.entries - self.awaited
        return self.in_time / settled if settled else None


class _Days(Func):
    """Days from the second date to the first: an integer in PostgreSQL."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class _Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def years() -> list[int]:
    """The years with entries, the latest first."""
    entered = Prescription.objects.filter(state=PrescriptionState.ENTERED).order_by()
    return sorted(entered.values_list("entered_on__year", flat=True).distinct(), reverse=True)


def timeliness(year: int) -> tuple[Timeliness | None, list[Timeliness]]:
    """(all providers together, each provider): the entries of a civil year; names nobody, and reads one statement each.

    Providers with the lowest share in time come first.
    """
    first = (
        IssuedDocument.objects.filter(kind=DocumentKind.AES, prescription=OuterRef("pk"))
        .order_by()
        .values("prescription")
        .annotate(at=Min("issued_at"))
        .values("at")
    )
    entries = (
        Prescription.objects.filter(state=PrescriptionState.ENTERED, entered_on__year=year)
        .order_by()
        .annotate(first=TruncDate(Subquery(first)))
        .annotate(days=_Days(F("first"), F("entered_on")))
    )
    delay = legal_days()
    counts = {
        "entries": Count("pk"),
        "issued": Count("pk", filter=Q(first__isnull=False)),
        "in_time": Count("pk", filter=Q(days__lte=delay)),
        "awaited": Count("pk", filter=Q(first=None) & Q(entered_on__gte=_last_due(delay))),
        "median": _Median("days"),
    }
    together = entries.aggregate(**counts)
    if not together["entries"]:
        return None, []
    groups = entries.values("session__provider").annotate(provider=F("session__provider__name"), **counts)
    rows = [Timeliness(**{name: group[name] for name in ("provider", *counts)}) for group in groups]
    rows.sort(key=lambda row: (1.0 if row.share is None else row.share, -row.entries, row.provider))
    return Timeliness("Ensemble", **together), rows


def _last_due(delay: int) -> date:
    """The earliest day of entry whose delay has not run out today."""
    return clock.today() - timedelta(days=delay)
