"""`apply_many()` is a loop of `apply()`: the same events, rows, refusals and repeats, from the same place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import given

from config import clock
from notifications.models import Alert
from notifications.services import detect
from pathways.bulk import Target, apply_many
from pathways.consistency import incoherences
from pathways.enums import Origin
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.refusals import NotVisible
from pathways.transitions import apply
from prescriptions.models import Prescription, Session
from tests.model.commands import Author
from tests.model.model import Human
from tests.model.tables import ABOUT_A_REQUEST, KINDS, ROLES
from tests.model.test_histories import SEEDS, few
from tests.model.twin import CAST, Twin, author, make_model

pytestmark = pytest.mark.django_db

PEOPLE = 6
PRELUDE = 120
CALLS = 15


@dataclass(frozen=True)
class Call:
    """One call for many: what is common, and for each target its person, its request, and what is its own."""

    kind: str
    who: str
    common: dict
    targets: list[dict]


def crowd() -> Twin:
    """More people for as few seats, at the same two organisations."""
    model = make_model()
    places = [("pôle", "here"), ("pôle", "there"), ("autre pôle", "here")]
    model.humans = [
        Human(model.humans[n % 3].born, *places[n % len(places)], "département") for n in range(PEOPLE)
    ]
    return Twin(model)


def led(seed: int) -> Twin:
    """A crowd after some months of life, late for some, with alerts open about them."""
    twin = crowd()
    draw = author(twin, seed)
    for _ in range(PRELUDE):
        twin.play(draw.next(twin.today))
        twin.differences([])
    twin.today += timedelta(Random(seed).choice([0, 3, 30]))
    with clock.at(twin.noon):
        detect()
    return twin


def drawn(twin: Twin, seed: int) -> list[Call]:
    """Calls about random people: some twice, strangers, seats that run out, keys used before, late and future days."""
    random, draw, calls = Random(seed), author(twin, seed), []
    keys = [f"key-{n}" for n in range(4)]
    for _ in range(CALLS):
        kind = possible_kind(draw, random)
        who = random.choice([n for n, w in CAST.items() if w.role in ROLES[kind]] * 3 + list(CAST))
        typed = draw.fact(kind, None, twin.today, spoilt=random.random() < 0.1)
        common = {
            "occurred_on": twin.today - timedelta(random.choice([0, 0, 0, 1, 4, 40, -1])),
            "reason": typed.reason,
            "comment": typed.comment,
            "payload": typed.payload,
            "origin": random.choice([Origin.DECLARED, Origin.DECLARED, Origin.IMPORTED, Origin.DEDUCED]),
        }
        targets = []
        for _ in range(random.randint(1, 10)):
            person = random.randrange(PEOPLE)
            own = [n for n, (asker, _) in enumerate(twin.model.requests) if asker == person]
            target = {"person": person, "subject": None}
            if kind in ABOUT_A_REQUEST and random.random() < 0.95:
                ready = [n for n in own if draw.may_follow(person, kind, n)] or own
                target["subject"] = random.choice(ready) if ready else None
            elif random.random() < 0.05:
                target["subject"] = random.randrange(len(twin.model.requests))
            if random.random() < 0.3:
                target["idempotency_key"] = random.choice(keys)
            if random.random() < 0.2:
                own_words = draw.fact(kind, None, twin.today)
                target |= {
                    "reason": own_words.reason,
                    "payload": own_words.payload,
                    "comment": " Dit en face. ",
                }
            if random.random() < 0.2:
                target["occurred_on"] = twin.today - timedelta(random.choice([0, 2, 15]))
            targets.append(target)
        calls.append(Call(kind, who, common, targets))
    return calls


def possible_kind(draw: Author, random: Random) -> str:
    """Mostly a fact that is possible for somebody."""
    for kind in draw.shuffled_kinds():
        for person in range(PEOPLE):
            if any(draw.may_follow(person, kind, subject) for subject in draw.subjects(person, kind)):
                return kind
    return random.choice(KINDS)


def named(twin: Twin, target: dict) -> tuple[int, int | None, dict]:
    own = {name: value for name, value in target.items() if name not in ("person", "subject")}
    return twin.pathways[target["person"]], twin._subject(target["subject"]), own


def looped(twin: Twin, call: Call) -> tuple[list, list]:
    """The call as a loop of single ones: numbers of the targets done, and of those refused with their refusal."""
    done, refused = [], []
    for number, target in enumerate(call.targets):
        pathway_id, subject_id, own = named(twin, target)
        try:
            said = apply(
                call.kind,
                pathway_id,
                twin.actors[call.who],
                subject_id=subject_id,
                **{**call.common, **{name: value for name, value in own.items() if value is not None}},
            )
        except TransitionRefused as refusal:
            refused.append((number, str(refusal.refusal), refusal.refusal.code))
        except NotVisible:
            refused.append((number, "", "not_visible"))
        else:
            done.append((number, said.repeated))
    return done, refused


def at_once(twin: Twin, call: Call) -> tuple[list, list]:
    """The same through the door for many, whose targets are told apart by their place in the call."""
    targets = []
    for target in call.targets:
        pathway_id, subject_id, own = named(twin, target)
        targets.append(Target(pathway_id, subject_id, **own))
    report = apply_many(call.kind, targets, twin.actors[call.who], **call.common)
    place = {id(target): number for number, target in enumerate(targets)}
    done = [(place[id(recorded.target)], recorded.repeated) for recorded in report.done]
    refused = [
        (place[id(target)], "" if refusal.code == "not_visible" else str(refusal), refusal.code)
        for target, refusal in report.refused
    ]
    assert [row.target for row in report.done] == [targets[number] for number, _ in done]
    return done, refused


def dump(twin: Twin) -> dict:
    """Everything that two worlds must agree on, in numbers instead of keys."""
    names = {who.user_id: name for name, who in twin.actors.items()}
    requests = {pk: number for number, pk in enumerate(twin.requests)}
    found: dict = {"seats": [], "people": []}
    held = Session.objects.filter(pk__in=twin.sessions).order_by("pk")
    found["seats"] = list(held.values_list("seats_held", flat=True))
    for person, key in enumerate(twin.pathways):
        events = list(Event.objects.filter(pathway=key).order_by("pk"))
        place = {event.pk: number for number, event in enumerate(events)}
        told = [
            {
                **{name: getattr(event, name) for name in EVENT_COLUMNS},
                "subject": requests.get(event.subject_id),
                "rank": place.get(event.position, event.position),
                "actor": names[event.actor_id],
                "annuls": place.get(event.annuls_id),
            }
            for event in events
        ]
        twin.events = [event.pk for event in events]  # jobs are named by the place of their event
        alerts = Alert.objects.filter(subject_key__in=subject_keys(twin, key)).order_by("pk")
        found["people"].append(
            {
                "events": told,
                "rows": twin.rows(person),
                "alerts": sorted((alert.kind, alert.closed_at is not None) for alert in alerts),
            }
        )
    return found


EVENT_COLUMNS = (
    *("kind", "occurred_on", "recorded_at", "organisation_id", "role", "origin", "from_state", "to_state"),
    *("reason", "comment", "payload", "idempotency_key"),
)


def subject_keys(twin: Twin, pathway_id: int) -> list[str]:
    below = Prescription.objects.filter(pathway=pathway_id).values_list("pk", flat=True)
    return [f"pathway:{pathway_id}", *(f"{name}:{pk}" for pk in below for name in ("prescription", "exam"))]


@few(6)
@given(seed=SEEDS)
def test_many_at_once_are_recorded_as_one_by_one(seed):
    """From one and the same place in the same database: first by the loop, then, that taken back, at once."""
    worlds = []
    with transaction.atomic():
        twin = led(seed)
        calls = drawn(twin, seed)
        for door in (looped, at_once):
            mark, answers = transaction.savepoint(), []
            with clock.at(twin.noon):
                answers = [door(twin, call) for call in calls]
            worlds.append((answers, dump(twin)))
            assert list(incoherences()) == []
            transaction.savepoint_rollback(mark)
        transaction.set_rollback(True)
    (one_by_one, dumped), (together, dumped_too) = worlds
    for call, alone, many in zip(calls, one_by_one, together, strict=True):
        assert many == alone, call
    assert dumped_too == dumped
    assert any(done for done, _ in one_by_one), "nothing was recorded"
    assert any(refused for _, refused in one_by_one), "nothing was refused"
