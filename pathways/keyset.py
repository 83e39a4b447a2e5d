"""Pages of a sorted list that cost the same at the first page and at the thousandth.

The cursor is the key of a row, looked up again for its place in the sort: no name ends up in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet


@dataclass(frozen=True)
class Sort:
    """A column to sort by, then by key. is_nullable: rows without a value come last, whatever the direction."""

    field: str
    is_descending: bool = False
    is_nullable: bool = False

    def order(self, is_backwards: bool = False) -> tuple:
        """The ORDER BY of this sort, or of its exact reverse."""
        descending = self.is_descending != is_backwards
        column = F(self.field).desc if descending else F(self.field).asc
        nulls = {"nulls_first": True} if is_backwards else {"nulls_last": True}
        return (column(**nulls) if self.is_nullable else column(), "-pk" if descending else "pk")

    def beyond(self, value: Any, pk: int, is_backwards: bool = False) -> Q:
        """The rows that come after (value, pk) in the reading direction."""
        way = "lt" if self.is_descending != is_backwards else "gt"
        later_key = Q(**{f"pk__{way}": pk})
        is_null = Q(**{f"{self.field}__isnull": True})
        if value is None:
            return (is_null & later_key) | (~is_null if is_backwards else Q(pk__in=[]))
        further = Q(**{f"{self.field}__{way}": value}) | (Q(**{self.field: value}) & later_key)
        if self.is_nullable:
            return further if is_backwards else further | is_null
        # The redundant bound is what lets PostgreSQL start inside the index.
        return Q(**{f"{self.field}__{way}e": value}) & further


@dataclass(frozen=True)
class Page:
    """Rows in the order of the sort. after, before: the cursors of the pages around, None at the ends."""

    rows: list[Model]
    after: int | None
    before: int | None


def page(rows: QuerySet, sort: Sort, size: int, after: str = "", before: str = "") -> Page:
    """The `size` rows after the row whose key is `after`, or before `before`; the first ones when neither is known."""
    is_backwards = bool(before) and not after
    place = _place(rows, sort, after or before)
    found = rows.order_by(*sort.order(is_backwards and place is not None))
    if place is None:
        is_backwards = False
    else:
        found = found.filter(sort.beyond(*place, is_backwards))
    # Keys first: sorting whole rows with their joins costs ten times as much on a long list.
    keys = list(found.select_related(None).values_list("pk", flat=True)[: size + 1])
    there_are_more, keys = len(keys) > size, keys[:size]
    by_key = rows.in_bulk(keys)
    read = [by_key[key] for key in keys]
    if is_backwards:
        read.reverse()
        return Page(read, read[-1].pk if read else None, read[0].pk if there_are_more else None)
    return Page(
        read, read[-1].pk if there_are_more else None, read[0].pk if place is not None and read else None
    )


def _place(rows: QuerySet, sort: Sort, key: str) -> tuple[Any, int] | None:
    """(value, key) of the row of a cursor; None when there is no such row in the list any more."""
    if not key.isdecimal() or len(key) > 18:
        return None
    return rows.filter(pk=int(key)).order_by("pk").values_list(sort.field, "pk").first()
