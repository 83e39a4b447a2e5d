"""The reading room: one transaction in which the tables of the past stand before the real ones. Nothing stays of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import QuerySet

from config import clock
from pathways.actor import Actor
from pathways.reading.moment import Reading, reading_as
from pathways.reading.tables import prepare


@contextmanager
def room(
    reading: Reading, actor: Actor, people: QuerySet, waiting: list[Callable[[], None]] | None = None
) -> Iterator[None]:
    """Read in the past for the length of the block: pages, lists and exports work in it as they do today.

    people: pathways that the block reads, by the rights that the actor has today. The clock stands at the evening of
    the day read. PostgreSQL refuses any write to a stored table in the block, and all is taken back at its end. What
    the block leaves for afterwards (the log of readings) is put into `waiting`.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with clock.at(reading.moment):
            prepare(reading, actor, people)
            _execute("SET LOCAL transaction_read_only = on")
            with reading_as(reading, [] if waiting is None else waiting):
                yield
        transaction.set_rollback(True)


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
