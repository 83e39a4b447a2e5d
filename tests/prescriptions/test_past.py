"""The offer and its figures in a reading of the past: seats held, ranks, what was declared."""

from datetime import date, timedelta

import pytest
from django.test import Client

from config import clock
from config.ui.dates import day_long
from pathways.corrections import annul
from pathways.enums import Role
from prescriptions.models import Session
from tests.factories import FIRST_DAY, World
from tests.pathways.reading.words import words_of

pytestmark = pytest.mark.django_db
TODAY = FIRST_DAY + timedelta(days=100)


def on(days: int) -> date:
    return FIRST_DAY + timedelta(days=days)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def session(world):
    """Three people: retained on day 10 (taken back on day 30), retained on day 20, waiting since day 12."""
    session = world.session(capacity=4, starts_on=on(60))
    first, second, third = (world.story(f"Kermadec{name}", session) for name in "ABC")
    for story in (first, second, third):
        story.tell("submit", on(5))
    first.tell("admit", on(10))
    second.tell("admit", on(20))
    third.tell("waitlist", on(12))
    with clock.at(on(30)):
        annul(first.pathway.events.get(kind="admit").pk, world.provider, comment="Pas elle.")
    first.tell("waitlist", on(31))
    return session


def read(actor, path: str, day: date | None = None, known: date | None = None):
    client = Client()
    client.force_login(actor.user)
    prefix = (f"/au/{day}" if day else "") + (f"/connu/{known}" if known else "")
    with clock.at(TODAY):
        return client.get(prefix + path)


def test_the_board_counts_the_seats_held_on_the_day(world, session):
    region = world.actors[Role.REGION_OFFICER]
    board = "/places/?fenetre=60"
    assert "1 tenue sur 4" in words_of(read(region, board, on(15), on(15)))
    assert "2 tenues sur 4" in words_of(read(region, board, on(25), on(25)))
    assert "1 tenue sur 4" in words_of(read(region, board, on(25)))


def test_figures_that_a_correction_changed_are_told_side_by_side(world, session):
    page = read(world.actors[Role.REGION_OFFICER], "/places/?fenetre=60", on(25), on(25))
    control = " ".join(page.content.decode().split("reading-figures")[1].split("</details>")[0].split())
    assert '<th scope="row">Places tenues</th>' in control
    assert control.index(">2</td>") < control.index(">1</td>")
    # The Région is told how many facts, and never which.
    assert "1 fait appris depuis, dont 1 correction" in page.content.decode().replace("\u00a0", " ")
    assert "appris=1" not in page.content.decode()
    listed = read(world.actors[Role.REGION_OFFICER], "/places/?appris=1", on(25), on(25))
    assert listed.status_code == 403


def test_ranks_are_those_of_the_day_and_count_people_who_are_not_shown(world, session):
    candidates = words_of(read(world.provider, f"/candidats/?session={session.pk}", on(40)))
    assert "KermadecC Camille" in candidates
    assert candidates.index("rang 1") < candidates.index("rang 2")
    third = session.prescriptions.order_by("pk").last()
    file = words_of(read(world.referent, f"/dossiers/{third.pathway_id}/", on(40)))
    assert "rang 1 : en attente depuis le" in file


def test_a_session_is_shown_as_it_was_declared_by_then(world, session):
    with clock.at(on(50)):
        changed = Session.objects.get(pk=session.pk)
        changed.capacity, changed._history_date = 8, clock.now()
        changed.save()
    session.history.filter(capacity=4).update(history_date=clock.now() - timedelta(days=3650))
    path = f"/sessions/{session.pk}/"
    assert "sur 4" in words_of(read(world.referent, path, on(40), on(40)))
    assert "sur 8" in words_of(read(world.referent, path, on(40)))


def test_a_session_is_cancelled_only_once_it_had_been(world, session):
    Session.objects.filter(pk=session.pk).update(cancelled_on=on(45))
    path = f"/sessions/{session.pk}/"
    assert "Cette session est annulée" in words_of(read(world.referent, path))
    assert "Cette session est annulée" in words_of(read(world.referent, path, on(45)))
    assert "Cette session est annulée" not in words_of(read(world.referent, path, on(44)))


def test_candidates_of_the_past_cannot_be_ticked(world, session):
    page = read(world.provider, "/candidats/", on(25)).content.decode()
    assert 'type="checkbox"' not in page
    assert 'type="checkbox"' in read(world.provider, "/candidats/").content.decode()


def test_meetings_are_those_announced_by_then(world, session):
    with clock.at(on(20)):
        session.meetings.create(kind="information", held_on=on(55))
    with clock.at(on(50)):
        session.meetings.update(withdrawn_at=clock.now())
        session.meetings.create(kind="information", held_on=on(58))
    path, then, now = f"/sessions/{session.pk}/", day_long(on(55)), day_long(on(58))
    assert then in (page := words_of(read(world.referent, path, on(40), on(40))))
    assert now not in page
    assert now in (page := words_of(read(world.referent, path, on(40))))
    assert then not in page
    assert "Aucune information collective ni commission à venir" in words_of(
        read(world.referent, path, on(10), on(10))
    )
