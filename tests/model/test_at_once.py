"""Real threads on few people and few seats: nothing is lost, nothing is counted twice, nobody waits for ever."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
from django.db import connection

from config import clock
from pathways import corrections
from pathways.bulk import Target, apply_many
from pathways.consistency import incoherences
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Event, Pathway
from pathways.refusals import NotVisible
from pathways.transitions import apply
from prescriptions.models import Prescription, Session
from tests.factories import DETAILS, TELLERS, World

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, STATEMENTS, BULK_CALLS = 4, 30, 8
#: Every session opens later: nobody enters, everybody competes for the seats.
OPENING = clock.today() + timedelta(days=90)
#: What may happen on one day, those that lead further more often.
KINDS = [
    "submit",
    "submit",
    "convene",
    "admit",
    "admit",
    "admit",
    "waitlist",
    "waitlist",
    "offer",
    "offer",
    "accept",
    "accept",
    "register",
    "refuse",
    "withdraw",
    "note",
    "contact",
    "record_outcome",
]


class Crowd:
    """Six people, each asking for two of three sessions that have one or two seats."""

    def __init__(self):
        self.world = world = World.make()
        self.sessions = [world.session(capacity=capacity, starts_on=OPENING) for capacity in (1, 1, 2)]
        self.asked: list[tuple[int, int]] = []  # pathway, prescription
        for number in range(6):
            story = world.story(session=self.sessions[number % 3])
            other = Prescription.objects.create(
                pathway=story.pathway,
                session=self.sessions[(number + 1) % 3],
                prescriber=world.referent.user,
                prescriber_organisation=world.referent.organisation,
            )
            self.asked += [(story.pathway.pk, story.prescription.pk), (story.pathway.pk, other.pk)]

    def teller(self, kind: str):
        return self.world.actors[TELLERS.get(kind, Role.PROVIDER)]

    def details(self, kind: str) -> dict:
        if kind in ("convene", "offer"):
            return {"payload": {"convened_for": str(OPENING), "expires_on": str(OPENING)}}
        return DETAILS.get(kind, {})


def single(crowd: Crowd, random: Random) -> list[tuple[int, bool]]:
    """One statement or one annulment: (event, was it said before?) when it was recorded."""
    if random.random() < 0.15:
        mine = Event.objects.exclude(kind="identify").order_by("pk").values_list("pk", flat=True)
        if numbers := list(mine):
            said = corrections.annul(random.choice(numbers), crowd.world.manager, comment="Erreur.")
            return [(said.event.pk, said.repeated)]
    kind = random.choice(KINDS)
    pathway_id, subject_id = random.choice(crowd.asked)
    about = None if kind in ("note", "contact", "record_outcome") else subject_id
    key = f"{kind}:{about}" if random.random() < 0.4 else None
    said = apply(
        kind, pathway_id, crowd.teller(kind), subject_id=about, idempotency_key=key, **crowd.details(kind)
    )
    return [(said.event.pk, said.repeated)]


def many(crowd: Crowd, random: Random) -> list[tuple[int, bool]]:
    """One statement about several people in any order, some of them twice."""
    kind = random.choice(KINDS)
    is_about = kind not in ("note", "contact", "record_outcome")
    targets = [
        Target(pathway_id, subject_id if is_about else None)
        for pathway_id, subject_id in random.choices(crowd.asked, k=7)
    ]
    report = apply_many(kind, targets, crowd.teller(kind), **crowd.details(kind))
    return [(recorded.event_id, recorded.repeated) for recorded in report.done]


def together(crowd: Crowd, writers: list) -> list[tuple[int, bool]]:
    """Run (statement, how many times) in a thread each; a refusal is an answer, anything else fails the test."""
    barrier = Barrier(len(writers))

    def work(number: int) -> list[tuple[int, bool]]:
        (statement, times), random, recorded = writers[number], Random(number), []
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '30s'")
            barrier.wait(timeout=30)
            for _ in range(times):
                try:
                    recorded += statement(crowd, random)
                except (TransitionRefused, NotVisible):
                    continue
        finally:
            connection.close()
        return recorded

    with ThreadPoolExecutor(len(writers)) as pool:
        return [answer for answers in pool.map(work, range(len(writers))) for answer in answers]


WRITERS = {
    "one by one": [(single, STATEMENTS)] * THREADS,
    "one by one and many at once": [(single, STATEMENTS), (many, BULK_CALLS)] * (THREADS // 2),
}


@pytest.mark.parametrize("writers", WRITERS)
def test_whatever_people_do_at_once_is_recorded_once_and_fits(writers):
    crowd = Crowd()
    before = set(Event.objects.values_list("pk", flat=True))
    answers = together(crowd, WRITERS[writers])
    new = {pk for pk, is_repeated in answers if not is_repeated}
    assert Counter(pk for pk, is_repeated in answers if not is_repeated).most_common(1)[0][1] == 1
    assert {pk for pk, _ in answers} <= before | new
    assert set(Event.objects.values_list("pk", flat=True)) == before | new
    assert list(incoherences()) == []
    for session in Session.objects.filter(pk__in=[session.pk for session in crowd.sessions]):
        assert session.seats_held == session.prescriptions.seated().count() <= session.capacity
    assert Pathway.objects.exclude(state="identified").exists()
