"""How many rows a list has, counted no further than people read."""

from __future__ import annotations

from django.db.models import QuerySet

#: Beyond, a list says « plus de 10 000 » : counting on would cost more than reading the page.
BOUND = 10_000


class Total(int):
    """A number of rows; `is_more` when there are more of them than that."""

    is_more: bool = False


def total_of(rows: QuerySet) -> Total:
    """How many rows there are, up to BOUND."""
    found = rows.order_by().values("pk")[: BOUND + 1].count()
    total = Total(min(found, BOUND))
    total.is_more = found > BOUND
    return total
