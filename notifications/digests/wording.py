"""The words of an e-mail. It leaves the house: it never names a person (domain.md C, minimisation).

Of news about people it says how many, by when, and the address of the page, where one has to log in: no name, no
initials (a colleague of the pôle would know whose they are), no state. News whose kind names nobody is told in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from config import clock
from config.ui.dates import count, day
from notifications.enums import Level, Source
from notifications.news import NewsItem
from notifications.readers import Reader

#: Lines of one kind; the page shows the others. Lines about people differ by their day alone: fewer say as much.
LINES, LINES_ABOUT_PEOPLE = 10, 5


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str


def digest(reader: Reader, items: Sequence[NewsItem]) -> Words:
    """The mail that tells everything new, the most urgent kinds first."""
    urgent = sum(item.level >= Level.URGENT for item in items)
    others = count(len(items) - urgent, "nouveauté,nouveautés")
    if not urgent:
        subject = f"Jalons : {others}"
    elif urgent == len(items):
        subject = f"Jalons : {count(urgent, 'urgence,urgences')}"
    else:
        subject = f"Jalons : {count(urgent, 'urgence,urgences')}, {others}"
    return _words(subject, "Depuis le dernier récapitulatif", reader, items)


def urgent(reader: Reader, items: Sequence[NewsItem]) -> Words:
    """The mail that does not wait for the digest."""
    return _words("Jalons : à traiter sans attendre", "Il reste peu de temps pour agir", reader, items)


def _words(subject: str, heading: str, reader: Reader, items: Sequence[NewsItem]) -> Words:
    context = {
        "subject": subject.replace("\u00a0", " "),
        "heading": heading,
        "name": reader.name,
        "groups": _groups(items),
        "all_url": _absolute(reverse("notifications:inbox")),
        "preferences_url": _absolute(reverse("notifications:preferences")),
    }
    text = render_to_string("notifications/mail/digest.txt", context)
    html = render_to_string("notifications/mail/digest.html", context)
    return Words(context["subject"], text, html)


def _groups(items: Sequence[NewsItem]) -> list[dict]:
    """One per kind, the most urgent kind first: label, how many, lines, how many more."""
    ordered = sorted(items, key=lambda item: (item.source, item.kind_code))
    groups = [list(group) for _, group in groupby(ordered, key=lambda item: (item.source, item.kind_code))]
    groups.sort(key=lambda group: (-max(item.level for item in group), -len(group), group[0].kind.label))
    return [_group(group) for group in groups]


def _group(items: list[NewsItem]) -> dict:
    items.sort(key=lambda item: (-item.level, item.due_on is None, item.due_on, item.source_id))
    shown = items[: LINES if items[0].kind.names_nobody else LINES_ABOUT_PEOPLE]
    urgent = sum(item.level >= Level.URGENT for item in items)
    return {
        "label": items[0].kind.label,
        "total": len(items),
        "urgent": f"dont {count(urgent, 'urgente,urgentes')}" if urgent else "",
        "lines": [{"text": _line(item), "url": _absolute(item.url)} for item in shown],
        "more": len(items) - len(shown),
    }


def _line(item: NewsItem) -> str:
    if item.kind.names_nobody:
        return f"{item.title}. {item.detail}".strip()
    if item.due_on is None:
        return "Une personne que vous suivez"
    if item.source == Source.ALERT and item.due_on < clock.today():
        return f"Une personne que vous suivez, en retard depuis le {day(item.due_on)}"
    return f"Une personne que vous suivez, à régler avant le {day(item.due_on)}"


def _absolute(url: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{url}" if url else ""
