"""The coming meetings of a session, where somebody is convened to one."""

import pytest

from pathways.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(world):
    story = world.story("Amrani", world.session())
    story.tell("submit")
    return story


def form_of(login, story):
    url = f"/dossiers/{story.pathway.pk}/fait/convene/?prescription={story.prescription.pk}"
    return login(Role.PROVIDER).get(url)


def test_convening_starts_from_the_next_meeting_of_the_session_asked_for(world, login, asked):
    for day, place in (("2026-02-20", ""), ("2026-02-13", "Salle 2"), ("2026-01-20", "Passée")):
        asked.prescription.session.meetings.create(
            kind="information", held_on=day, starts_at="09:30", place=place
        )
    asked.prescription.session.meetings.create(kind="commission", held_on="2026-02-10")
    world.session().meetings.create(kind="information", held_on="2026-02-11")
    form = form_of(login, asked).context["form"]
    day, place = form["detail_convened_for"], form["detail_place"]
    assert (str(day.value()), place.value()) == ("2026-02-13", "Salle 2 à 9 h 30")
    assert "Annoncées : 13/02/2026 à 9 h 30 ; 20/02/2026 à 9 h 30." in day.help_text


def test_a_session_without_a_coming_meeting_says_so(login, asked):
    assert "Aucune information collective à venir" in form_of(login, asked).content.decode()
