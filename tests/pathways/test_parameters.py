"""Dated parameters: a value from a day on, the past keeps its own, the Région alone changes it."""

from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from config import clock
from config.errors import JalonsError
from pathways import parameters
from pathways.actor import Actor
from pathways.enums import OrganisationKind, Role
from pathways.models import Organisation, ParameterValue
from pathways.navigation import menu, tabs
from tests.factories import FIRST_DAY, actor

CODE = "contact_days"
BY_JALONS = Actor.system()


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


def client_of(role: Role) -> Client:
    kinds = {
        Role.REGION_OFFICER: OrganisationKind.REGION,
        Role.DEPARTMENT_MANAGER: OrganisationKind.DEPARTMENT,
    }
    kind = kinds.get(role, OrganisationKind.PROVIDER)
    client = Client()
    person = actor(role, Organisation.objects.create(kind=kind, name=f"Organisation {role}"))
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db
def test_each_day_keeps_the_value_it_had():
    with clock.at(day(10)):
        parameters.choose(CODE, 8, day(10), "comité technique", BY_JALONS)
        parameters.choose(CODE, 3, day(20), "comité technique", BY_JALONS)
    assert [parameters.value(CODE, day(n)) for n in (9, 10, 19, 20, 200)] == [5, 8, 8, 3, 3]
    with clock.at(day(21)):
        assert parameters.value(CODE) == 3


@pytest.mark.django_db
def test_the_last_word_of_a_day_holds_and_repeating_it_adds_nothing():
    with clock.at(day(10)):
        parameters.choose(CODE, 8, day(10), "comité", BY_JALONS)
        parameters.choose(CODE, 9, day(10), "faute de frappe", BY_JALONS)
        assert parameters.choose(CODE, 9, day(10), "encore", BY_JALONS) is None
        assert parameters.value(CODE) == 9
    assert ParameterValue.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "number", "since", "reason", "said"),
    [
        ("nothing", 5, 10, "comité", "unknown_parameter"),
        (CODE, 91, 10, "comité", "parameter_out_of_bounds"),
        (CODE, -1, 10, "comité", "parameter_out_of_bounds"),
        (CODE, 6, 9, "comité", "parameter_in_the_past"),
        (CODE, 6, 10, "  ", "reason_missing"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_remedy(code, number, since, reason, said):
    with clock.at(day(10)), pytest.raises(JalonsError) as refused:
        parameters.choose(code, number, day(since), reason, BY_JALONS)
    assert refused.value.code == said
    assert refused.value.next_step
    assert not ParameterValue.objects.exists()


@pytest.mark.django_db
def test_the_region_chooses_on_its_page_and_takes_back_what_is_not_in_force_yet():
    client, address = client_of(Role.REGION_OFFICER), reverse("pathways:parameter", args=[CODE])
    choosing = reverse("pathways:parameter_choose", args=[CODE])
    with clock.at(day(10)):
        later = {"value": "7", "valid_from": f"{day(15):%d/%m/%Y}", "reason": "comité du 12 mars"}
        assert client.post(choosing, later).status_code == 302
        planned = ParameterValue.objects.get()
        assert "comité du 12 mars" in client.get(address).content.decode()
        assert (
            f"à partir du {day(15):%d/%m/%Y}" in client.get(reverse("pathways:parameters")).content.decode()
        )
        client.post(reverse("pathways:parameter_take_back", args=[CODE, planned.pk]))
    assert parameters.value(CODE, day(16)) == 5
    assert ParameterValue.objects.get().withdrawn_at is not None


@pytest.mark.django_db
def test_a_value_in_force_is_not_taken_back():
    client = client_of(Role.REGION_OFFICER)
    with clock.at(day(10)):
        row = parameters.choose(CODE, 8, day(10), "comité", BY_JALONS)
        client.post(reverse("pathways:parameter_take_back", args=[CODE, row.pk]))
    assert parameters.value(CODE, day(10)) == 8


@pytest.mark.django_db
def test_a_wrong_value_comes_back_with_what_was_typed():
    client, address = client_of(Role.REGION_OFFICER), reverse("pathways:parameter_choose", args=[CODE])
    with clock.at(day(10)):
        answer = client.post(
            address, {"value": "500", "valid_from": "31/02/2018", "reason": "comité du 3 mai"}
        )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "hors des bornes" in page
    assert "Saisissez une date qui existe" in page
    assert "comité du 3 mai" in page
    assert not ParameterValue.objects.exists()


@pytest.mark.django_db
def test_the_departement_reads_and_does_not_change():
    client, address = client_of(Role.DEPARTMENT_MANAGER), reverse("pathways:parameter", args=[CODE])
    page = client.get(address)
    assert page.status_code == 200
    assert "Nouvelle valeur" not in page.content.decode()
    sent = {"value": "7", "valid_from": f"{clock.today():%d/%m/%Y}", "reason": "moi"}
    assert client.post(reverse("pathways:parameter_choose", args=[CODE]), sent).status_code == 403
    assert not ParameterValue.objects.exists()
    assert client.get(reverse("pathways:parameter", args=["inconnu"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_value():
    start, made = Barrier(2), []

    def click():
        start.wait()
        made.append(parameters.choose(CODE, 8, clock.today(), "comité", BY_JALONS))
        connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert sorted(row is None for row in made) == [False, True]
    assert ParameterValue.objects.count() == 1


@pytest.mark.django_db
def test_the_command_shows_and_changes():
    out = StringIO()
    call_command("parameters", "--set", f"{CODE}=8", "--reason", "comité", "--wet-run", stdout=out)
    assert parameters.value(CODE) == 8
    assert CODE in out.getvalue()
    with pytest.raises(CommandError, match="nombre entier"):
        call_command("parameters", "--set", f"{CODE}=huit", "--wet-run", stdout=out)


@pytest.mark.django_db
def test_a_section_opens_its_first_tab_and_shows_its_tabs_on_their_pages_alone():
    officer = actor(Role.REGION_OFFICER, Organisation.objects.create(kind="region", name="Région"))
    (entry,) = [item for item in menu(officer, "/parametres/contact_days/") if item["label"] == "Réglages"]
    assert entry["url"] == "/parametres/"
    assert entry["active"]
    assert tabs(officer, "/parametres/contact_days/") == []
    provider = actor(Role.PROVIDER, Organisation.objects.create(kind="provider", name="AFPA"))
    assert "Réglages" not in [item["label"] for item in menu(provider, "/")]
