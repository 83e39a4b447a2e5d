"""The people who receive: the domain says who they are, what they may read today and under which capacities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet


@dataclass(frozen=True)
class Reader:
    """One active person with a running membership. keys: every audience key that they hold today."""

    user_id: int
    email: str
    name: str
    roles: frozenset[str]
    keys: frozenset[str]


class Directory(Protocol):
    """What the domain answers about readers, always as of this very moment."""

    def everybody(self) -> QuerySet:
        """The ids of all who receive alerts, as rows of one column."""

    def of_users(self, user_ids: Collection[int]) -> Sequence[Reader]:
        """Those of these users who still receive; whoever left is not among them."""

    def holding(self, keys: Collection[str]) -> Sequence[Reader]:
        """Everybody who holds one of the keys."""

    def usual_rhythm(self, roles: Collection[Any]) -> str:
        """How often a digest leaves for somebody of these roles who chose nothing: a `Rhythm`."""

    def actors_of(self, user_id: int) -> Sequence[Any]:
        """The acting values of a user, one for each running membership; none for whoever left."""


_directory: Directory | None = None


def set_directory(directory: Directory) -> None:
    """Called once by the package that knows users and memberships."""
    global _directory
    _directory = directory


def directory() -> Directory:
    """Raises RuntimeError when no package has registered one."""
    if _directory is None:
        raise RuntimeError("no package has said who receives: call notifications.readers.set_directory()")
    return _directory
