"""The people who look for a seat: open, without a session, or held up on a waiting list or past their delay.

A person in training, in a job or closed looks for none; one whose course ended looks for work (domain.md, B1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet

from pathways.enums import PathwayState
from pathways.models import Pathway
from prescriptions.enums import ASKING, SEATED, PrescriptionState
from prescriptions.models import Prescription

S = PathwayState
#: Without a session: nothing asked for, or a course left on the way.
WITHOUT_SESSION = frozenset({S.IDENTIFIED, S.DROPPED_OUT})
#: Asked for one: they look for another when they wait on a list or when nobody answers in time.
ASKED = S.PRESCRIBED


@dataclass(frozen=True, slots=True)
class Seeker:
    """One person, by what the criteria read. since: from when they have been where they stand."""

    pathway_id: int
    state: str
    since: date | None
    due_on: date | None
    pole_id: int | None
    area_id: int | None
    job_project: str
    education_level: str
    commune_id: str | None

    def waiting_since(self, first_asked: Mapping[int, date]) -> date | None:
        """From when the person has been looking for a seat: a refusal does not send them to the end of the queue."""
        days = [day for day in (self.since, first_asked.get(self.pathway_id)) if day is not None]
        return min(days, default=None)


_COLUMNS = (
    *("pk", "state", "state_since", "due_on", "pole_id", "area_id"),
    *("beneficiary__job_project", "beneficiary__education_level", "beneficiary__commune_id"),
)


def seeking(pathways: QuerySet[Pathway], day: date) -> QuerySet[Pathway]:
    """Those of the pathways whose person looks for a seat on `day`."""
    waits = Prescription.objects.filter(pathway=OuterRef("pk"), state=PrescriptionState.WAITLISTED)
    held_up = Q(state=ASKED) & (Q(due_on__lt=day) | Exists(waits))
    return pathways.filter(Q(state__in=sorted(WITHOUT_SESSION)) | held_up)


#: People whose home nobody knows well enough to measure a distance.
UNPLACED = Q(beneficiary__commune=None) | Q(beneficiary__commune__latitude=None)


def first_asked(pathways: QuerySet[Pathway]) -> dict[int, date]:
    """Pathway id -> when the person first asked for a seat, of those who have asked and never entered a course."""
    asked = Prescription.objects.filter(
        pathway__in=pathways.order_by().values("pk"), submitted_on__isnull=False
    )
    rows = asked.order_by().values_list("pathway_id").annotate(Min("submitted_on"), Max("entered_on"))
    return {pathway_id: first for pathway_id, first, entered in rows if entered is None}


def read(pathways: QuerySet[Pathway]) -> list[Seeker]:
    """One query; in no particular order."""
    return [Seeker(*row) for row in pathways.order_by().values_list(*_COLUMNS).iterator(chunk_size=5000)]


@dataclass(frozen=True, slots=True)
class Request:
    """A prescription that is running, of somebody who looks for a seat."""

    prescription_id: int
    pathway_id: int
    session_id: int
    state: str
    title: str
    starts_on: date | None
    ends_on: date | None
    submitted_on: date | None
    waitlisted_on: date | None

    @property
    def holds_a_seat(self) -> bool:
        return self.state in SEATED

    def overlaps(self, starts_on: date | None, ends_on: date | None) -> bool:
        """Could the two sessions run on a same day? A date nobody knows could be any."""
        ends_before = self.ends_on is not None and starts_on is not None and self.ends_on < starts_on
        starts_after = self.starts_on is not None and ends_on is not None and self.starts_on > ends_on
        return not (ends_before or starts_after)


def running_requests(pathways: QuerySet[Pathway]) -> list[Request]:
    """The requests still running of those who have asked for something (`ASKED`); one query."""
    asked = pathways.filter(state=ASKED).order_by().values("pk")
    rows = Prescription.objects.filter(pathway__in=asked, state__in=sorted(ASKING | SEATED))
    columns = ("pk", "pathway_id", "session_id", "state", "session__title")
    days = ("session__starts_on", "session__ends_on", "submitted_on", "waitlisted_on")
    return [Request(*row) for row in rows.order_by("pk").values_list(*columns, *days)]


def refusals_of(formation_ids, pathways: QuerySet[Pathway]) -> QuerySet[Prescription]:
    """What the pathways were refused for these courses, oldest decision first, with `formation` beside."""
    refused = Prescription.objects.filter(
        state=PrescriptionState.REFUSED,
        session__action__formation__in=formation_ids,
        pathway__in=pathways.order_by().values("pk"),
    )
    return refused.annotate(formation=F("session__action__formation")).order_by("decided_on", "pk")
