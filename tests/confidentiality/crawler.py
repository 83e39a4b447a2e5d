"""Everything that a reader can reach: each page, export, PDF or feed that a link leads to, without a list to keep.

A new page is walked as soon as something links to it, or as soon as `tests/address_table.py` names it, which
`test_every_address_has_its_line` asks of every address.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.test import Client
from django.urls import reverse

from notifications import agenda, inbox
from notifications.digests import wording
from notifications.readers import directory
from pathways.enums import Role
from pathways.facts import KINDS
from pathways.transitions import roles_of
from tests.address_table import PAGES, PEOPLE, address
from tests.readable import text_of
from tests.test_every_address import ask, undone
from tests.two_worlds import Peopled, ago

#: What leads from a page to another without being sent: links, and what htmx asks for.
LINK = re.compile(r"""(?:href|hx-get|data-url|data-href)=["']([^"'>]+)["']""")
#: Neither pages, nor the whole product again as of another day: a past file is walked to on purpose.
NOT_PAGES = ("/static/", "/deconnexion/", "/connexion/", "/au/")
#: So many addresses of one kind, at most: the thousandth page of a list says nothing new.
MOST = 700


def key(address: str) -> tuple:
    """Two orders or two pages of one list are walked once; two people are two addresses."""
    parts = urlsplit(address)
    names = dict(parse_qsl(parts.query))
    told = {name: value for name, value in names.items() if name in ("prescription", "session", "historique")}
    return parts.path, frozenset(names) - {"tri", "apres", "avant", "suite"}, tuple(sorted(told.items()))


def links(page: str, text: str) -> list[str]:
    found = (urldefrag(urljoin(page, link)).url for link in LINK.findall(text))
    return [link for link in found if link.startswith("/") and not link.startswith(NOT_PAGES)]


def crawl(client: Client, starts: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    """(address -> text of the answer, address -> status where it is not 200) from `starts`, every link followed."""
    texts: dict[str, str] = {}
    odd: dict[str, int] = {}
    waiting, seen = list(starts), {key(start) for start in starts}
    while waiting:
        page = waiting.pop(0)
        with undone():
            response = client.get(page)
            texts[page] = text_of(response)
        if response.status_code == 302:
            following = [urljoin(page, response["Location"])]
        else:
            odd |= {} if response.status_code == 200 else {page: response.status_code}
            following = links(page, texts[page])
        for link in following:
            if key(link) not in seen:
                seen.add(key(link))
                waiting.append(link)
        assert len(texts) < MOST, f"too many addresses: {sorted(texts)[-20:]}"
    return texts, odd


def everything(client: Client, world: Peopled, role: Role) -> dict[str, str]:
    """Address -> text of all that a reader in `role` may open or be answered.

    The table's addresses with their forms sent, the form of every fact about every person, every correction, the past,
    and whatever any of these leads to.
    """
    answered = {
        f"{method} {name}": ask(client, method, name, world, role).text_read
        for name, page in PAGES.items()
        if role in page.roles
        for method in page.methods
    }
    starts = ["/"] + [
        address(name, world, role)
        for name, page in PAGES.items()
        if role in page.roles and "get" in page.methods
    ]
    if role in PEOPLE:
        # What no link offers: facts that are impossible now, corrections of what others have recorded.
        person = world.trainee
        file = f"/dossiers/{person.pathway.pk}/"
        mine = [kind for kind in KINDS if role in roles_of(kind)]
        starts += [f"{file}fait/{kind}/?prescription={person.prescription.pk}" for kind in mine]
        starts += [f"{file}corriger/{event.pk}/" for event in person.pathway.events.all()]
        starts += [
            f"/au/{ago(1)}/dossiers/{each.pathway.pk}/" for each in (world.asked, world.trainee, world.leaver)
        ]
    starts.append(feed_of(world, role))
    readable, _ = crawl(client, [start for start in starts if start])
    return answered | readable | {"mail": mail_to(world, role)}


def feed_of(world: Peopled, role: Role) -> str:
    """The address of the person's own calendar; nothing for who has none."""
    if role not in PAGES["notifications:agenda_renew"].roles:
        return ""
    return reverse("notifications:agenda_feed", args=[agenda.renew(world.actor(role).user_id)])


def mail_to(world: Peopled, role: Role) -> str:
    """Every news of the person, written as one digest; empty for who receives none."""
    actor = world.actor(role)
    readers = directory().of_users([actor.user_id])
    items, _ = inbox.page(actor, 500, unread_only=False)
    if not readers or not items:
        return ""
    told = wording.digest(readers[0], items)
    return f"{told.subject}\n{told.text}\n{told.html}" + "".join(
        f"{item.title}\n{item.detail}" for item in items
    )


def people_of(world: Peopled):
    return (world.draft, world.asked, world.convened, world.trainee, world.examined, world.leaver)
