"""Pages read as of a day, as known on a day: the same page as on that day, and nothing left behind."""

import io
import re
import zipfile
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from config import clock
from pathways.corrections import annul, correct
from pathways.enums import Role
from pathways.models import Event, FileAccess, Pathway
from prescriptions.models import Prescription, Session
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
TODAY = FIRST_DAY + timedelta(days=200)


def on(days: int) -> date:
    return FIRST_DAY + timedelta(days=days)


def client_of(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def shown(response) -> str:
    """The words of a page's own content: without its frame, without the control of the time machine."""
    main = response.content.decode().split('<main id="contenu"')[1].split("</main>")[0]
    main = re.sub(r'<section class="reading.*?</section>', "", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def story(world):
    """Somebody prescribed on day 5, retained on day 10, registered on day 40, who enters on day 60."""
    story = world.story("Kermadec")
    for kind, days in (("submit", 5), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, on(days))
    return story


def read(client, path: str, day: date | None = None, known: date | None = None, at: date = TODAY, **query):
    prefix = f"/au/{day}" if day else ""
    prefix += f"/connu/{known}" if known else ""
    with clock.at(at):
        return client.get(prefix + path, query)


def test_a_file_reads_as_it_did_on_the_day(world, story):
    path = f"/dossiers/{story.pathway.pk}/"
    page = shown(read(client_of(world.referent), path, on(20)))
    assert "Depuis 10 j à « Retenu »" in page
    assert "Retenu sur la liste principale" in page
    assert "Entré en formation (AES)" not in page
    assert "Inscrit (AIS)" not in page


def test_nothing_can_be_recorded_from_a_past_reading(world, story):
    path = f"/dossiers/{story.pathway.pk}/"
    page = read(client_of(world.referent), path, on(20)).content.decode()
    assert "rien ne s'enregistre ici" in unescape(page)
    assert "/fait/" not in page
    assert "/corriger/" not in page
    assert "/fait/" in read(client_of(world.referent), path).content.decode()


@pytest.mark.parametrize("role", [Role.REFERENT, Role.PROVIDER])
def test_sending_a_form_to_the_past_is_refused(world, story, role):
    path = f"/dossiers/{story.pathway.pk}/fait/withdraw/"
    data = {"occurred_on": on(20), "reason": "personal"}
    client, facts = client_of(world.actors[role]), Event.objects.count()
    with clock.at(TODAY):
        for address in (f"/au/{on(20)}{path}", f"{path}?lu_au={on(20)}"):
            response = client.post(address, data)
            assert response.status_code == 403
            assert "Rien n'a été enregistré" in unescape(response.content.decode())
    assert Event.objects.count() == facts


def test_a_correction_learnt_later_changes_only_what_is_known_later(world, story):
    enter = story.pathway.events.get(kind="enter")
    with clock.at(on(90)):
        annul(enter.pk, world.provider, comment="Ce n'était pas lui.")
    client, path = client_of(world.referent), f"/dossiers/{story.pathway.pk}/"
    then = shown(read(client, path, on(70), on(70)))
    now = shown(read(client, path, on(70)))
    assert "En formation »" in then
    assert "Corrigé" not in then
    assert "« Retenu »" in now
    assert "Corrigé le" in now


def test_the_banner_counts_what_has_been_learnt_since_and_lists_it(world, story):
    with clock.at(on(80)):
        correct(
            story.pathway.events.get(kind="register").pk,
            world.provider,
            comment="Date mal lue.",
            occurred_on=on(38),
        )
    story.tell("note", on(81))
    with clock.at(on(82)):
        from pathways.transitions import apply

        apply("note", story.pathway.pk, world.referent, occurred_on=on(30), comment="Rappel de mai.")
    client, path = client_of(world.referent), f"/dossiers/{story.pathway.pk}/"
    page = unescape(read(client, path, on(70), on(70)).content.decode())
    assert "2 faits appris depuis, dont 1 correction" in page.replace("\u00a0", " ")
    listed = shown(read(client, path, on(70), on(70), appris="1"))
    assert "Rappel de mai." in listed
    assert "Rectifié Inscrit (AIS), le " + f"{on(38):%d/%m/%Y}" in listed
    assert "Date mal lue." in listed
    # What happened after the day read is no news about it.
    assert "Appel de la personne." not in listed
    nothing = unescape(read(client, path, on(70), on(83)).content.decode())
    assert "Rien appris depuis sur cette page." in nothing


def test_lists_and_figures_are_of_the_day(world, story):
    early = world.story("Ouessant", session=story.prescription.session)
    early.tell("submit", on(30))
    client = client_of(world.referent)
    page = shown(read(client, "/dossiers/", on(20)))
    assert re.search(r"Kermadec Camille 35 Retenu", page)
    assert re.search(r"Ouessant Camille 35 Identifié", page)
    assert "Retenu" in shown(read(client, "/dossiers/", on(20), etape="admitted"))
    assert "Kermadec" not in shown(read(client, "/dossiers/", on(20), etape="in_training"))


def test_the_links_of_a_past_page_lead_to_the_same_past(world, story):
    page = read(client_of(world.referent), "/dossiers/", on(20), on(25)).content.decode()
    prefix = f"/au/{on(20)}/connu/{on(25)}"
    assert f'href="{prefix}/dossiers/{story.pathway.pk}/"' in page
    assert f'href="{prefix}/dossiers/export/' in page
    assert 'href="/dossiers/"' in page  # back to today


def test_the_control_leads_from_its_form_to_the_reading(world, story):
    client = client_of(world.referent)
    with clock.at(TODAY):
        answer = client.get("/dossiers/", {"etape": "admitted", "lu_au": on(20), "connu_le": ""})
        assert (answer.status_code, answer.url) == (302, f"/au/{on(20)}/dossiers/?etape=admitted")
        answer = client.get("/dossiers/", {"lu_au": TODAY, "connu_le": ""})
        assert answer.url == "/dossiers/"
        answer = client.get("/dossiers/", {"lu_au": "31/03/2026", "connu_le": "02/04/2026"})
        assert answer.url == "/au/2026-03-31/connu/2026-04-02/dossiers/"
        # Two slashes must not become the name of another server.
        answer = client.get(f"/au/{on(20)}//exemple.invalid/", {"lu_au": ""})
        assert answer.url == "/%2Fexemple.invalid/"


@pytest.mark.parametrize(
    ("day", "known", "told"),
    [
        (TODAY + timedelta(days=1), "", "est dans l'avenir"),
        ("31/02/2026", "", "Saisissez une date qui existe"),
        ("n'importe quoi", "", "Saisissez une date qui existe"),
        (on(20), on(10), "on ne pouvait pas connaître la situation"),
        (on(20), TODAY + timedelta(days=3), "est dans l'avenir"),
    ],
)
def test_a_wrong_day_is_told_beside_the_control_and_today_is_shown(world, story, day, known, told):
    client, path = client_of(world.referent), f"/dossiers/{story.pathway.pk}/"
    with clock.at(TODAY):
        page = client.get(path, {"lu_au": day, "connu_le": known})
    assert page.status_code == 200
    assert told in unescape(page.content.decode())
    assert "« En formation »" in shown(page)
    assert "Vous lisez cette page au" not in page.content.decode()


@pytest.mark.parametrize(
    "prefix", ["/au/2026-02-31", "/au/demain", f"/au/{on(20)}/connu/{on(10)}", "/au/2200-01-01"]
)
def test_an_address_of_no_day_shows_today(world, story, prefix):
    with clock.at(TODAY):
        page = client_of(world.referent).get(f"{prefix}/dossiers/{story.pathway.pk}/")
    assert page.status_code == 200
    assert "« En formation »" in shown(page)


def test_a_day_before_the_first_fact_says_which_days_can_be_read(world, story):
    client, path = client_of(world.referent), f"/dossiers/{story.pathway.pk}/"
    page = read(client, path, on(-3))
    assert "Le premier fait sur cette personne est du " + f"{on(0):%d/%m/%Y}" in unescape(
        page.content.decode()
    )
    assert "« En formation »" in shown(page)
    page = read(client, "/dossiers/", on(-3))
    assert "Le premier fait sur les personnes de cette page" in unescape(page.content.decode())
    # Every link of a page that is shown as of today leads to today.
    assert "/au/" not in page.content.decode()


def test_pages_of_today_alone_are_opened_as_of_today(world, story):
    client = client_of(world.referent)
    with clock.at(TODAY):
        answer = client.get(f"/au/{on(20)}/dossiers/{story.pathway.pk}/fait/note/")
        assert answer.url == f"/dossiers/{story.pathway.pk}/fait/note/"
        assert client.get(f"/au/{on(20)}/").url == "/"


# ---- rights


def test_rights_are_those_of_today(world, story):
    other = World.make()
    path = f"/dossiers/{story.pathway.pk}/"
    assert read(client_of(other.referent), path, on(20)).status_code == 404
    assert read(client_of(world.actors[Role.REGION_OFFICER]), path, on(20)).status_code == 403
    assert "Kermadec" not in read(client_of(other.manager), "/dossiers/", on(20)).content.decode()
    with clock.at(TODAY):
        anonymous = Client().get(f"/au/{on(20)}{path}")
    assert anonymous.status_code == 302
    assert anonymous.url.startswith("/connexion/")


def test_a_provider_reads_in_the_past_nothing_that_is_closed_today(world):
    story = world.story("Kermadec")
    story.tell("submit", on(5))
    with clock.at(on(30)):
        annul(story.pathway.events.get(kind="submit").pk, world.referent, comment="Mauvaise personne.")
    provider = client_of(world.provider)
    path = f"/dossiers/{story.pathway.pk}/"
    assert read(provider, path).status_code == 404
    assert read(provider, path, on(20), on(20)).status_code == 404
    for page in ("/dossiers/", "/candidats/", f"/sessions/{story.prescription.session_id}/"):
        assert "Kermadec" not in read(provider, page, on(20), on(20)).content.decode()
    # The référent does read what was then known.
    assert "« Prescrit »" in shown(read(client_of(world.referent), path, on(20), on(20)))


def test_a_provider_reads_of_a_person_only_from_the_request_on(world, story):
    page = read(client_of(world.provider), f"/dossiers/{story.pathway.pk}/", on(2))
    assert "vous n'aviez encore rien à lire sur cette personne" in unescape(page.content.decode())
    assert read(client_of(world.provider), "/dossiers/", on(2)).status_code == 200


# ---- nothing stays


def tables_before_the_real_ones() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        return [name for (name,) in cursor.fetchall()]


def test_nothing_stays_of_a_reading_but_its_line_in_the_log(world, story):
    def everything():
        return (
            list(Event.objects.order_by("pk").values()),
            list(Pathway.objects.order_by("pk").values()),
            list(Prescription.objects.order_by("pk").values()),
            list(Session.objects.order_by("pk").values()),
        )

    before = everything()
    for path in (f"/dossiers/{story.pathway.pk}/", "/dossiers/", "/dossiers/export/", "/sortants/"):
        page = read(client_of(world.referent), path, on(20), on(20))
        assert b"".join(page if page.streaming else [page.content])
    assert everything() == before
    assert tables_before_the_real_ones() == []
    logged = FileAccess.objects.get()
    assert logged.page == f"dossier au {on(20):%d/%m/%Y}"
    assert logged.read_at.date() == TODAY


def test_an_export_is_of_the_reading_and_says_so(world, story):
    answer = read(client_of(world.referent), "/dossiers/export/", on(20), on(25))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        text = unescape("".join(book.read(name).decode() for name in book.namelist()))
    assert "Retenu" in text
    assert "En formation" not in text
    assert f"{on(25):%d/%m/%Y}" in text
    assert "Lu au" in text
    assert f"{TODAY:%d/%m/%Y}" in text  # exported today


def test_a_reading_of_what_was_known_never_changes(world, story):
    client = client_of(world.referent)
    addresses = [
        f"/dossiers/{story.pathway.pk}/",
        "/dossiers/",
        f"/sessions/{story.prescription.session_id}/",
    ]

    def pages():
        return [shown(read(client, path, on(65), on(65))) for path in addresses]

    before = pages()
    with clock.at(on(70)):
        correct(
            story.pathway.events.get(kind="admit").pk, world.provider, comment="Le 12.", occurred_on=on(12)
        )
        annul(story.pathway.events.get(kind="enter").pk, world.provider, comment="Pas venu.")
    story.tell("no_show", on(71))
    assert pages() == before
    assert shown(read(client, addresses[0], on(65))) != before[0]
