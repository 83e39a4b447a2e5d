"""A commission: everybody decided on one page, each by themselves, and nothing typed is lost."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from config import clock
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
P = PrescriptionState
TODAY = FIRST_DAY + timedelta(days=30)


@pytest.fixture
def world(db):
    return World.make()


def candidates(world, number: int, capacity: int = 10):
    session = world.session(capacity=capacity)
    found = []
    for rank in range(number):
        story = world.story(f"Candidat{rank}", session)
        story.tell("submit", FIRST_DAY + timedelta(days=2 + rank))
        found.append(story.prescription)
    return session, found


def client_of(reader) -> Client:
    client = Client()
    client.force_login(reader.user)
    return client


def send(reader, session, **posted):
    with clock.at(TODAY):
        address = reverse("prescriptions:commission", args=[session.pk])
        return client_of(reader).post(address, {"on": str(TODAY), "key": "k", **posted})


def refusal(p, **other) -> dict:
    said = {"d": "refuse", "m": "full", "s": "other_session", "e": "Groupe complet.", **other}
    return {f"{name}-{p.pk}": value for name, value in said.items()}


def states(found) -> list[str]:
    return [Prescription.objects.get(pk=p.pk).state for p in found]


def test_everybody_is_decided_in_one_sending(world):
    session, found = candidates(world, 4)
    one, two, three, four = found
    response = send(
        world.provider,
        session,
        **{f"d-{one.pk}": "admit", f"d-{two.pk}": "waitlist", f"d-{four.pk}": ""},
        **refusal(three, e="Bases de calcul à consolider.", m="prerequisites", s="upgrade"),
    )
    assert response.status_code == 302
    assert states(found) == [P.ADMITTED, P.WAITLISTED, P.REFUSED, P.SUBMITTED]
    told = Prescription.objects.get(pk=three.pk)
    assert (told.refusal_reason, told.next_step) == ("prerequisites", "upgrade")
    assert told.refusal_explanation == "Bases de calcul à consolider."


@pytest.mark.parametrize("missing", ["m", "s", "e"])
def test_a_refusal_without_its_three_parts_stops_nobody_else_and_keeps_what_was_typed(world, missing):
    session, found = candidates(world, 2)
    typed = {"e": "Explication gardée."} | {missing: ""}
    response = send(world.provider, session, **{f"d-{found[0].pk}": "admit"}, **refusal(found[1], **typed))
    assert response.status_code == 422
    assert states(found) == [P.ADMITTED, P.SUBMITTED]
    html = response.content.decode()
    assert f'id="erreur-{found[1].pk}"' in html
    assert "Candidat0" not in html, "what is recorded is not asked again"
    if missing != "e":
        assert "Explication gardée." in html
    if missing != "m":
        assert '<option value="full" selected>' in html


def test_the_last_seats_go_to_the_oldest_requests_and_the_others_are_told(world):
    session, found = candidates(world, 3, capacity=2)
    response = send(world.provider, session, **{f"d-{p.pk}": "admit" for p in reversed(found)})
    assert response.status_code == 422
    assert states(found) == [P.ADMITTED, P.ADMITTED, P.SUBMITTED]
    html = response.content.decode()
    assert "Les 2 places de la session sont prises" in html
    assert "0\xa0place" in html or "0&nbsp;place" in html


def test_the_same_sending_twice_records_once(world):
    session, found = candidates(world, 2)
    posted = {f"d-{p.pk}": "waitlist" for p in found}
    send(world.provider, session, **posted)
    send(world.provider, session, **posted)
    assert Prescription.objects.get(pk=found[0].pk).pathway.events.filter(kind="waitlist").count() == 1


def test_nothing_chosen_and_a_day_that_is_none_record_nothing(world):
    session, found = candidates(world, 1)
    assert send(world.provider, session).status_code == 422
    response = send(world.provider, session, on="hier", **{f"d-{found[0].pk}": "admit"})
    assert response.status_code == 422
    assert f'id="d-{found[0].pk}-admit" value="admit" checked' in response.content.decode()
    later = send(world.provider, session, on=str(TODAY + timedelta(days=2)), **{f"d-{found[0].pk}": "admit"})
    assert later.status_code == 422
    assert states(found) == [P.SUBMITTED]


def test_another_provider_finds_no_such_session(world):
    session, found = candidates(world, 1)
    assert send(World.make().provider, session, **{f"d-{found[0].pk}": "admit"}).status_code == 404
    assert send(world.referent, session, **{f"d-{found[0].pk}": "admit"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_commissions_at_once_never_seat_more_than_there_are_seats():
    world = World.make()
    session, found = candidates(world, 4, capacity=2)
    start, answers = Barrier(2), []

    def decide(part):
        start.wait()
        answers.append(
            send(world.provider, session, key=str(part[0].pk), **{f"d-{p.pk}": "admit" for p in part})
        )
        connections.close_all()

    threads = [Thread(target=decide, args=[part]) for part in (found[:2], found[2:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states(found)).count(P.ADMITTED) == 2
    assert {answer.status_code for answer in answers} <= {302, 422}
