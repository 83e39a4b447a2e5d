"""« Ma pile du jour »: what awaits a decision from the reader, most urgent first.

Each package registers sources; a source reads what is due from the database, so that nothing is forgotten by a lost
message and nothing stays when its cause is gone. A source that names its lines (`key`) lets the reader put them off,
one that says whose tasks they are (`tasks`) lets them be entrusted to a colleague.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

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
    """One awaited decision. due_on: the last day to take it; late when past. who: a person or a session, as titled.

    key: names the line as long as the decision waits, « <key of its source>:<values> » (see `key_of`); empty: it can
    neither be put off nor entrusted. holder: who has taken it, by name.
    """

    category: Category
    who: str
    url: str
    why: str
    due_on: date | None = None
    actions: tuple[Action, ...] = field(default=())
    icon: str = "point"
    key: str = ""
    holder: str = ""

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


# ---- sources

Read = Callable[[Actor, int], Batch]
#: (actor, the values of a line's key) -> the tasks of flows that the line stands for, a queryset of viewflow's.
Tasks = Callable[[Actor, list[str]], QuerySet]


@dataclass(frozen=True)
class Source:
    roles: frozenset[Role]
    category: Category
    read: Read
    key: str
    tasks: Tasks | None


_SOURCES: list[Source] = []


def source(category: Category, *roles: Role, key: str = "", tasks: Tasks | None = None):
    """Register a source (actor, limit) -> Batch for the piles of these roles.

    key: begins the keys of its lines; the source then passes its rows through `narrow()`, so that what the reader has
    put off is neither read nor counted. tasks: the tasks that a line stands for; the source then passes its rows
    through `held_by_reader()`. Raises ValueError for a key that another source has for one of the roles.
    """

    def registered(function: Read) -> Read:
        if key and any(known.key == key and known.roles & set(roles) for known in _SOURCES):
            raise ValueError(f"two sources of the pile are called {key}")
        _SOURCES.append(Source(frozenset(roles), category, function, key, tasks))
        return function

    return registered


def source_of(actor: Actor, key: str) -> Source | None:
    """The source of the actor's pile that a line's key names."""
    name = key.partition(":")[0]
    return next(
        (each for each in _SOURCES if each.key and each.key == name and actor.role in each.roles), None
    )


def has_sources(role: Role) -> bool:
    """Whether decisions can ever wait for this role."""
    return any(role in each.roles for each in _SOURCES)


def can_entrust(role: Role) -> bool:
    """Whether lines of this role can be entrusted to a colleague."""
    return any(role in each.roles and each.tasks is not None for each in _SOURCES)


def key_of(name: str, *values: Any) -> str:
    """The key of a line: « refus:12 », « presences:4:2026-11-03 »."""
    return ":".join([name, *(str(value) for value in values)])


# ---- narrowing: what a reading of the pile leaves out, or keeps only


@dataclass(frozen=True)
class _Narrowing:
    """keys: name of a source -> the values of lines. only: those lines and no other; else all but those.

    owner: only what this user has taken (None: whoever has).
    """

    keys: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    only: bool = False
    owner: int | None = None


_narrowing: ContextVar[_Narrowing | None] = ContextVar("pile_narrowing", default=None)


def _asked() -> _Narrowing:
    return _narrowing.get() or _Narrowing()


def narrow(rows: QuerySet, name: str, *columns: str) -> QuerySet:
    """Leave out of the rows of a source what the reader has put off (or keep only what is asked for).

    columns: those whose values make the key of a line, after the name of the source (the primary key when none).
    """
    asked = _asked()
    lines = asked.keys.get(name, ())
    if not lines:
        return rows.none() if asked.only else rows
    named = reduce(or_, (_is(line, columns or ("pk",)) for line in lines))
    return rows.filter(named) if asked.only else rows.exclude(named)


def kept_values(name: str) -> tuple[bool, list[str]]:
    """For a source that writes its own SQL: (whether only these lines are asked for, the first value of each key)."""
    asked = _asked()
    return asked.only, [line[0] for line in asked.keys.get(name, ())]


def _is(line: tuple[str, ...], columns: tuple[str, ...]) -> Q:
    return Q(**dict(zip(columns, line, strict=False)))


def held_by_reader(rows: QuerySet, tasks: QuerySet) -> QuerySet:
    """Of rows named by their keys, those whose task the reader has taken, when only these are asked for."""
    owner = _asked().owner
    if owner is None:
        return rows
    mine = tasks.filter(owner=owner).order_by().values("process__artifact_object_id")
    return rows.filter(pk__in=mine)


@contextmanager
def _narrowed(keys: Mapping[str, tuple], *, only: bool = False, owner: int | None = None) -> Iterator[None]:
    token = _narrowing.set(_Narrowing(keys, only, owner))
    try:
        yield
    finally:
        _narrowing.reset(token)


def _by_source(keys) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple] = {}
    for key in keys:
        name, *values = key.split(":")
        found[name] = (*found.get(name, ()), tuple(values))
    return found


# ---- reading


@dataclass(frozen=True)
class Pile:
    """deferred: how many lines the reader has put off that still wait."""

    total: int
    late: int
    items: list[Item]
    counts: list[tuple[Category, int]]
    deferred: int = 0


def pile(actor: Actor, category: str = "", limit: int = 50, *, mine: bool = False) -> Pile:
    """The reader's pile, at most `limit` lines, most urgent first; `category` (a code) keeps one kind of decision.

    mine: only what the reader has taken or been entrusted with. Totals and counts cover everything that waits, not
    only the lines shown; what the reader has put off is in none of them.
    """
    from pathways.deferral import keys_put_off

    keys = keys_put_off(actor)
    put_off = _by_source(keys)
    with _narrowed(put_off, owner=actor.user_id if mine else None):
        found = _read(actor, category, limit, lambda each: not mine or each.tasks is not None)
    return Pile(*found, deferred=len(lines(actor, keys)))


def lines(actor: Actor, keys) -> list[Item]:
    """The lines of these keys that still wait in the actor's pile, most urgent first."""
    wanted = _by_source(keys)
    if not wanted:
        return []
    try:
        with _narrowed(wanted, only=True):
            _, _, items, _ = _read(actor, "", len(keys), lambda each: each.key in wanted)
    except (ValueError, ValidationError, OverflowError):  # a key that nobody made
        return []
    known = set(keys)
    return [item for item in items if item.key in known]


def _read(actor: Actor, category: str, limit: int, is_asked: Callable[[Source], bool]) -> tuple:
    counts: dict[Category, int] = {}
    items: list[Item] = []
    total = late = 0
    for each in _SOURCES:
        if actor.role not in each.roles or not is_asked(each):
            continue
        batch, kind = each.read(actor, limit), each.category
        counts[kind] = counts.get(kind, 0) + batch.total
        if category in ("", kind.code):
            total, late = total + batch.total, late + batch.late
            items.extend(batch.items)
    items.sort(key=urgency)
    return total, late, items[:limit], sorted(counts.items(), key=lambda pair: pair[0].order)


def urgency(item: Item) -> tuple:
    """Sort key: the earliest due day first, what has no due day last."""
    return (item.due_on is None, item.due_on or date.max, item.who)
