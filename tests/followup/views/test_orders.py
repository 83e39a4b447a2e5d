"""« Commande publique »: figures from the facts, the Région's entries with their history, the export."""

import html
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from config import clock
from followup.orders.figures import lines, years
from pathways import parameters
from pathways.enums import Role
from prescriptions.models import Commitment
from tests.factories import FIRST_DAY, World
from tests.readable import sheet_rows

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
YEAR = FIRST_DAY.year


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world(db):
    return World.make()


@pytest.fixture
def client_of(world):
    def opened(role):
        client = Client()
        client.force_login(world.actors[role].user)
        return client

    return opened


def left(world, session, *, job=True):
    """Somebody who entered the session, left it at its end, and found a job or not."""
    story = world.story(session=session)
    opening = session.starts_on
    for kind, day in (
        ("submit", FIRST_DAY + timedelta(2)),
        ("admit", FIRST_DAY + timedelta(10)),
        ("register", FIRST_DAY + timedelta(40)),
        ("enter", opening),
        ("complete", session.ends_on),
    ):
        story.tell(kind, day)
    if job:
        story.tell("employ", session.ends_on + timedelta(30))
    return story


def text_of(answer):
    return html.unescape(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def commit(world, session, **fields):
    by = world.actors[Role.REGION_OFFICER].user
    return Commitment.objects.create(
        session=session, **{"year": YEAR, "places": 10, "recorded_by": by, **fields}
    )


def test_the_facts_make_the_figures(world):
    session = world.session(price=Decimal("1200.00"))
    left(world, session)
    left(world, session, job=False)
    assert lines(YEAR) == []  # the programme is not the order
    commit(world, session)
    (line,) = lines(YEAR)
    assert (line.places, line.committed, line.entries, line.consumed) == (10, 12_000, 2, 2_400)
    assert (line.exits, line.jobs, line.is_over) == (2, 1, True)
    # The scheme is the first that surely pays: without a Formacode, none.
    assert line.scheme == "Non renseigné"
    assert YEAR in years()


def test_the_region_commits_a_session_changes_it_and_takes_it_back(world, client_of):
    session = world.session()
    region = client_of(Role.REGION_OFFICER)
    assert "1 session du programme régional" in text_of(region.get(f"/commande-publique/?annee={YEAR}"))
    typed = {"year": YEAR, "places": "12", "price_per_place": "1500", "scheme": "", "note": "BOP 104"}
    assert region.post(f"/commande-publique/sessions/{session.pk}/", typed).status_code == 302
    page = text_of(client_of(Role.DEPARTMENT_MANAGER).get(f"/commande-publique/?annee={YEAR}"))
    assert "18 000 €" in page
    assert "4 % de la commande" in page
    assert "Engager" not in page
    region.post(
        f"/commande-publique/sessions/{session.pk}/", {**typed, "places": "10", "price_per_place": ""}
    )
    order = Commitment.objects.get(session=session)
    assert order.history.count() == 2
    assert order.history.first().history_user == world.actors[Role.REGION_OFFICER].user
    assert "1 ligne sans prix" in text_of(region.get(f"/commande-publique/?annee={YEAR}"))
    region.post(f"/commande-publique/{order.pk}/retirer/")
    assert lines(YEAR) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"places": ""}, "places commandées"),
        ({"price_per_place": "-1"}, "supérieur"),
        ({"year": "18"}, "une année"),
    ],
)
def test_a_wrong_entry_is_told_and_kept(world, client_of, typed, told):
    session = world.session()
    sent = {
        "year": YEAR,
        "places": "12",
        "price_per_place": "1500",
        "scheme": "",
        "note": "Marché 7",
        **typed,
    }
    answer = client_of(Role.REGION_OFFICER).post(f"/commande-publique/sessions/{session.pk}/", sent)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "Marché 7" in text_of(answer)
    assert not Commitment.objects.exists()


def test_a_lot_counts_before_its_sessions(world, client_of):
    region = client_of(Role.REGION_OFFICER)
    typed = {"lot": "Lot 3, bâtiment", "year": YEAR, "places": "30", "price_per_place": "", "scheme": ""}
    assert region.post("/commande-publique/lots/nouveau/", typed).status_code == 302
    page = text_of(region.get(f"/commande-publique/?annee={YEAR}"))
    assert "Lot 3, bâtiment" in page
    assert "non renseigné" in page
    refused = region.post("/commande-publique/lots/nouveau/", {**typed, "lot": ""})
    assert (refused.status_code, "« lot »" in text_of(refused)) == (422, True)


def test_the_amount_is_a_dated_parameter_of_each_year(world, client_of):
    region = client_of(Role.REGION_OFFICER)
    page = text_of(region.get(f"/commande-publique/?annee={YEAR}"))
    assert "500 000 €" in page
    parameters.choose(
        "yearly_order", 600_000, date(YEAR + 1, 1, 1), "Vote", world.actors[Role.REGION_OFFICER]
    )
    assert "500 000 €" in text_of(region.get(f"/commande-publique/?annee={YEAR}"))
    with clock.at(date(YEAR + 1, 2, 1)):
        assert "600 000 €" in text_of(region.get("/commande-publique/"))


def test_the_export_says_how_it_is_counted_and_hides_as_the_page(world, client_of):
    session = world.session(price=Decimal("1200.00"))
    left(world, session)
    commit(world, session)
    answer = client_of(Role.REGION_OFFICER).get(f"/commande-publique/export/?annee={YEAR}")
    rows = sheet_rows(answer)
    total = rows[1]
    assert (total[0], float(total[5]), int(total[6]), total[10]) == ("Ensemble", 12_000, 1, "masqué")
