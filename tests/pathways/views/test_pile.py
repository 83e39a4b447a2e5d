"""Ma pile du jour."""

from datetime import timedelta

import pytest

from config import clock
from notifications.services import detect
from pathways.enums import Role
from tests.factories import FIRST_DAY


def without_draft(story):
    """Somebody for whom nobody has begun to write a prescription."""
    story.prescription.delete()


def test_somebody_soon_late_without_prescription_is_a_line(world, as_role, text_of):
    without_draft(world.story("Amrani"))
    with clock.at(FIRST_DAY + timedelta(15)):
        page = text_of(as_role(Role.REFERENT).get("/"))
    assert "1 décision attendue, aucune en retard" in page
    assert "Camille Amrani" in page
    assert "Depuis 15 j à « Identifié » (attendu : 21 j). Il manque : une prescription" in page
    assert "Noter un échange" in page


def test_nobody_is_a_line_while_there_is_time(world, as_role, text_of):
    without_draft(world.story("Amrani"))
    with clock.at(FIRST_DAY + timedelta(5)):
        page = text_of(as_role(Role.REFERENT).get("/"))
    assert "Rien à faire" in page
    assert "Amrani" not in page


def test_the_most_urgent_comes_first_and_counts_cover_what_a_filter_hides(world, as_role, text_of):
    late = world.story("Retard")
    late.tell("submit", FIRST_DAY + timedelta(1))
    with clock.at(FIRST_DAY + timedelta(20)):
        without_draft(world.story("Bientôt"))
        detect()
        client = as_role(Role.REFERENT)
        whole = text_of(client.get("/"))
        filtered = text_of(client.get("/", {"categorie": "blocages"}))
    assert "2 décisions attendues, dont 1 en retard" in whole
    assert whole.index("Camille Retard") < whole.index("Camille Bientôt")
    assert "Depuis 19 j à « Prescrit » (attendu : 14 j). Il manque : une réponse de l'organisme" in whole
    assert "Bientôt" not in filtered
    assert "Tout 2" in filtered


def test_the_people_of_another_pole_are_not_in_the_pile(world, elsewhere, log_in, text_of):
    world.story("Amrani")
    with clock.at(FIRST_DAY + timedelta(15)):
        assert "Amrani" not in text_of(log_in(elsewhere.referent).get("/"))


@pytest.mark.parametrize("role", [Role.COMMITTEE_MEMBER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_roles_on_whom_nothing_waits_are_told_what_they_have(as_role, text_of, role):
    assert "Rien à faire de votre part" in text_of(as_role(role).get("/"))


def test_a_user_without_running_membership_opens_nothing(client, db):
    from pathways.models import User

    client.force_login(User.objects.create_user("seule@exemple.invalid", "mot-de-passe-long"))
    assert client.get("/").status_code == 403


def test_the_number_of_queries_does_not_follow_the_number_of_lines(world, as_role, queries_of):
    client = as_role(Role.REFERENT)
    with clock.at(FIRST_DAY + timedelta(15)):
        session = world.session()
        world.story("Amrani", session=session)
        one = queries_of(lambda: client.get("/"))
        for n in range(8):
            world.story(f"Personne {n}", session=session)
        assert queries_of(lambda: client.get("/")) == one
