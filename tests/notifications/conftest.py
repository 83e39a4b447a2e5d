"""Readers, and news about nothing of the domain, to be addressed to them."""

from dataclasses import replace
from datetime import date

import pytest

from config import clock
from notifications import notices, services
from notifications.enums import Delivery, Level
from notifications.notices import News
from notifications.registry import KINDS, NOTICE_KINDS, Cause, Kind, register
from pathways.actor import Actor
from pathways.audience import keys_of
from tests.factories import World

TODAY = date(2026, 3, 2)  # a Monday
#: Whatever leaves by e-mail must not hold it.
SURNAME = "Kerguelen"


class Newsroom:
    """A world of readers; what it opens or posts is addressed to whom the test says."""

    def __init__(self):
        self.world = World.make()
        self.causes: dict[str, Cause] = {}

    def open(self, number: int, *to: Actor, level: int = Level.WARNING) -> None:
        """An alert about a person; detected at once."""
        self.cause("stuck", number, *to, level=level, title=f"Camille {SURNAME}")

    def cause(
        self, kind: str, number: int, *to: Actor, level: int = Level.WARNING, title: str = "Maçon"
    ) -> None:
        key = f"{kind}:{number}"
        # Not the key of the person alone: what one holds through a membership ends with it.
        audience = frozenset(key for actor in to for key in keys_of(actor)[1:])
        self.causes[key] = Cause(
            key, title, "Attendu sous 14 j.", f"/dossiers/{number}/", TODAY, audience, level
        )
        services.detect()

    def raise_to(self, level: int, kind: str, number: int) -> None:
        key = f"{kind}:{number}"
        self.causes[key] = replace(self.causes[key], level=level)
        services.detect()

    def settle(self, kind: str, number: int) -> None:
        del self.causes[f"{kind}:{number}"]
        services.detect()

    def post(self, number: int, *to: Actor, by: Actor | None = None, kind: str = "refused", **fields) -> None:
        keys = [key for actor in to for key in keys_of(actor)[1:]]
        told = {
            "title": f"Inès {SURNAME}",
            "detail": "Refusée : places prises.",
            "url": f"/dossiers/{number}/",
        }
        news = News(
            keys, subject_key=f"prescription:{number}", actor_user_id=by and by.user_id, **{**told, **fields}
        )
        notices.post_many(kind, [news])


@pytest.fixture
def kinds():
    """Four kinds and no other: two of alerts (« stuck » names people, « empty » may hurry), two of notices."""
    known, told = dict(KINDS), dict(NOTICE_KINDS)
    KINDS.clear()
    NOTICE_KINDS.clear()
    found: list[Newsroom] = []

    def causes_of(kind: str):
        return lambda: [cause for room in found for key, cause in room.causes.items() if key.startswith(kind)]

    register(Kind("stuck", "Parcours bloqué", "hourglass", causes_of("stuck")))
    register(
        Kind(
            "empty",
            "Places vides",
            "armchair",
            causes_of("empty"),
            delivery=Delivery.AT_ONCE,
            at_once_from=Level.CRITICAL,
            names_nobody=True,
        )
    )
    notices.declare("refused", "Refus reçu", "circle-x", level=Level.WARNING)
    notices.declare("offered", "Place proposée", "armchair", level=Level.URGENT, delivery=Delivery.AT_ONCE)
    yield found
    KINDS.clear()
    KINDS.update(known)
    NOTICE_KINDS.clear()
    NOTICE_KINDS.update(told)


@pytest.fixture
def room(db, kinds) -> Newsroom:
    """Its clock stands at noon of TODAY."""
    with clock.at(TODAY):
        kinds.append(Newsroom())
        yield kinds[0]
