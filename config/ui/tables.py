"""Columns and sort links of a list page; the rows themselves are written by the page's template."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Column:
    """One column. `sort` is the value of the `tri` parameter (without sign), empty when not sortable."""

    label: str
    sort: str = ""
    is_numeric: bool = False
    is_label_hidden: bool = False


@dataclass(frozen=True)
class Header:
    """A column as the table head shows it, with its link and its `aria-sort` value."""

    column: Column
    url: str = ""
    aria_sort: str = ""


def headers(request: HttpRequest, columns: Iterable[Column], default: str = "") -> list[Header]:
    """Table heads with sort links that keep the filters and drop the page cursor.

    The current sort is the GET parameter `tri`: a column's `sort`, with a leading `-` when descending.
    `default` is the sort in force when the parameter is absent.
    """
    current = request.GET.get("tri") or default
    return [_header(request, column, current) for column in columns]


def _header(request: HttpRequest, column: Column, current: str) -> Header:
    if not column.sort:
        return Header(column)
    is_current = current.lstrip("-") == column.sort
    is_descending = current.startswith("-")
    query = request.GET.copy()
    for cursor in ("apres", "avant", "page"):
        query.pop(cursor, None)
    query["tri"] = f"-{column.sort}" if is_current and not is_descending else column.sort
    aria_sort = ("descending" if is_descending else "ascending") if is_current else "none"
    return Header(column, f"?{query.urlencode()}", aria_sort)


def url_with(request: HttpRequest, **changes: object) -> str:
    """The current query string with some parameters changed; None removes one."""
    query = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
