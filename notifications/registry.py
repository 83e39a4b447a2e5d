"""What the packages of the domain tell the alert engine: kinds of alerts, who reads them, what to sweep.

The engine knows no domain: a kind finds its causes, readers are roles that hold audience keys, and a sweeper takes up
work whose message was lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied

from notifications.enums import Delivery, Level

#: A kind that names no roles may reach anybody who receives alerts.
ALL_ROLES: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Cause:
    """Something that is wrong today.

    subject_key: what it is about, « <thing>:<id> ». title: who or which session. detail: why, in a sentence that stays
    the same from one day to the next (a date, never « depuis 12 jours »). due_on: the day that passed or comes.
    audience: keys that readers hold.
    """

    subject_key: str
    title: str
    detail: str
    url: str
    due_on: date
    audience: frozenset[str]
    level: int = Level.WARNING

    @property
    def fingerprint(self) -> str:
        """Differs as soon as anything that is shown, or anyone it is shown to, differs."""
        told = (*astuple(self)[:5], sorted(self.audience), int(self.level))
        return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Since:
    """What has happened since a kind was last detected.

    touched: the ids of what changed, by thing (« pathway », « session »). day: the day that detection looked at.
    """

    touched: Mapping[str, frozenset[int]]
    day: date
    today: date

    def of(self, thing: str) -> frozenset[int]:
        return self.touched.get(thing, frozenset())


@dataclass(frozen=True)
class Settled:
    """What a detection has just done with the alerts of a kind. closed: keys of subjects without a cause any more."""

    opened: tuple[Cause, ...] = ()
    refreshed: tuple[Cause, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of alert.

    find: every cause of this kind as of today, one per subject, read by indexed queries; given ids of subjects, the
    causes about these only. changed: which subjects may have got, lost or changed their cause; without it each
    detection reads everything. thing: what a subject is, the prefix of its key. watches: the things whose changes
    matter. parameters: what the causes are counted with, comparable by its repr; a change reads everything anew.
    delivery: how it leaves by e-mail unless the reader chose otherwise; at once only from the level `at_once_from` on
    (None: « tout de suite » is not offered). names_nobody: its titles and details may stand in an e-mail.
    roles: whose preferences show it.
    follow: told of what each batch of a detection did, in its transaction; what it raises undoes the whole detection.
    """

    code: str
    label: str
    icon: str
    find: Callable[..., Iterable[Cause]]
    thing: str = ""
    watches: tuple[str, ...] = ()
    changed: Callable[[Since], Collection[int]] | None = None
    parameters: Callable[[], Any] = tuple
    delivery: Delivery = Delivery.DIGEST
    at_once_from: int | None = None
    names_nobody: bool = False
    roles: frozenset[Any] = ALL_ROLES
    follow: Callable[[Settled], None] | None = None


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice (`notices.declare`): what happened, told once. `level` is that of all its notices."""

    code: str
    label: str
    icon: str
    level: int = Level.NOTICE
    delivery: Delivery = Delivery.DIGEST
    names_nobody: bool = False
    roles: frozenset[Any] = ALL_ROLES
    at_once_from: int | None = None


NOTICE_KINDS: dict[str, NoticeKind] = {}
KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind of alert known. Called once, where its causes are found."""
    if kind.code in KINDS:
        raise ValueError(f"alert kind {kind.code} is registered twice")
    KINDS[kind.code] = kind
    return kind


@dataclass(frozen=True)
class Readers:
    """The roles that receive alerts, and the audience keys that an acting user holds."""

    roles: frozenset[Any]
    keys_of: Callable[[Any], Collection[str]]
    administrators: frozenset[Any] = frozenset()


_readers = Readers(frozenset(), lambda actor: ())


def set_readers(
    roles: Iterable[Any], keys_of: Callable[[Any], Collection[str]], administrators: Iterable[Any] = ()
) -> None:
    """Say who receives alerts (roles, and a function actor -> audience keys), and who looks after the outbox."""
    global _readers
    _readers = Readers(frozenset(roles), keys_of, frozenset(administrators))


def keys_of(actor: Any) -> Collection[str]:
    """The audience keys of an acting user."""
    return _readers.keys_of(actor)


def receives(actor: Any) -> bool:
    """Whether alerts and notices reach this acting user (None: nobody is logged in)."""
    return actor is not None and actor.role in _readers.roles


def for_readers(view: Callable) -> Callable:
    """Open a view to the roles that receive alerts; `allowed_roles` tells them to the role × address test."""
    return _open_to(_readers.roles, view)


def for_administrators(view: Callable) -> Callable:
    """Open a view to the roles that look after the outbox."""
    return _open_to(_readers.administrators, view)


def _open_to(roles: frozenset[Any], view: Callable) -> Callable:
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.actor is None or request.actor.role not in roles:
            raise PermissionDenied("Cette page n'est pas ouverte à votre rôle.")
        return view(request, *args, **kwargs)

    guarded.allowed_roles = roles
    return guarded


SWEEPERS: dict[str, Callable[[], int]] = {}


def sweeper(name: str):
    """Register a function () -> how many pieces of forgotten work it took up; run every minute, alone of its name."""

    def registered(function: Callable[[], int]) -> Callable[[], int]:
        if name in SWEEPERS:
            raise ValueError(f"sweeper {name} is registered twice")
        SWEEPERS[name] = function
        return function

    return registered
