"""Jalons in the races: a fact stated through its door."""

from collections.abc import Iterator, Sequence

from pathways.actor import Actor
from pathways.consistency import Progress, examine
from pathways.enums import PathwayState
from pathways.models import Event, Pathway
from pathways.transitions import apply
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription

#: What is stated of a person who stands at « identifié »: they have moved.
REASON = "moved"


class Outcome:
    """`apply()`: role, scope, lock, date, state, guards, django_fsm, projection, event and hooks included."""

    name = "apply"

    def __init__(self, keys: Iterator[int], actor: Actor):
        self.keys = keys
        self.actor = actor

    def work(self, key: int) -> None:
        apply("record_outcome", key, self.actor, reason=REASON)

    def check(self, keys: Sequence[int]) -> None:
        check_outcomes(keys)


class Admission:
    """`apply("admit")`: the prescription, the pathway and the seats of the session move together."""

    name = "apply_admit"

    def __init__(self, keys: Iterator[int], actor: Actor, requests: dict[int, tuple[int, int]]):
        self.keys = keys
        self.actor = actor
        self.requests = requests

    def work(self, key: int) -> None:
        apply("admit", key, self.actor, subject_id=self.requests[key][0])

    def check(self, keys: Sequence[int]) -> None:
        check_admissions(keys)


def requests_of(keys: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Pathway -> its request and the session asked for."""
    rows = Prescription.objects.filter(pathway__in=keys).order_by()
    return {row[0]: row[1:] for row in rows.values_list("pathway", "pk", "session")}


def check_outcomes(keys: Sequence[int]) -> None:
    """Every person stands at « autre suite », by one event and with the columns that a replay gives."""
    _check_rows(keys, PathwayState.OTHER_OUTCOME, "record_outcome")


def check_admissions(keys: Sequence[int]) -> None:
    """Every person is admitted, by one event, on a seat that is counted."""
    _check_rows(keys, PathwayState.ADMITTED, "admit")
    from prescriptions.places import wrong_counts

    if Prescription.objects.filter(pathway__in=keys, state=PrescriptionState.ADMITTED).count() != len(keys):
        raise AssertionError("some request is not admitted")
    if wrong_counts().exists():
        raise AssertionError("some session counts its seats wrong")


def _check_rows(keys: Sequence[int], state: str, kind: str) -> None:
    pathways = Pathway.objects.filter(pk__in=keys).select_related("beneficiary").order_by("pk")
    if pathways.filter(state=state).count() != len(set(keys)):
        raise AssertionError(f"some pathway is not {state}")
    if Event.objects.filter(pathway__in=keys, kind=kind, to_state=state).count() != len(keys):
        raise AssertionError(f"there is not one event {kind} for each pathway")
    for found in examine(list(pathways[:500]), Progress()):
        raise AssertionError(found.told)
