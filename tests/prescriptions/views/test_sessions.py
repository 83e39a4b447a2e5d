"""Finding a session: by job, place and date; who sees what of it; choosing for a person."""

from datetime import timedelta
from io import BytesIO

import pytest

from pathways.enums import Role
from pathways.models import Commune
from prescriptions.enums import EntryMode
from prescriptions.forms import SessionFilters
from prescriptions.models import Prescription
from prescriptions.session_list import sessions, sort_of
from prescriptions.whereabouts import find_place
from tests.factories import FIRST_DAY, World

from .conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns(world):
    """Marseille, Aubagne (15 km to the east) and Arles (70 km to the west)."""
    found = {
        "Marseille": ("13055", 43.2965, 5.3698),
        "Aubagne": ("13005", 43.2927, 5.5703),
        "Arles": ("13004", 43.6767, 4.6278),
        "Éguilles": ("13032", 43.5694, 5.3569),
    }
    return {
        name: Commune.objects.create(
            insee_code=code,
            name=name,
            postal_codes=[code],
            area=world.area,
            latitude=latitude,
            longitude=longitude,
        )
        for name, (code, latitude, longitude) in found.items()
    }


def place_at(session, town, title=""):
    session.action.city, session.action.commune = town.name, town
    session.action.save()
    if title:
        session.title = title
    session.save()
    return session


def found_by(actor, **asked):
    filters = SessionFilters(asked)
    rows = sessions(actor, filters)
    _, sort = sort_of(filters, asked.get("tri", ""))
    return list(rows.order_by(*sort.order()))


# ---- what is found


def test_a_job_is_found_without_accents_by_rome_code_provider_or_town(world, towns):
    session = place_at(world.session(), towns["Éguilles"])
    place_at(world.session(), towns["Arles"], title="Soudeur")
    for words in ("maçon", "MACON", "eguilles", f"macon {world.provider.organisation.name.lower()}"):
        assert found_by(world.referent, metier=words) == [session], words
    assert len(found_by(world.referent, metier="f1703")) == 2


def test_distances_are_measured_and_the_nearest_comes_first(world, towns):
    near = place_at(world.session(), towns["Aubagne"])
    far = place_at(world.session(starts_on=TODAY + timedelta(days=1)), towns["Arles"])
    assert found_by(world.referent, lieu="marseille") == [near, far]
    (only,) = found_by(world.referent, lieu="13055", rayon="30")
    assert only == near
    assert 15_500 < only.distance < 17_000  # metres between the two town halls, as the crow flies


def test_the_premises_count_before_the_centre_of_the_town(world, towns):
    session = place_at(world.session(), towns["Arles"])
    session.action.latitude, session.action.longitude = 43.2965, 5.3698
    session.action.save()
    assert found_by(world.referent, lieu="Marseille")[0].distance == 0


def test_a_session_without_coordinates_is_kept_in_its_bassin_and_says_so(world, towns, login):
    session = world.session()
    assert found_by(world.referent, lieu="Marseille", rayon="10") == [session]
    page = login(Role.REFERENT).get("/sessions/", {"lieu": "Marseille", "rayon": "10"})
    assert "inconnue" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("eguilles", "Éguilles"),
        ("MARS", "Marseille"),
        ("13005", "Aubagne"),
        ("  ", None),
        ("Atlantide", "Atlantide"),
    ],
)
def test_a_place_is_understood_by_name_start_or_code(world, towns, typed, understood):
    place = find_place(typed)
    assert (place.label if place else None) == understood


def test_periods_and_windows(world):
    coming = world.session()
    permanent = world.session(starts_on=FIRST_DAY)
    permanent.action.entry_mode = EntryMode.PERMANENT
    permanent.action.save()
    running = world.session(starts_on=FIRST_DAY)
    over = world.session(starts_on=FIRST_DAY - timedelta(days=90), ends_on=FIRST_DAY)
    cancelled = world.session(cancelled_on=FIRST_DAY)

    def ids(**asked):
        return {session.pk for session in found_by(world.referent, **asked)}

    assert ids() == {coming.pk, permanent.pk}
    assert ids(periode="en-cours") == {permanent.pk, running.pk}
    assert ids(periode="terminees") == {over.pk}
    assert ids(periode="annulees") == {cancelled.pk}
    assert len(ids(periode="toutes")) == 5
    assert ids(du=str(coming.starts_on), au=str(coming.starts_on)) == {coming.pk}


def test_only_free_places_and_only_the_programme(world):
    full, free = world.session(capacity=0), world.session()
    elsewhere = world.session()
    elsewhere.is_regional = False
    elsewhere.save()
    assert found_by(world.referent, libres="on") == [free, elsewhere]
    assert found_by(world.referent, region="on") == [full, free]


def test_a_wrong_date_is_told_and_filters_nothing(world, login):
    world.session()
    page = login(Role.REFERENT).get("/sessions/", {"du": "31/02/2026"})
    text = page.content.decode()
    assert "Saisissez une date qui existe" in text
    assert page.context["total"] == 1


# ---- pages, export


