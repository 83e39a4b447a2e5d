"""Two seats held by one person in sessions whose days overlap: one is kept, the other goes to somebody (B13).

Jalons alerts at once and decides nothing: the référent chooses with the person. Asking for two sessions is no overlap;
holding two seats is. A provider learns that there is another seat, never where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from config import clock
from notifications.enums import Level
from notifications.registry import Cause, Kind, Since, register
from pathways.audience import in_organisation
from pathways.effect_sources import READERS, alert_effects
from pathways.effects import Comparison, Effect, about, effect_source, imagined
from pathways.enums import DURING_TRAINING, Role
from prescriptions.effects import requests
from prescriptions.enums import EXPECTED, PrescriptionState
from prescriptions.models import Prescription

P = PrescriptionState
CLOSES = Coalesce("session__ends_on", "session__starts_on")


@dataclass(frozen=True)
class Overlap:
    """The seats of one person whose days overlap with another of theirs, the earliest opening first."""

    seats: tuple[Prescription, ...]

    @property
    def pathway(self):
        return self.seats[0].pathway

    @property
    def told(self) -> str:
        """« Maçon, AFPA (du 02/05/2018 au 30/06/2018) ; Peintre, GRETA (…) »."""
        return " ; ".join(_told(seat) for seat in self.seats)


def _told(seat: Prescription) -> str:
    session = seat.session
    until = f" au {session.ends_on:%d/%m/%Y}" if session.ends_on else ""
    return f"{session.title}, {session.provider} (du {session.starts_on:%d/%m/%Y}{until})"


def holders() -> QuerySet[Prescription]:
    """The requests that hold a seat; an entry counts while the person is in training."""
    in_training = Q(state=P.ENTERED, pathway__state__in=sorted(DURING_TRAINING))
    held = Prescription.objects.filter(Q(state__in=[P.OFFERED, *sorted(EXPECTED)]) | in_training)
    return held.filter(session__cancelled_on=None).annotate(closes_on=CLOSES)


def overlapping() -> QuerySet[Prescription]:
    """The holders whose days overlap with another seat of the same person, from today on."""
    ahead = holders().filter(closes_on__gte=clock.today())
    others = ahead.filter(
        pathway=OuterRef("pathway"),
        session__starts_on__lte=OuterRef("closes_on"),
        closes_on__gte=OuterRef("session__starts_on"),
    ).exclude(pk=OuterRef("pk"))
    return ahead.filter(Exists(others))


def found(rows: QuerySet[Prescription]) -> list[Overlap]:
    """The overlaps among these rows of `overlapping()`, one per person."""
    by_person: dict[int, list[Prescription]] = defaultdict(list)
    chosen = rows.select_related("pathway__beneficiary", "session__provider")
    for row in chosen.order_by("pathway", "session__starts_on", "pk"):
        by_person[row.pathway_id].append(row)
    return [Overlap(tuple(seats)) for seats in by_person.values()]


def _at_once(rows: list[Prescription], state: str) -> list[Prescription]:
    """`overlapping()` among some requests as they would be, of a person in this state."""
    in_training = state in DURING_TRAINING
    today = clock.today()
    held = [
        row
        for row in rows
        if row.state in {P.OFFERED, *EXPECTED} or (row.state == P.ENTERED and in_training)
        if row.session.cancelled_on is None and row.session.starts_on is not None and _closes(row) >= today
    ]
    return [
        row
        for row in held
        if any(
            other.session.starts_on <= _closes(row) and row.session.starts_on <= _closes(other)
            for other in held
            if other is not row
        )
    ]


def _closes(row: Prescription) -> date:
    return row.session.ends_on or row.session.starts_on


# ---- alerts


def for_referents(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per person, addressed to the pôle; among the pathways `ids` when given."""
    rows = overlapping() if ids is None else overlapping().filter(pathway__in=ids)
    for overlap in found(rows):
        pathway = overlap.pathway
        if pathway.pole_id is not None:
            yield Cause(
                subject_key=f"pathway:{pathway.pk}",
                title=str(pathway.beneficiary),
                detail=told_referent(overlap),
                url=reverse("pathways:file", args=[pathway.pk]),
                due_on=overlap.seats[0].session.starts_on,
                audience=frozenset({in_organisation(Role.REFERENT, pathway.pole_id)}),
                level=Level.URGENT,
            )


