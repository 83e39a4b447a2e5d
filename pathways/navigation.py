"""The main menu and the tabs under its entries: each package adds its pages; a reader sees those of their role."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from pathways.actor import Actor
from pathways.enums import Role


@dataclass(frozen=True)
class Entry:
    """A line of the menu. url_name: the page it opens; "" for a section, which opens its first tab.

    tab: what the page is called among the tabs of its own entry.
    """

    label: str
    icon: str
    order: int
    url_name: str = ""
    roles: frozenset[Role] = frozenset()
    tab: str = ""


@dataclass(frozen=True)
class Tab:
    section: str
    label: str
    url_name: str
    roles: frozenset[Role]
    order: int


_ENTRIES: list[Entry] = []
_TABS: list[Tab] = []


def entry(label: str, url_name: str, icon: str, roles, order: int, tab: str = "") -> None:
    """Add a page to the menu of some roles; `order` ranks it among all entries, `tab` names it among its tabs."""
    _ENTRIES.append(Entry(label, icon, order, url_name, frozenset(roles), tab or label))


def section(label: str, icon: str, order: int) -> None:
    """Add a line to the menu that gathers tabs; it is there for whoever may open one of them."""
    _ENTRIES.append(Entry(label, icon, order))


def tab(section: str, label: str, url_name: str, roles, order: int) -> None:
    """Add a page under the entry or section named `section`, whichever package added that; `order` ranks the tabs."""
    _TABS.append(Tab(section, label, url_name, frozenset(roles), order))


def menu(actor: Actor | None, path: str) -> list[dict]:
    """The reader's menu as `base.html` wants it: label, url, icon, active."""
    groups = _groups(actor)
    current = _current(groups, path)
    return [
        {
            "label": item.label,
            "url": pages[0][1],
            "icon": item.icon,
            "active": any(url == current for _, url in pages),
        }
        for item, pages in groups
    ]


def tabs(actor: Actor | None, path: str) -> list[dict]:
    """The tabs of the page at `path`: label, url, is_active; none under a page that stands alone."""
    for _, pages in _groups(actor):
        if len(pages) > 1 and any(url == path for _, url in pages):
            return [{"label": label, "url": url, "is_active": url == path} for label, url in pages]
    return []


def _groups(actor: Actor | None) -> list[tuple[Entry, list[tuple[str, str]]]]:
    """Each entry that the reader may open, with its pages as (label, url): its own, then its tabs."""
    if actor is None:
        return []
    groups = []
    for item in sorted(_ENTRIES, key=lambda item: item.order):
        own = [(item.tab, item.url_name)] if actor.role in item.roles else []
        below = [tab for tab in _TABS if tab.section == item.label and actor.role in tab.roles]
        own += [(tab.label, tab.url_name) for tab in sorted(below, key=lambda tab: tab.order)]
        if own:
            groups.append((item, [(label, reverse(name)) for label, name in own]))
    return groups


def _current(groups: list[tuple[Entry, list[tuple[str, str]]]], path: str) -> str:
    """The longest address that begins `path`: « / » must not light up everywhere."""
    addresses = [url for _, pages in groups for _, url in pages]
    return max(
        (url for url in addresses if path == url or (url != "/" and path.startswith(url))),
        key=len,
        default="",
    )
