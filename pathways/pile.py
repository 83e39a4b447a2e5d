"""« Ma pile du jour »: what awaits a decision from the reader, most urgent first.

Each package registers sources; a source reads what is due from the database, so that nothing is forgotten by a lost
message and nothing stays when its cause is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from config import clock
from pathways.actor import Actor
from pathways.enums import Role


@dataclass(frozen=True)
class Action:
    """A button on a line of the pile. is_main: the one the reader is most likely to want."""

    label: str
    url: str
    is_main: bool = False


@dataclass(frozen=True)
class Category:
    """A filter of the pile. order ranks the filters."""

    code: str
    label: str
    order: int


PRESCRIPTIONS = Category("prescriptions", "Prescriptions", 10)
TRAINING = Category("formation", "Formation", 20)
EXITS = Category("sorties", "Sorties", 30)
BLOCKAGES = Category("blocages", "Blocages", 40)
PLACES = Category("places", "Places", 50)


@dataclass(frozen=True)
class Item:
    """One awaited decision. due_on: the last day to take it; late when past. who: a person or a session, as titled."""

    category: Category
    who: str
    url: str
    why: str
    due_on: date | None = None
    actions: tuple[Action, ...] = field(default=())
    icon: str = "point"

    @property
    def days_left(self) -> int | None:
        """Whole days until the due day; negative when late, None without a due day."""
        return None if self.due_on is None else (self.due_on - clock.today()).days

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class Batch:
    """What a source answers: how many decisions wait in all, how many are late, and the most urgent of them."""

    total: int
    late: int
    items: tuple[Item, ...]


Source = Callable[[Actor, int], Batch]
_SOURCES: list[tuple[frozenset[Role], Category, Source]] = []


def source(category: Category, *roles: Role):
    """Register a source (actor, limit) -> Batch for the piles of these roles."""

    def registered(function: Source) -> Source:
        _SOURCES.append((frozenset(roles), category, function))
        return function

    return registered


@dataclass(frozen=True)
class Pile:
    total: int
    late: int
    items: list[Item]
    counts: list[tuple[Category, int]]


def pile(actor: Actor, category: str = "", limit: int = 50) -> Pile:
    """The reader's pile, at most `limit` lines, most urgent first; `category` (a code) keeps one kind of decision.

    Totals and counts cover everything that waits, not only the lines shown.
    """
    counts: dict[Category, int] = {}
    items: list[Item] = []
    total = late = 0
    for roles, kind, read in _SOURCES:
        if actor.role not in roles:
            continue
        batch = read(actor, limit)
        counts[kind] = counts.get(kind, 0) + batch.total
        if category in ("", kind.code):
            total, late = total + batch.total, late + batch.late
            items.extend(batch.items)
    items.sort(key=urgency)
    return Pile(total, late, items[:limit], sorted(counts.items(), key=lambda pair: pair[0].order))


def urgency(item: Item) -> tuple:
    """Sort key: the earliest due day first, what has no due day last."""
    return (item.due_on is None, item.due_on or date.max, item.who)


def has_sources(role: Role) -> bool:
    """Whether decisions can ever wait for this role."""
    return any(role in roles for roles, _, _ in _SOURCES)
