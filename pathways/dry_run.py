"""Looking at what something would do, then leaving everything as it was."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

Seen = TypeVar("Seen")


class _Undo(Exception):
    """Ends the savepoint; never leaves this module."""


def look_ahead(act: Callable[[], object], look: Callable[[], Seen]) -> Seen:
    """What `look()` returns once `act()` has been done; nothing of `act()` remains. Exceptions of both pass through."""
    try:
        with transaction.atomic():
            act()
            seen = look()
            raise _Undo
    except _Undo:
        return seen
