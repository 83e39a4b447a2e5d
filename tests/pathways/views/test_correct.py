"""Correcting a fact: preview, confirmation, refusals."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from pathways.enums import Role
from pathways.models import Event
from tests.factories import FIRST_DAY


def day(n: int) -> str:
    return (FIRST_DAY + timedelta(n)).isoformat()


@pytest.fixture(autouse=True)
def today():
    with clock.at(FIRST_DAY + timedelta(70)):
        yield


@pytest.fixture
def trainee(world):
    story = world.story("Amrani")
    for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60)):
        story.tell(kind, FIRST_DAY + timedelta(n))
    return story


@pytest.fixture
def dropped(trainee):
    trainee.tell("drop_out", FIRST_DAY + timedelta(65))
    return trainee


def event(story, kind) -> Event:
    return story.pathway.events.get(kind=kind)


def address(target: Event) -> str:
    return reverse("pathways:correct", args=[target.pathway_id, target.pk])


ANNUL = {"way": "retirer", "why": "Confusion avec une autre stagiaire.", "key": "k1"}


def seen(response, name: str) -> str:
    """What the page remembers to have shown."""
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def take_back(client, target: Event, data: dict = ANNUL):
    """Open the page, which tells what changes, then press the button."""
    page = client.get(address(target))
    return client.post(
        address(target), {**data, "way": "retirer", "seen_annulment": seen(page, "seen_annulment")}
    )


def set_right(client, target: Event, data: dict):
    """Look at what changes, then press the button."""
    page = client.post(address(target), {**data, "way": "voir"})
    assert page.status_code == 200, page.context["form"].errors
    said = {**data, "way": "rectifier", "seen_statement": seen(page, "seen_statement")}
    return client.post(address(target), said)


def test_opening_the_page_tells_what_taking_back_changes_and_changes_nothing(dropped, as_role, text_of):
    before = dropped.pathway.events.count()
    page = text_of(as_role(Role.PROVIDER).get(address(event(dropped, "drop_out"))))
    assert "Si ce fait est retiré" in page
    assert "Formation interrompue depuis le 11/03/2026 En formation depuis le 06/03/2026" in page
    assert "Interrompue depuis le 11/03/2026 En cours depuis le 06/03/2026" in page
    assert "Rien ne change d'autre." in page
    assert dropped.pathway.events.count() == before
    assert dropped.refresh().pathway.state == "dropped_out"


def test_taking_back_takes_the_reason_and_one_button(dropped, as_role):
    response = take_back(as_role(Role.PROVIDER), event(dropped, "drop_out"))
    assert response.url == reverse("pathways:file", args=[dropped.pathway.pk])
    assert dropped.refresh().pathway.state == "in_training"
    assert event(dropped, "annul").comment == ANNUL["why"]


def test_the_same_button_pressed_twice_takes_back_once(dropped, as_role):
    client, target = as_role(Role.PROVIDER), event(dropped, "drop_out")
    data = {**ANNUL, "seen_annulment": seen(client.get(address(target)), "seen_annulment")}
    first, second = client.post(address(target), data), client.post(address(target), data)
    assert first.url == second.url == reverse("pathways:file", args=[dropped.pathway.pk])
    assert dropped.pathway.events.filter(kind="annul").count() == 1


def test_another_form_is_told_that_the_fact_is_taken_back_already(dropped, as_role, text_of):
    client, target = as_role(Role.PROVIDER), event(dropped, "drop_out")
    take_back(client, target)
    again = client.post(address(target), {**ANNUL, "key": "k2", "seen_annulment": "x"})
    assert "a déjà été corrigé" in text_of(again)
    assert dropped.pathway.events.filter(kind="annul").count() == 1


def test_a_fact_recorded_meanwhile_is_shown_before_anything_is_recorded(dropped, as_role, text_of):
    client, target = as_role(Role.PROVIDER), event(dropped, "drop_out")
    page = client.get(address(target))
    dropped.tell("contact", FIRST_DAY + timedelta(66))
    response = client.post(address(target), {**ANNUL, "seen_annulment": seen(page, "seen_annulment")})
    assert "Un fait a été enregistré depuis l'ouverture de cette page" in text_of(response)
    assert ANNUL["why"] in response.content.decode()
    assert dropped.refresh().pathway.state == "dropped_out"
    again = client.post(address(target), {**ANNUL, "seen_annulment": seen(response, "seen_annulment")})
    assert again.status_code == 302
    assert dropped.refresh().pathway.state == "in_training"


def test_the_reason_is_mandatory(dropped, as_role, text_of):
    response = take_back(as_role(Role.PROVIDER), event(dropped, "drop_out"), {**ANNUL, "why": " "})
    assert response.status_code == 422
    assert "ce qui était faux" in str(response.context["form"].errors["why"])
    assert "Si ce fait est retiré" in text_of(response)
    assert dropped.refresh().pathway.state == "dropped_out"


RIGHT_ENTRY = {"why": "Erreur de frappe.", "occurred_on": day(61), "comment": "", "key": "k"}


def test_a_date_is_set_right_in_its_place(trainee, as_role):
    target = event(trainee, "enter")
    set_right(as_role(Role.PROVIDER), target, RIGHT_ENTRY)
    right = trainee.pathway.events.filter(kind="enter").order_by("-pk").first()
    assert right.occurred_on.isoformat() == day(61)
    assert right.pk != target.pk
    assert trainee.refresh().prescription.entered_on.isoformat() == day(61)


def test_what_has_not_been_seen_is_shown_first(trainee, as_role, text_of):
    client, target = as_role(Role.PROVIDER), event(trainee, "enter")
    response = client.post(address(target), {**RIGHT_ENTRY, "way": "rectifier", "seen_statement": ""})
    assert "Si le fait est rectifié" in text_of(response)
    assert "Entré (AES) depuis le 06/03/2026 Entré (AES) depuis le 07/03/2026" in text_of(response)
    assert trainee.refresh().prescription.entered_on.isoformat() == day(60)
    said = {**RIGHT_ENTRY, "way": "rectifier", "seen_statement": seen(response, "seen_statement")}
    other = client.post(address(target), {**said, "occurred_on": day(62)})
    assert "Entré (AES) depuis le 08/03/2026" in text_of(other)
    assert trainee.refresh().prescription.entered_on.isoformat() == day(60)
    assert client.post(address(target), said).status_code == 302


def test_the_same_rectification_sent_twice_states_the_fact_once(trainee, as_role):
    client, target = as_role(Role.PROVIDER), event(trainee, "enter")
    look = client.post(address(target), {**RIGHT_ENTRY, "way": "voir"})
    said = {**RIGHT_ENTRY, "way": "rectifier", "seen_statement": seen(look, "seen_statement")}
    assert client.post(address(target), said).status_code == 302
    assert client.post(address(target), said).status_code == 302
    assert trainee.pathway.events.filter(kind="enter").count() == 2


def test_a_rectification_that_changes_nothing_is_refused(trainee, as_role):
    data = {**RIGHT_ENTRY, "occurred_on": day(60), "way": "rectifier"}
    response = as_role(Role.PROVIDER).post(address(event(trainee, "enter")), data)
    assert response.status_code == 422
    assert "Rien n'a changé" in response.context["form"].non_field_errors()[0]


def test_looking_asks_for_no_reason(trainee, as_role, text_of):
    response = as_role(Role.PROVIDER).post(
        address(event(trainee, "enter")), {**RIGHT_ENTRY, "why": "", "way": "voir"}
    )
    assert response.status_code == 200
    assert "Si le fait est rectifié" in text_of(response)


def preview(client, target: Event, data: dict):
    return client.post(reverse("pathways:correct_preview", args=[target.pathway_id, target.pk]), data)


def test_the_preview_follows_what_is_typed_and_records_nothing(trainee, as_role):
    client, target = as_role(Role.PROVIDER), event(trainee, "enter")
    number = trainee.pathway.events.count()
    typed = {**RIGHT_ENTRY, "why": ""}
    assert "Entré (AES) depuis le 07/03/2026" in preview(client, target, typed).content.decode()
    half = preview(client, target, {**typed, "occurred_on": ""}).content.decode()
    assert "Complétez la saisie" in half
    same = preview(client, target, {**typed, "occurred_on": day(60)}).content.decode()
    assert "Rien n'a encore changé" in same
    late = preview(client, target, {**typed, "occurred_on": day(90)}).content.decode()
    assert "dans l'avenir" in late.replace("&#x27;", "'")
    assert "seen_statement" not in half + same + late
    assert trainee.pathway.events.count() == number


def test_what_was_previewed_while_typing_is_recorded_by_one_button(trainee, as_role):
    client, target = as_role(Role.PROVIDER), event(trainee, "enter")
    shown = preview(client, target, {**RIGHT_ENTRY, "why": ""})
    said = {**RIGHT_ENTRY, "way": "rectifier", "seen_statement": seen(shown, "seen_statement")}
    assert client.post(address(target), said).status_code == 302
    assert trainee.refresh().prescription.entered_on.isoformat() == day(61)


def test_a_drop_out_becomes_a_departure_for_a_job(dropped, as_role, text_of):
    data = {
        "why": "Elle a signé un CDI.",
        "occurred_on": day(65),
        "reason": "back_to_work",
        "detail_contract": "cdi",
        "comment": "",
        "key": "k",
    }
    client, target = as_role(Role.REFERENT), event(dropped, "drop_out")
    assert client.get(address(target)).status_code == 200
    set_right(as_role(Role.PROVIDER), target, data)
    assert dropped.refresh().pathway.state == "employed"
    story = text_of(client.get(reverse("pathways:file", args=[dropped.pathway.pk])))
    assert "Parti en emploi pendant la formation" in story
    assert "Corrigé le 16/03/2026" in story


def test_a_fact_that_others_rest_on_names_them_in_the_order_to_correct_them(trainee, as_role):
    client, target = as_role(Role.PROVIDER), event(trainee, "admit")
    response = client.get(address(target))
    page = response.content.decode()
    assert "deviendrait impossible" in page
    assert "Retirer ce fait" not in page
    links = [obstacle.url for obstacle in response.context["annulled"].obstacles]
    assert links == [address(event(trainee, kind)) for kind in ("enter", "register")]
    assert client.get(links[0]).status_code == 200
    refused = client.post(address(target), {**ANNUL, "seen_annulment": "x"})
    assert "deviendrait impossible" in refused.content.decode()
    assert trainee.refresh().pathway.state == "in_training"


def test_the_chain_is_taken_back_in_that_order(trainee, as_role):
    client = as_role(Role.PROVIDER)
    for n, kind in enumerate(("enter", "register", "admit")):
        assert take_back(client, event(trainee, kind), {**ANNUL, "key": f"k{n}"}).status_code == 302
    assert trainee.refresh().pathway.state == "prescribed"


def test_a_provider_learns_nothing_of_the_fact_of_another_that_stands_in_the_way(world, as_role):
    story = world.story("Amrani")
    for kind, n in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60), ("drop_out", 62)):
        story.tell(kind, FIRST_DAY + timedelta(n))
    story.tell("employ", FIRST_DAY + timedelta(64))
    response = as_role(Role.PROVIDER).get(address(event(story, "drop_out")))
    page = response.content.decode()
    assert "Un fait saisi ensuite par une autre organisation" in page
    assert "emploi" not in str(response.context["annulled"].refusal).lower()
    assert response.context["annulled"].obstacles == ()


def test_the_fact_of_another_organisation_is_explained(trainee, as_role, text_of):
    page = text_of(as_role(Role.ADVISOR).get(address(event(trainee, "submit"))))
    assert "Ce fait a été saisi par" in page
    assert "adressez-vous au responsable de la cohorte" in page
    response = as_role(Role.ADVISOR).post(address(event(trainee, "submit")), ANNUL)
    assert "Ce fait a été saisi par" in text_of(response)
    told = preview(as_role(Role.ADVISOR), event(trainee, "submit"), RIGHT_ENTRY)
    assert "Ce fait a été saisi par" in told.content.decode()
    assert not trainee.pathway.events.filter(kind="annul").exists()


def test_the_entry_in_the_cohort_is_not_corrected_here(trainee, as_role, text_of):
    page = text_of(as_role(Role.DEPARTMENT_MANAGER).get(address(event(trainee, "identify"))))
    assert "fonde le dossier" in page


def test_a_fact_taken_back_is_stated_again_and_taken_back_again_for_several_rounds(dropped, as_role, text_of):
    client, target = as_role(Role.PROVIDER), event(dropped, "drop_out")
    states = []
    for n in range(4):
        page = text_of(client.get(address(target)))
        assert ("Si le fait est rétabli" if n % 2 else "Si ce fait est retiré") in page
        assert "Ou rectifier la saisie" not in page or n == 0
        take_back(client, target, {"why": f"Tour {n}.", "key": f"k{n}"})
        target = dropped.pathway.events.order_by("-pk").first()
        assert target.comment == f"Tour {n}."
        states.append(dropped.refresh().pathway.state)
    assert states == ["in_training", "dropped_out"] * 2


def test_the_timeline_offers_to_correct_then_to_state_again_then_to_correct(dropped, as_role):
    client, offered = as_role(Role.PROVIDER), []
    for n in range(4):
        entries = client.get(reverse("pathways:file", args=[dropped.pathway.pk])).context["entries"]
        entry = next(e for e in entries if e["title"].startswith("Formation interrompue"))
        (action,) = entry["actions"]
        offered.append(action["label"])
        target = Event.objects.get(pk=action["url"].rstrip("/").split("/")[-1])
        take_back(client, target, {"why": f"Tour {n}.", "key": f"k{n}"})
    assert offered == ["Corriger", "Rétablir"] * 2
    assert dropped.refresh().pathway.state == "dropped_out"


def test_what_was_set_right_is_set_right_again_then_taken_back(trainee, as_role):
    client = as_role(Role.PROVIDER)
    for n, right in ((1, 61), (2, 62)):
        target = trainee.pathway.events.filter(kind="enter").latest("pk")
        data = {**RIGHT_ENTRY, "occurred_on": day(right), "key": f"k{n}"}
        assert set_right(client, target, data).status_code == 302
        assert trainee.refresh().prescription.entered_on.isoformat() == day(right)
    last = trainee.pathway.events.filter(kind="enter").latest("pk")
    assert take_back(client, last, {**ANNUL, "key": "k3"}).status_code == 302
    assert trainee.refresh().pathway.state == "admitted"
    assert trainee.pathway.events.filter(kind="enter").count() == 3


def test_restoring_what_was_set_right_names_what_stands_in_the_way(trainee, as_role):
    client, wrong = as_role(Role.PROVIDER), event(trainee, "enter")
    set_right(client, wrong, RIGHT_ENTRY)
    right = trainee.pathway.events.filter(kind="enter").latest("pk")
    response = client.get(address(event(trainee, "annul")))
    assert [obstacle.url for obstacle in response.context["annulled"].obstacles] == [address(right)]


def test_the_page_costs_the_same_whatever_the_length_of_the_history(dropped, as_role, queries_of):
    client, page = as_role(Role.DEPARTMENT_MANAGER), address(event(dropped, "drop_out"))
    client.get(page)
    before = queries_of(lambda: client.get(page))
    for n in range(66, 70):
        dropped.tell("contact", FIRST_DAY + timedelta(n), reason="no_answer")
    assert queries_of(lambda: client.get(page)) == before
    assert before <= 45
