"""A provider's candidates: the list, several at once, presences on one screen."""

from datetime import timedelta

import pytest

from pathways.enums import Role
from pathways.models import Event, RsaSituation
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription
from tests.factories import FIRST_DAY

from .conftest import TODAY

pytestmark = pytest.mark.django_db
P = PrescriptionState
TOGETHER = "/dossiers/ensemble/"


@pytest.fixture
def session(world):
    return world.session(capacity=2)


@pytest.fixture
def asked(world, session):
    """Three people prescribed into a session of two seats."""
    stories = [world.story(name, session) for name in ("Amrani", "Bellil", "Cohen")]
    for story in stories:
        story.tell("submit")
    return stories


def states(stories):
    return [story.refresh().prescription.state for story in stories]


def rows(stories):
    return [f"s{story.prescription.pk}" for story in stories]


def send(client, kind, stories, **fields):
    """Open the form for several people, then send it as it was shown, with `fields` typed."""
    shown = client.post(TOGETHER, {"kind": kind, "rows": rows(stories)})
    key = shown.context["form"].initial["key"]
    return client.post(
        TOGETHER,
        {
            "kind": kind,
            "rows": rows(stories),
            "key": key,
            "confirm": "1",
            "suite": "/candidats/",
            "occurred_on": str(TODAY),
            **fields,
        },
    )


# ---- the list


def test_candidates_come_by_session_then_by_state(world, login, asked, session):
    asked[2].tell("waitlist")
    later = world.story("Diallo", world.session(starts_on=session.starts_on + timedelta(days=9)))
    later.tell("submit")
    page = login(Role.PROVIDER).get("/candidats/")
    shown = [[line["person"].last_name for line in block["lines"]] for block in page.context["blocks"]]
    assert shown == [["Amrani", "Bellil", "Cohen"], ["Diallo"]]
    assert page.context["total"] == 4


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"etape": "attente"}, ["Cohen"]),
        ({"etape": "a-traiter"}, ["Amrani", "Bellil"]),
        ({"nom": "bellîl"}, ["Bellil"]),
        ({"etape": "entres"}, []),
        ({"etape": "n-importe-quoi"}, ["Amrani", "Bellil", "Cohen"]),
    ],
)
def test_filters(login, asked, query, names):
    asked[2].tell("waitlist")
    page = login(Role.PROVIDER).get("/candidats/", query)
    shown = [line["person"].last_name for block in page.context["blocks"] for line in block["lines"]]
    assert shown == names


def test_a_provider_reads_no_rsa_data_and_no_notes(world, login, asked, session):
    RsaSituation.objects.create(
        beneficiary=asked[0].pathway.beneficiary,
        entered_on=FIRST_DAY,
        right_state="2",
        suspension_reason="41",
    )
    asked[0].tell("note", comment="Propos confidentiel.")
    client = login(Role.PROVIDER)
    for url in ("/candidats/", f"/sessions/{session.pk}/", f"/dossiers/{asked[0].pathway.pk}/", "/"):
        text = client.get(url).content.decode()
        assert "Amrani" in text, url
        assert "RSA" not in text, url
        assert "Propos confidentiel" not in text, url


def test_another_provider_sees_nothing_of_them(world, login, asked, session, colleague):
    client = login(colleague)
    assert client.get("/candidats/").context["total"] == 0
    assert client.post(TOGETHER, {"kind": "admit", "rows": rows(asked)}).status_code == 404
    assert client.get(f"/sessions/{session.pk}/information-collective/").status_code == 404


@pytest.mark.parametrize("role", [Role.REFERENT, Role.ADVISOR, Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER])
def test_only_providers_have_candidates(login, asked, session, role):
    client = login(role)
    assert client.get("/candidats/").status_code == 403
    assert client.post(TOGETHER, {"kind": "admit", "rows": rows(asked)}).status_code == 403
    assert client.get(f"/sessions/{session.pk}/information-collective/").status_code == 403


def test_a_full_session_says_why_nobody_more_can_be_admitted(login, asked):
    asked[0].tell("admit")
    asked[1].tell("admit")
    page = login(Role.PROVIDER).get("/candidats/", {"etape": "a-traiter"})
    text = page.content.decode()
    assert "Les 2 places de la session sont prises." in text
    assert "liste d&#x27;attente, ou refusez en proposant une autre session" in text


def test_the_list_costs_the_same_for_three_people_or_thirty(
    world, login, session, django_assert_max_num_queries
):
    for n in range(30):
        world.story(f"Personne{n}", session).tell("submit")
    client = login(Role.PROVIDER)
    with django_assert_max_num_queries(25):
        assert client.get("/candidats/").context["total"] == 30


# ---- several at once


def test_several_people_are_convened_to_one_day_and_place(login, asked):
    answer = send(
        login(Role.PROVIDER),
        "convene",
        asked,
        detail_convened_for=str(TODAY + timedelta(days=8)),
        detail_place="12 rue des Alpes, 9 h",
    )
    assert answer.url == "/candidats/"
    assert states(asked) == [P.CONVENED] * 3
    payloads = Event.objects.filter(kind="convene").values_list("payload", flat=True)
    assert {payload["place"] for payload in payloads} == {"12 rue des Alpes, 9 h"}
    assert {s.prescription.convened_for for s in asked} == {TODAY + timedelta(days=8)}


