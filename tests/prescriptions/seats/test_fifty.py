"""Fifty people at once on the last three seats: never more than three held, and everybody gets an answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from config import clock
from pathways.actor import Actor
from pathways.enums import OrganisationKind, Origin
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.transitions import apply
from prescriptions import offers
from prescriptions.models import Session
from tests.factories import World, organisation
from tests.prescriptions.seats.kept import keep, public

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 50
#: What is answered to somebody who does not get a seat, with its reason; never an exception.
REFUSALS = {"session_full", "seats_reserved", "no_seat_given_up", "wrong_state"}


def at_once(calls):
    """Each call in a thread of its own, started together: the kind of fact recorded, or the code of the refusal."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=60)
            return call()
        except TransitionRefused as refused:
            said = refused.refusal
            return said.code if said.sentence and said.next_step else f"{said.code}, unexplained"
        except Exception as error:
            return f"crash: {error!r}"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_fifty_people_on_the_last_three_seats():
    """Admissions by hand, offers by hand and by Jalons, an acceptance; one of the three seats is kept for a pôle."""
    world = World.make()
    other_pole = organisation(OrganisationKind.INSERTION_POLE, parent=world.manager.organisation)
    opening = clock.today() + timedelta(days=60)
    session = world.session(capacity=5, starts_on=opening)
    keep(session, public(pole=other_pole), 1, opening - timedelta(days=15))
    days = [clock.today() - timedelta(days=back) for back in (5, 4, 3)]
    stories = [
        world.story(session=session, pole=other_pole if n % 10 == 9 else world.referent.organisation)
        for n in range(PEOPLE)
    ]
    for number, story in enumerate(stories):
        story.tell("submit", days[0], by=world.manager)
        if number % 2:
            story.tell("waitlist", days[1])
    payload = {"expires_on": str(clock.today() + timedelta(days=2))}
    offered, holder, leaver = stories[1], stories[0], stories[2]
    offered.tell("offer", days[2], payload=payload)
    holder.tell("admit", days[2])
    leaver.tell("admit", days[2])
    # Two seats are held, one of them offered; the third is given up and has nobody yet: three are left to take.
    leaver.tell("withdraw", days[2])

    def states(kind, story, actor, **details):
        def call():
            return apply(
                kind, story.pathway.pk, actor, subject_id=story.prescription.pk, **details
            ).event.kind

        return call

    calls = [states("accept", offered, world.manager), offers.sweep]
    for number, story in enumerate(stories[3:], 3):
        if number % 2 == 0:
            calls.append(states("admit", story, world.provider))
        elif number % 3:
            calls.append(states("offer", story, world.provider, payload=payload))
        else:
            system = {"payload": payload, "origin": Origin.DEDUCED}
            calls.append(states("offer", story, Actor.system(), **system))
    calls.append(offers.sweep)
    answers = at_once(calls)

    kept = Session.objects.get(pk=session.pk)
    assert kept.seats_held == session.prescriptions.seated().count() == 5
    assert answers[0] == "accept"
    recorded = [answer for answer in answers[1:] if answer in ("admit", "offer")]
    swept = sum(answer for answer in answers if isinstance(answer, int))
    assert len(recorded) + swept == 3
    others = [
        answer for answer in answers[1:] if answer not in ("admit", "offer") and not isinstance(answer, int)
    ]
    assert set(others) <= REFUSALS, others
    # The seat kept is held by its public, whoever came first.
    seated = session.prescriptions.seated().filter(pathway__pole=other_pole)
    assert seated.count() >= 1
    assert Event.objects.filter(kind__in=["admit", "offer"], subject_id__in=seated).count() >= 1