def test_pages_follow_one_another_without_loss(world, login):
    made = [world.session(starts_on=TODAY + timedelta(days=n // 3)).pk for n in range(60)]
    client, url, read = login(Role.REFERENT), "/sessions/?tri=ouverture", []
    while url:
        page = client.get(url)
        read += [line["session"].pk for line in page.context["lines"]]
        url = page.context["next_url"] and "/sessions/" + page.context["next_url"]
    assert read == made


def test_the_export_is_what_is_shown(world, login):
    from zipfile import ZipFile

    world.session()
    place = world.session()
    place.title = "=Soudeur"
    place.save()
    answer = login(Role.REGION_OFFICER).get("/sessions/export/", {"metier": "soudeur"})
    content = b"".join(answer.streaming_content)
    answer.close()
    strings = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "=Soudeur" in strings
    assert "<f>" not in strings  # a title is never a formula
    assert "Maçon" not in strings


def test_unknown_recruitment_is_said_unknown_never_open(world, login):
    world.session()
    text = login(Role.ADVISOR).get("/sessions/").content.decode()
    assert "Recrutement non renseigné" in text
    assert "Recrutement ouvert" not in text


def test_a_provider_sees_only_its_own_sessions(world, login, colleague):
    from tests.factories import session

    own, foreign = world.session(), session(colleague.organisation)
    page = login(Role.PROVIDER).get("/sessions/")
    assert [line["session"] for line in page.context["lines"]] == [own]
    assert login(Role.PROVIDER).get(f"/sessions/{foreign.pk}/").status_code == 404


# ---- choosing for a person


def test_each_line_prescribes_or_says_why_not(world, login):
    story = world.story("Amrani", world.session())
    story.tell("submit")
    closed = world.session(registration_ends_on=TODAY - timedelta(days=1))
    free = world.session()
    page = login(Role.REFERENT).get("/sessions/", {"dossier": story.pathway.pk})
    told = {line["session"].pk: line for line in page.context["lines"]}
    assert told[story.prescription.session_id]["refusal"].code == "already_prescribed"
    assert told[closed.pk]["refusal"].code == "session_closed"
    assert told[free.pk]["prescribe_url"] == f"/dossiers/{story.pathway.pk}/prescrire/?session={free.pk}"
    text = page.content.decode()
    assert "déjà en cours" in text
    assert "Choisissez une autre session." in text


def test_the_list_for_a_person_costs_the_same_for_two_sessions_or_twenty(
    world, login, django_assert_max_num_queries
):
    story = world.story("Amrani", world.session())
    for _ in range(20):
        world.session()
    client = login(Role.REFERENT)
    with django_assert_max_num_queries(22):
        assert len(client.get("/sessions/", {"dossier": story.pathway.pk}).context["lines"]) == 21


def test_somebody_elses_person_is_not_found(world, login, other):
    stranger = other.story("Inconnu")
    assert login(Role.REFERENT).get("/sessions/", {"dossier": stranger.pathway.pk}).status_code == 404
    assert login(Role.REFERENT).get("/sessions/", {"dossier": "1x"}).status_code == 404


def test_committee_members_have_no_access(world, login):
    assert login(Role.COMMITTEE_MEMBER).get("/sessions/").status_code == 403


# ---- one session


def test_each_role_reads_the_candidates_it_may_know(world, login, other):
    session = world.session()
    mine, theirs = world.story("Amrani", session), other.story("Zidane", session)
    for story in (mine, theirs):
        story.tell("submit")
    pages = {
        role: login(role).get(f"/sessions/{session.pk}/").content.decode()
        for role in (Role.REFERENT, Role.ADVISOR, Role.PROVIDER, Role.REGION_OFFICER)
    }
    for role, seen in {
        Role.REFERENT: {"Amrani"},
        Role.ADVISOR: {"Amrani"},
        Role.PROVIDER: {"Amrani", "Zidane"},
        Role.REGION_OFFICER: set(),
    }.items():
        assert {name for name in ("Amrani", "Zidane") if name in pages[role]} == seen, role
        assert "2 candidatures en cours" in pages[role].replace("\xa0", " "), role


def test_what_is_missing_is_told(world, login):
    session = world.session(capacity=None)
    text = login(Role.REFERENT).get(f"/sessions/{session.pk}/").content.decode()
    assert "Le nombre de places n&#x27;est pas renseigné" in text
    assert "Aucune information collective n&#x27;est annoncée." in text


def test_the_waiting_list_shows_its_order_and_its_rule(world, login):
    session = world.session()
    second, first = world.story("Second", session), world.story("Premier", session)
    for story, day in ((second, 5), (first, 3)):
        story.tell("submit")
        story.tell("waitlist", FIRST_DAY + timedelta(days=day))
    page = login(Role.PROVIDER).get(f"/sessions/{session.pk}/")
    shown = [(line["person"].last_name, line["detail"].split(" :")[0]) for line in page.context["candidates"]]
    assert shown == [("Premier", "rang 1"), ("Second", "rang 2")]
    assert "puis l&#x27;ancienneté sur la liste" in page.content.decode()


def test_drafts_stay_with_the_department(world, login):
    session = world.session()
    world.story("Amrani", session)
    assert Prescription.objects.count() == 1
    assert "Amrani" not in login(Role.PROVIDER).get(f"/sessions/{session.pk}/").content.decode()


def test_other_departments_do_not_see_each_other(world, login):
    session = world.session()
    story = world.story("Amrani", session)
    story.tell("submit")
    foreign = World.make()
    text = login(foreign.manager).get(f"/sessions/{session.pk}/").content.decode()
    assert "Amrani" not in text