def test_a_day_that_is_missing_or_past_is_told_and_convenes_nobody(login, asked):
    client = login(Role.PROVIDER)
    answer = send(client, "convene", asked, detail_place="Ici")
    assert answer.status_code == 422
    assert "Saisissez le jour" in answer.content.decode()
    answer = send(client, "convene", asked, detail_convened_for=str(TODAY - timedelta(days=1)))
    assert answer.status_code == 422
    assert [refusal.code for _, refusal in answer.context["refused"]] == ["convened_before"] * 3
    assert states(asked) == [P.SUBMITTED] * 3


def test_the_last_seat_goes_to_one_and_the_page_says_why_the_others_wait(login, asked):
    answer = send(login(Role.PROVIDER), "admit", asked)
    assert answer.status_code == 422
    assert states(asked) == [P.ADMITTED, P.ADMITTED, P.SUBMITTED]
    text = answer.content.decode()
    assert "Les 2 places de la session sont prises." in text
    assert [line.pathway.beneficiary.last_name for line in answer.context["people"].lines] == ["Cohen"]


def test_sending_twice_records_once(login, asked):
    client = login(Role.PROVIDER)
    shown = client.post(TOGETHER, {"kind": "waitlist", "rows": rows(asked)})
    sent = {
        "kind": "waitlist",
        "rows": rows(asked),
        "key": shown.context["form"].initial["key"],
        "confirm": "1",
        "occurred_on": str(TODAY),
    }
    assert [client.post(TOGETHER, sent).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="waitlist").count() == 3


def test_the_aes_of_several_people_carry_the_day_of_entry(world, login):
    session = world.session(starts_on=TODAY - timedelta(days=3))
    stories = [world.story(name, session) for name in ("Amrani", "Bellil")]
    for story in stories:
        for kind in ("submit", "admit", "register"):
            story.tell(kind)
    send(login(Role.PROVIDER), "enter", stories, occurred_on=str(TODAY - timedelta(days=3)))
    assert states(stories) == [P.ENTERED] * 2
    assert {story.prescription.entered_on for story in stories} == {TODAY - timedelta(days=3)}


@pytest.mark.parametrize("kind", ["refuse", "withdraw", "cancel_session", "employ", ""])
def test_what_needs_its_own_reason_is_not_done_together(login, asked, kind):
    """A refusal is told one by one, with its own reason and next step."""
    answer = login(Role.PROVIDER).post(TOGETHER, {"kind": kind, "rows": rows(asked)})
    assert answer.status_code == 404


def test_nobody_ticked(login, asked):
    answer = login(Role.PROVIDER).post(TOGETHER, {"kind": "admit", "suite": "/candidats/?etape=attente"})
    assert answer.url == "/candidats/?etape=attente"
    answer = login(Role.PROVIDER).post(TOGETHER, {"kind": "admit", "suite": "//ailleurs.example/"})
    assert answer.url == "/"


# ---- presences


@pytest.fixture
def convened(asked):
    day = TODAY - timedelta(days=2)
    for story in asked:
        story.tell("convene", payload={"convened_for": str(day)})
    return asked


def test_who_came_is_said_on_one_screen(login, convened, session):
    url = f"/sessions/{session.pk}/information-collective/"
    client = login(Role.PROVIDER)
    key = client.get(url).context["key"]
    a, b, c = (story.prescription.pk for story in convened)
    answer = client.post(url, {"key": key, f"p-{a}": "attend", f"p-{b}": "miss"})
    assert answer.url == f"/sessions/{session.pk}/"
    assert states(convened) == [P.ATTENDED, P.ABSENT, P.CONVENED]
    assert convened[0].prescription.attended_on == TODAY - timedelta(days=2)
    assert [line["prescription"].pk for line in client.get(url).context["days"][0]["lines"]] == [c]


def test_all_present_except_those_ticked_absent(login, convened, session):
    url = f"/sessions/{session.pk}/information-collective/"
    answer = login(Role.PROVIDER).post(
        url, {"key": "k", "fill": "P", f"p-{convened[1].prescription.pk}": "miss"}
    )
    assert answer.status_code == 302
    assert states(convened) == [P.ATTENDED, P.ABSENT, P.ATTENDED]


def test_nothing_said_records_nothing(login, convened, session):
    url = f"/sessions/{session.pk}/information-collective/"
    answer = login(Role.PROVIDER).post(url, {"key": "k"})
    assert "Indiquez qui est venu" in answer.content.decode()
    answer = login(Role.PROVIDER).post(url, {"key": "k", f"p-{convened[0].prescription.pk}": "refuse"})
    assert states(convened) == [P.CONVENED] * 3


def test_a_meeting_still_ahead_is_not_shown(login, asked, session):
    asked[0].tell("convene", payload={"convened_for": str(TODAY + timedelta(days=1))})
    page = login(Role.PROVIDER).get(f"/sessions/{session.pk}/information-collective/")
    assert page.context["days"] == []
    assert "pour un jour à venir" in page.content.decode()


def test_the_refusal_of_one_person_goes_through_its_own_form(login, asked):
    story = asked[0]
    page = login(Role.PROVIDER).get("/candidats/")
    urls = [action["url"] for line in page.context["blocks"][0]["lines"] for action in line["more"]]
    url = next(url for url in urls if f"/dossiers/{story.pathway.pk}/fait/refuse/" in url)
    answer = login(Role.PROVIDER).post(
        url,
        {
            "occurred_on": str(TODAY),
            "reason": "prerequisites",
            "detail_next_step": "upgrade",
            "comment": "Remise à niveau en calcul.",
        },
    )
    assert answer.url == "/candidats/"
    refused = Prescription.objects.get(pk=story.prescription.pk)
    assert (refused.state, refused.refusal_reason, refused.next_step) == (
        P.REFUSED,
        "prerequisites",
        "upgrade",
    )
