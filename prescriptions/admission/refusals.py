"""What became of refusals: each has a sequel, or waits for one, and that is counted by provider (PE, art. 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet

from config import clock
from pathways import parameters
from pathways.actor import Actor
from pathways.enums import Role
from pathways.small_numbers import threshold
from prescriptions.admission.alerts import without_sequel
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session

P = PrescriptionState

LONG = parameters.declare(
    "refusal_without_sequel",
    "Un refus sans suite est compté comme ancien après",
    unit="jours",
    default=14,
    group="Admission",
    minimum=1,
    maximum=180,
)
#: How far back refusals are counted.
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Row:
    """One provider's refusals of the last twelve months.

    followed: something was asked since, or the person found another way. waiting: nothing yet. long: for more than the
    days of the parameter. oldest: the day of the first that waits; None when none does.
    """

    provider: str
    refused: int
    waiting: int
    long: int
    oldest: date | None

    @property
    def followed(self) -> int:
        return self.refused - self.waiting


def by_provider(actor: Actor) -> list[Row]:
    """Refusals by provider, those with the most that wait for long first; two queries.

    The Région reads no person: a provider with fewer refusals than the threshold of small numbers is left to the last
    row, « Autres organismes ».
    """
    refused = _refusals(actor)
    long_ago = clock.today() - timedelta(days=parameters.value(LONG.code))
    totals = dict(_per_provider(refused).values_list("session__provider__name", "number"))
    waiting = {
        row["session__provider__name"]: row
        for row in _per_provider(without_sequel(refused)).annotate(
            long=Count("pk", filter=Q(ended_on__lt=long_ago)), oldest=Min("ended_on")
        )
    }
    nothing = {"number": 0, "long": 0, "oldest": None}
    rows = [
        Row(name, number, found["number"], found["long"], found["oldest"])
        for name, number in totals.items()
        for found in [waiting.get(name, nothing)]
    ]
    rows.sort(key=lambda row: (-row.long, -row.waiting, row.provider))
    return _without_small(rows) if actor.has_role(Role.REGION_OFFICER) else rows


def _refusals(actor: Actor) -> QuerySet[Prescription]:
    if actor.has_role(Role.REGION_OFFICER):
        offer = Session.objects.visible_to(actor).order_by().values("pk")
        rows = Prescription.objects.filter(session__in=offer)
    else:
        rows = Prescription.objects.visible_to(actor)
    return rows.filter(state=P.REFUSED, ended_on__gte=clock.today() - YEAR)


def _per_provider(rows: QuerySet[Prescription]):
    return rows.order_by().values("session__provider__name").annotate(number=Count("pk"))


def _without_small(rows: list[Row]) -> list[Row]:
    least = threshold()
    told, small = [row for row in rows if row.refused >= least], [row for row in rows if row.refused < least]
    if not small:
        return told
    oldest = min((row.oldest for row in small if row.oldest), default=None)
    sums = (sum(getattr(row, name) for row in small) for name in ("refused", "waiting", "long"))
    others = Row("Autres organismes", *sums, oldest)
    return [*told, others] if others.refused >= least else told


def without_sequel_of(actor: Actor) -> QuerySet[Prescription]:
    """The refusals of the reader's people after which nothing has been asked, the oldest first."""
    return without_sequel(_refusals(actor)).with_all().order_by("ended_on", "pk")


def sequel_of(request: Prescription) -> Prescription | None:
    """What was asked next for the person after this request; None when nothing was."""
    later = Prescription.objects.sent().filter(pathway=request.pathway_id, pk__gt=request.pk)
    return later.select_related("session__provider").order_by("pk").first()
