"""What is measured: every list, search, file, pile and figure, as the person who opens it every day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from followup.models import Enrolment
from pathways.actor import Actor
from pathways.models import Membership, Pathway
from pathways.people_list import FIELDS, SORTS, people
from prescriptions.models import Prescription, Session
from tests.load.scale.people import RARE_NAME
from tests.load.scale.territory import AGENCIES, DEPARTMENTS, POLES, PROVIDERS, REGION

#: Who is measured: a pôle, a bassin and a provider of ordinary size, the Département that holds a tenth of the country.
WHO = {
    "référent": POLES + 1,
    "responsable": DEPARTMENTS,
    "conseiller": AGENCIES,
    "organisme": PROVIDERS,
    "Région": REGION,
}
PEOPLE = ("référent", "responsable", "conseiller", "organisme")
#: Pages turned before a deep page is measured.
DEEP = 8
NEXT = re.compile(r'rel="next" href="([^"]+)"')

Work = tuple[str, str, Callable[[], object]]


def works() -> Iterator[Work]:
    """(who, what, work that may be repeated)."""
    for who, key in WHO.items():
        actor = Actor.of(Membership.objects.select_related("user", "organisation").get(pk=key))
        client = Client(raise_request_exception=True)
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        for what, address in _addresses(who, actor, client):
            yield who, what, opener(client, address)
        if who in ("référent", "responsable"):
            yield who, "export des dossiers, 2 000 premières lignes", first_rows(actor)


def opener(client: Client, address: str) -> Callable[[], None]:
    def open_page() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise AssertionError(f"{address}: {response.status_code}")

    return open_page


def first_rows(actor: Actor, number: int = 2000) -> Callable[[], None]:
    def read() -> None:
        rows = people(actor, {}).order_by(*SORTS["nom"].order()).only(*FIELDS)
        list(rows[:number].iterator(chunk_size=number))

    return read


def _addresses(who: str, actor: Actor, client: Client) -> Iterator[tuple[str, str]]:
    yield "ma pile du jour", reverse("pathways:pile")
    yield "alertes", reverse("notifications:alerts")
    yield from _sessions(who, actor)
    if who in PEOPLE:
        yield from _people(who, actor, client)
    if who in ("référent", "responsable", "conseiller"):
        yield from _leavers(client)
    if who == "organisme":
        yield from _provider(actor)
    if who in ("responsable", "conseiller", "Région"):
        yield "places à pourvoir, avec ses chiffres", reverse("prescriptions:places")
        yield "places : ouvertes récemment", reverse("prescriptions:places") + "?vue=ouvertes&fenetre=180"


def _people(who: str, actor: Actor, client: Client) -> Iterator[tuple[str, str]]:
    address = reverse("pathways:search")
    yield "dossiers, première page", address
    yield "dossiers, page profonde", deep(client, address)
    if who != "organisme":
        for sort in ("-nom", "depuis", "echeance", "-echeance"):
            yield f"dossiers triés par {sort}", f"{address}?tri={sort}"
        yield "dossiers à l'examen", f"{address}?etape=in_exam"
        yield "dossiers clos", f"{address}?etape=closed"
        yield "dossiers bloqués", f"{address}?bloques=on"
    someone = Pathway.objects.visible_to(actor).select_related("beneficiary").order_by("pk").first()
    for what, words in (
        ("un nom rare", RARE_NAME),
        ("un nom fréquent", "Martin"),
        ("un début de nom", "ma"),
        ("nom et prénom", f"{someone.beneficiary.first_name} {someone.beneficiary.last_name}"),
        ("un identifiant", someone.beneficiary.pe_identifier),
        ("un nom absent", "Zzyzx"),
    ):
        yield f"chercher {what}", f"{address}?{urlencode({'q': words})}"
    yield "dossier d'une personne", reverse("pathways:file", args=[_busiest(actor)])


def _busiest(actor: Actor) -> int:
    """Someone with a long history whom the actor sees."""
    seen = Pathway.objects.visible_to(actor).filter(enrolments__isnull=False)
    return seen.order_by("pk").values_list("pk", flat=True).first()


def _leavers(client: Client) -> Iterator[tuple[str, str]]:
    address = reverse("followup:leavers")
    yield "sortants à contacter", address
    yield "tous les sortants", f"{address}?situation=tous"
    yield "tous les sortants, page profonde", deep(client, f"{address}?situation=tous")
    yield "tous les sortants, par nom", f"{address}?situation=tous&tri=nom"
    yield "sortants : chercher un nom", f"{address}?situation=tous&q=Martin"


def _sessions(who: str, actor: Actor) -> Iterator[tuple[str, str]]:
    address = reverse("prescriptions:sessions")
    yield "sessions à venir", address
    yield "sessions : un métier", f"{address}?metier=soudeur"
    yield "sessions : un bassin", f"{address}?bassin=1"
    yield "sessions : toutes les périodes", f"{address}?periode=toutes&tri=intitule"
    session = (
        Session.objects.visible_to(actor)
        .filter(seats_held__gt=3, area=1)
        .order_by("-starts_on", "pk")
        .first()
    )
    yield "une session", reverse("prescriptions:session", args=[session.pk])


def _provider(actor: Actor) -> Iterator[tuple[str, str]]:
    yield "candidats", reverse("prescriptions:candidates")
    yield "candidats : chercher un nom", reverse("prescriptions:candidates") + "?nom=Martin"
    yield "candidats entrés", reverse("prescriptions:candidates") + "?etape=entres"
    yield "stagiaires", reverse("followup:trainees")
    running = Enrolment.objects.visible_to(actor).running().order_by("-entered_on", "pk").first()
    yield "présences", reverse("followup:attendance", args=[running.session_id])
    convened = Prescription.objects.visible_to(actor).filter(state="convened").order_by("pk").first()
    if convened:
        yield "information collective", reverse("prescriptions:meeting", args=[convened.session_id])


def deep(client: Client, address: str) -> str:
    """The address of a page far down a list, reached by its « Suivants »."""
    found = address
    for _ in range(DEEP):
        following = NEXT.search(client.get(found).content.decode())
        if following is None:
            break
        found = address.split("?")[0] + unescape(following[1])
    return found
