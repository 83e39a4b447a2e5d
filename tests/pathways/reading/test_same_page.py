"""The property of the time machine: a page read at a day, as known that day, says what it said on that very day.

Random small histories are told through the product's doors, day after day; each page is kept as the reader saw it
on the evening, then read again from the last day, when everything has been corrected, backdated and taken back.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config import clock
from pathways.corrections import annul, correct
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Event
from pathways.reading.moment import evening_of
from pathways.refusals import NotVisible
from pathways.transitions import apply
from tests.factories import DETAILS, FIRST_DAY, TELLERS, World
from tests.pathways.reading.words import words_of

pytestmark = pytest.mark.django_db
#: The usual order, so that most histories go somewhere.
USUAL = (
    "submit",
    "convene",
    "attend",
    "admit",
    "register",
    "enter",
    "complete",
    "contact",
    "employ",
    "end_job",
)
OTHERS = (
    "waitlist",
    "refuse",
    "withdraw",
    "no_show",
    "suspend",
    "resume",
    "drop_out",
    "sit_exam",
    "note",
    "offer",
)
READERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.PROVIDER, Role.ADVISOR, Role.REGION_OFFICER)
OPENS, CLOSES = FIRST_DAY + timedelta(days=20), FIRST_DAY + timedelta(days=60)


@dataclass(frozen=True)
class Step:
    """What is done on one day about one person: the next usual fact, another one, or a correction of a fact."""

    person: int
    wait: int
    backdated: int
    act: str


steps = st.builds(
    Step,
    person=st.integers(0, 1),
    wait=st.integers(0, 6),
    backdated=st.sampled_from([0, 0, 0, 1, 4, 9]),
    act=st.sampled_from(["next"] * 8 + ["annul", "annul", "correct", "correct", *OTHERS]),
)


def told(world: World, story, act: str, usual: list[str], day: date, backdated: int) -> None:
    """Do one step through the door; what it refuses has not happened."""
    kind = usual[0] if act == "next" and usual else act
    occurred_on = max(FIRST_DAY, day - timedelta(days=backdated))
    try:
        with transaction.atomic():
            if act in ("annul", "correct"):
                facts = list(Event.objects.filter(pathway=story.pathway).order_by("pk"))
                fact = facts[backdated % len(facts)]
                if act == "annul":
                    annul(fact.pk, world.manager, comment="Mauvaise personne.")
                else:
                    earlier = fact.occurred_on - timedelta(days=1)
                    teller = world.actors[fact_teller(fact.kind)]
                    correct(fact.pk, teller, comment="Un jour trop tard.", occurred_on=earlier)
                return
            details = dict(DETAILS.get(kind, {}))
            if kind == "convene":
                details = {"payload": {"convened_for": str(day + timedelta(days=2))}}
            if kind == "offer":
                details = {"payload": {"expires_on": str(day + timedelta(days=5))}}
            about = None if kind in ("contact", "employ", "end_job", "note") else story.prescription.pk
            by = world.actors[fact_teller(kind)]
            apply(kind, story.pathway.pk, by, subject_id=about, occurred_on=occurred_on, **details)
    except (TransitionRefused, NotVisible):
        return
    finally:
        if act == "next" and usual:
            usual.pop(0)


def fact_teller(kind: str) -> Role:
    return TELLERS.get(kind, Role.PROVIDER)


def pages(world: World, stories, role: Role) -> list[str]:
    files = [f"/dossiers/{story.pathway.pk}/" for story in stories]
    session = stories[0].prescription.session_id
    common = [f"/sessions/{session}/", "/sessions/?periode=toutes"]
    return {
        Role.REFERENT: ["/dossiers/", "/dossiers/?tri=-depuis", "/sortants/?situation=tous", *files],
        Role.DEPARTMENT_MANAGER: [
            "/dossiers/?bloques=on",
            "/places/?fenetre=90",
            "/places/?vue=ouvertes",
            *common,
        ],
        Role.PROVIDER: ["/dossiers/", "/candidats/", "/candidats/?etape=termines", "/stagiaires/", *files],
        Role.ADVISOR: ["/sortants/", "/sortants/?situation=emploi", "/sortants/?situation=tous"],
        Role.REGION_OFFICER: ["/places/?fenetre=90", "/places/?vue=ouvertes&fenetre=90", *common],
    }[role]


def looked_at(world: World, stories, prefix: str = "") -> dict[tuple[Role, str], str]:
    """(reader, address) -> what the page says now; a page that is not found says so."""
    found = {}
    for role in READERS:
        client = Client()
        client.force_login(world.actors[role].user)
        for path in pages(world, stories, role):
            response = client.get(prefix + path)
            # A page of nobody reads as today, with a word beside the control.
            nothing = response.status_code == 404 or b"id_lu_au_error" in response.content
            found[role, path] = "nobody" if nothing else words_of(response)
    return found


def told_apart(place: tuple[Role, str], said: str, read: str) -> str:
    """Where two texts begin to differ."""
    start = next(
        (n for n, (a, b) in enumerate(zip(said, read, strict=False)) if a != b), min(len(said), len(read))
    )
    return (
        f"{place}: …{said[max(0, start - 60) : start + 160]}… now …{read[max(0, start - 60) : start + 160]}…"
    )


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(history=st.lists(steps, min_size=6, max_size=22))
def test_a_page_of_the_past_says_what_it_said(db, history):
    with transaction.atomic():
        world = World.make()
        session = world.session(capacity=2, starts_on=OPENS, ends_on=CLOSES)
        stories = [world.story(name, session) for name in ("Kermadec", "Ouessant")]
        for story in stories:
            story.tell("submit", FIRST_DAY)
        usual = [list(USUAL[1:]) for _ in stories]
        day, kept = FIRST_DAY, {}
        for number, step in enumerate(history):
            day += timedelta(days=step.wait)
            with clock.at(day):
                told(world, stories[step.person], step.act, usual[step.person], day, step.backdated)
            if number in (3, len(history) - 2):
                kept[day] = None
            if day in kept:
                with clock.at(evening_of(day)):
                    kept[day] = looked_at(world, stories)
        with clock.at(day + timedelta(days=30)):
            for then, said in kept.items():
                read = looked_at(world, stories, f"/au/{then}/connu/{then}")
                differing = [place for place in said if said[place] != read[place]]
                assert [told_apart(place, said[place], read[place]) for place in differing] == []
        transaction.set_rollback(True)
