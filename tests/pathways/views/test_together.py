"""The same fact about several people, from any list: one page, one form, an answer for each."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from pathways import together
from pathways.enums import Role
from pathways.models import Event
from tests.factories import FIRST_DAY

PAGE = "/dossiers/ensemble/"
TODAY = FIRST_DAY + timedelta(30)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def people(world):
    return [world.story(name) for name in ("Amrani", "Bellil", "Cohen")]


def rows(stories):
    return [f"p{story.pathway.pk}" for story in stories]


def send(client, kind, chosen, **fields):
    """Send the form as it was shown for these rows, with `fields` typed."""
    shown = client.post(PAGE, {"kind": kind, "rows": chosen, "suite": "/dossiers/"})
    data = {"kind": kind, "rows": chosen, "suite": "/dossiers/", "confirm": "1", "comment": ""}
    data |= {"key": shown.context["form"].initial["key"], "occurred_on": str(TODAY)}
    return client.post(PAGE, {**data, **fields})


# ---- the lists


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.REFERENT, ["contact", "note", "record_outcome", "lose_contact"]),
        (Role.ADVISOR, ["contact", "note", "record_outcome", "lose_contact"]),
        (Role.PROVIDER, []),
    ],
)
def test_the_list_of_people_offers_what_the_role_records_of_those_shown(people, as_role, role, offered):
    people[0].tell("submit", FIRST_DAY) if role == Role.PROVIDER else None
    page = as_role(role).get("/dossiers/")
    assert [button.kind for button in page.context["bulk"]] == offered
    assert ('type="checkbox" name="rows"' in page.content.decode()) is bool(offered)


def test_the_reminder_is_offered_where_a_request_waits(people, as_role):
    people[0].tell("submit", FIRST_DAY)
    page = as_role(Role.REFERENT).get("/dossiers/")
    assert "remind" in [button.kind for button in page.context["bulk"]]
    assert "remind" not in [button.kind for button in as_role(Role.ADVISOR).get("/dossiers/").context["bulk"]]


def test_every_box_is_ticked_by_a_link_where_there_is_no_script(people, as_role):
    client = as_role(Role.REFERENT)
    assert "checked" not in client.get("/dossiers/").content.decode()
    assert client.get("/dossiers/?cocher=tout").content.decode().count(" checked") == 3
    assert "?cocher=tout" in client.get("/dossiers/").content.decode()


# ---- the page


def test_the_form_is_asked_once_and_names_everybody(people, as_role, text_of):
    response = as_role(Role.REFERENT).post(PAGE, {"kind": "note", "rows": rows(people)})
    page = text_of(response)
    assert "3 personnes" in page
    assert all(name in page for name in ("Amrani", "Bellil", "Cohen"))
    assert not Event.objects.filter(kind="note").exists()


def test_what_is_kept_by_the_browser_about_some_people_is_not_given_to_others(people, as_role):
    client = as_role(Role.REFERENT)
    names = [
        client.post(PAGE, {"kind": "note", "rows": chosen}).context["keep"]
        for chosen in (rows(people), rows(people), rows(people[:2]))
    ]
    assert names[0] == names[1] != names[2]


def test_one_note_about_several_people(people, as_role):
    answer = send(as_role(Role.REFERENT), "note", rows(people), comment="Réunion du pôle.")
    assert answer.url == "/dossiers/"
    assert [story.pathway.events.get(kind="note").comment for story in people] == ["Réunion du pôle."] * 3


def test_who_is_refused_is_told_why_and_kept_with_what_was_typed(people, as_role, text_of):
    closed = people[1]
    closed.tell("employ", FIRST_DAY, by=closed.world.referent)
    answer = send(as_role(Role.REFERENT), "record_outcome", rows(people), reason="moved", comment="Parti.")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "2 personnes enregistrées" in page
    assert "1 personne n'a pas pu l'être" in page
    assert "Camille Bellil : L'emploi enregistré est toujours en cours. Enregistrez d'abord la fin" in page
    assert [line.row for line in answer.context["people"].lines] == rows([closed])
    assert "Parti." in answer.content.decode()
    closed.tell("end_job", FIRST_DAY + timedelta(20))
    form = answer.context["form"]
    again = {**form.data, "rows": rows([closed]), "kind": "record_outcome", "confirm": "1"}
    assert as_role(Role.REFERENT).post(PAGE, again).status_code == 302
    assert closed.refresh().pathway.state == "other_outcome"
    assert Event.objects.filter(kind="record_outcome").count() == 3


def test_a_second_send_of_the_same_form_records_nothing_more(people, as_role):
    client = as_role(Role.REFERENT)
    shown = client.post(PAGE, {"kind": "note", "rows": rows(people)})
    data = {"kind": "note", "rows": rows(people), "confirm": "1", "comment": "Vu.", "occurred_on": str(TODAY)}
    data["key"] = shown.context["form"].initial["key"]
    assert [client.post(PAGE, data).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="note").count() == 3


def test_bad_input_is_told_once_and_records_nothing(people, as_role):
    answer = send(as_role(Role.REFERENT), "note", rows(people), comment=" ", occurred_on="31/02/2026")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"comment", "occurred_on"}
    assert not Event.objects.filter(kind="note").exists()


def test_reminding_concerns_the_requests_that_wait_and_names_who_has_none(people, as_role, text_of):
    for story in people[:2]:
        story.tell("submit", FIRST_DAY)
    client = as_role(Role.REFERENT)
    page = text_of(client.post(PAGE, {"kind": "remind", "rows": rows(people)}))
    assert "2 personnes" in page
    assert "1 personne non concernée" in page
    assert send(client, "remind", rows(people)).status_code == 302
    assert [story.pathway.events.filter(kind="remind").count() for story in people] == [1, 1, 0]


def test_nobody_concerned_leads_back_to_the_list(people, as_role):
    data = {"kind": "remind", "rows": rows(people), "suite": "/dossiers/?etape=identified"}
    answer = as_role(Role.REFERENT).post(PAGE, data)
    assert answer.url == "/dossiers/?etape=identified"


def test_nobody_ticked_leads_back_to_the_list(people, as_role):
    answer = as_role(Role.REFERENT).post(PAGE, {"kind": "note", "suite": "/dossiers/"})
    assert answer.url == "/dossiers/"
    answer = as_role(Role.REFERENT).post(PAGE, {"kind": "note", "suite": "//ailleurs.example/"})
    assert answer.url == reverse("pathways:pile")


def test_so_many_at_a_time_and_no_more(people, as_role, monkeypatch, text_of):
    monkeypatch.setattr(together, "AT_MOST", 2)
    client = as_role(Role.REFERENT)
    response = client.post(PAGE, {"kind": "note", "rows": rows(people)})
    assert "1 autre personne cochée n'est pas dans cette liste" in text_of(response)
    assert len(response.context["people"].lines) == 2
    send(client, "note", rows(people), comment="Vu.")
    assert Event.objects.filter(kind="note").count() == 2


# ---- who may


def test_somebody_elses_person_among_the_rows_is_not_found_and_nothing_is_recorded(
    people, elsewhere, as_role
):
    foreign = elsewhere.story("Ailleurs")
    foreign.tell("submit", FIRST_DAY)
    client = as_role(Role.REFERENT)
    for strange in (rows([foreign])[0], f"s{foreign.prescription.pk}", "p0", "12", "pabc"):
        data = {"kind": "note", "rows": [*rows(people), strange], "confirm": "1", "comment": "Vu."}
        assert client.post(PAGE, {**data, "occurred_on": str(TODAY)}).status_code == 404, strange
    assert not Event.objects.filter(kind="note").exists()


@pytest.mark.parametrize(
    ("role", "kind"), [(Role.ADVISOR, "close"), (Role.PROVIDER, "note"), (Role.REFERENT, "admit")]
)
def test_a_fact_of_another_role_is_forbidden(people, as_role, role, kind):
    assert as_role(role).post(PAGE, {"kind": kind, "rows": rows(people)}).status_code == 403


@pytest.mark.parametrize("kind", ["reopen", "employ", "identify", "annul", "n-importe-quoi", ""])
def test_what_is_not_said_of_several_people_is_not_found(people, as_role, kind):
    assert as_role(Role.REFERENT).post(PAGE, {"kind": kind, "rows": rows(people)}).status_code == 404


def test_reading_the_address_is_no_page(as_role):
    assert as_role(Role.REFERENT).get(PAGE).status_code == 405