def told_referent(overlap: Overlap) -> str:
    return f"Deux places aux mêmes dates : {overlap.told}."


def for_providers(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per seat, addressed to its provider, who reads nothing of the other one."""
    rows = overlapping() if ids is None else overlapping().filter(pk__in=ids)
    for overlap in found(rows):
        for seat in overlap.seats:
            yield Cause(
                subject_key=f"prescription:{seat.pk}",
                title=str(seat.pathway.beneficiary),
                detail=told_provider(seat),
                url=reverse("pathways:file", args=[seat.pathway_id]),
                due_on=seat.session.starts_on,
                audience=frozenset({in_organisation(Role.PROVIDER, seat.session.provider_id)}),
            )


def told_provider(seat: Prescription) -> str:
    """What the alert tells the provider of a seat: nothing of the other one."""
    return f"{seat.session.title} : la personne tient une autre place aux mêmes dates ; son référent est prévenu."


def changed_people(since: Since) -> set[int]:
    """The people touched, those of the sessions touched, and those of whom a session has ended."""
    touched = set(since.of("pathway"))
    asking = holders().order_by().values_list("pathway", flat=True)
    touched |= set(asking.filter(session__in=since.of("session")))
    if since.day < since.today:
        over = {"closes_on__gte": since.day, "closes_on__lt": since.today}
        touched |= set(asking.filter(**over, session__starts_on__gte=since.day - timedelta(days=730)))
    return touched


def changed_seats(since: Since) -> set[int]:
    rows = Prescription.objects.filter(pathway__in=changed_people(since)).order_by()
    return set(rows.values_list("pk", flat=True))


OVERLAP = register(
    Kind(
        "overlap",
        "Deux places aux mêmes dates",
        "git-merge",
        for_referents,
        thing="pathway",
        watches=("pathway", "session"),
        changed=changed_people,
        roles=frozenset({Role.REFERENT, Role.DEPARTMENT_MANAGER}),
    )
)
OVERLAP_SEEN_BY_PROVIDER = register(
    Kind(
        "overlap_seat",
        "Candidat qui tient une autre place",
        "git-merge",
        for_providers,
        thing="prescription",
        watches=("pathway", "session"),
        changed=changed_seats,
        roles=frozenset({Role.PROVIDER}),
    )
)


# ---- what a correction changes of them


@effect_source(*READERS)
def seats_at_once(compared: Comparison) -> Iterator[Effect]:
    """Both alerts. Of the requests that the reader does not see, nothing changes and nothing is told."""
    everything = Prescription.objects.filter(pathway=compared.pathway).select_related("session__provider")
    seen = {row.pk for row in requests(compared)}
    after = compared.after
    rows = [imagined(row, after.standing) if row.pk in seen else row for row in everything.order_by("pk")]
    clashing = sorted(_at_once(rows, after.current.state), key=lambda row: (row.session.starts_on, row.pk))
    if compared.pathway.pole_id is not None and not compared.actor.has_role(Role.PROVIDER):
        expected = {OVERLAP.code: told_referent(Overlap(tuple(clashing)))} if clashing else {}
        yield from alert_effects([OVERLAP], f"pathway:{compared.pathway.pk}", "", expected)
    whose, kinds = about(seen), [OVERLAP_SEEN_BY_PROVIDER]
    for row in rows:
        if row.pk in seen:
            expected = {kinds[0].code: told_provider(row)} if row in clashing else {}
            yield from alert_effects(kinds, f"prescription:{row.pk}", whose[row.pk], expected)
