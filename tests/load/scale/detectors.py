"""What the detectors cost: over everything, then after a day's work of always the same size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from config import clock
from notifications.registry import KINDS
from notifications.services import detect, detect_everything
from pathways.actor import Actor
from pathways.models import Membership, Pathway
from pathways.transitions import apply
from tests.load.scale.measure import Cost, once

#: Facts recorded between two detections, whatever the size of the country.
FACTS = 100


def detections() -> Iterator[tuple[str, Cost]]:
    """(what, its cost), in the order in which they must run."""
    told(detection=detect_everything)  # opens what a country that is only just built has open
    for code, kind in KINDS.items():
        yield f"« {kind.label} », tout relire", once(lambda code=code: told([code], detect_everything))
    yield "toutes, rien n'a changé", once(told)
    work()
    yield f"toutes, après {FACTS} faits", once(told)
    with clock.at(clock.today() + timedelta(days=1)):
        yield "toutes, le lendemain", once(told)


def told(kinds: list[str] | None = None, detection: Callable = detect) -> str:
    counts = detection(kinds).counts
    return f"{counts['opened']} ouvertes, {counts['refreshed']} mises à jour, {counts['closed']} closes"


def work(number: int = FACTS) -> None:
    """Record exchanges, half of them about people who are late, as their référents do."""
    referents: dict[int, Actor] = {}
    late = Pathway.objects.stuck().order_by("pk").values_list("pk", "pole_id")
    others = Pathway.objects.filter(due_on__gte=clock.today()).order_by("pk").values_list("pk", "pole_id")
    for pk, pole_id in [*late[: number // 2], *others[: number - number // 2]]:
        if pole_id not in referents:
            membership = Membership.objects.select_related("user", "organisation").get(pk=pole_id)
            referents[pole_id] = Actor.of(membership)
        apply("note", pk, referents[pole_id], comment="Échange.", occurred_on=clock.today())
