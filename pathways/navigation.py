"""The main menu: each package adds its entries; a reader sees those of their role."""

from dataclasses import dataclass

from django.urls import reverse

from pathways.actor import Actor
from pathways.enums import Role


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    roles: frozenset[Role]
    order: int


_ENTRIES: list[Entry] = []


def entry(label: str, url_name: str, icon: str, roles, order: int) -> None:
    """Add a page to the menu of some roles; `order` ranks it among all entries."""
    _ENTRIES.append(Entry(label, url_name, icon, frozenset(roles), order))


def menu(actor: Actor | None, path: str) -> list[dict]:
    """The reader's menu as `base.html` wants it: label, url, icon, active."""
    if actor is None:
        return []
    own = sorted((item for item in _ENTRIES if actor.role in item.roles), key=lambda item: item.order)
    addresses = [reverse(item.url_name) for item in own]
    # The longest address that begins the current path: « / » must not light up everywhere.
    current = max(
        (url for url in addresses if path == url or (url != "/" and path.startswith(url))),
        key=len,
        default="",
    )
    return [
        {"label": item.label, "url": url, "icon": item.icon, "active": url == current}
        for item, url in zip(own, addresses, strict=True)
    ]
