"""The whole demo, in one transaction: either the year is there, or nothing of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TextIO

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from faker import Faker

from config import clock
from followup.demo import attendance, live_work, offer, organisations, people, territory
from followup.demo.agenda import Story, on_or_after
from followup.demo.dossier import Dossier
from followup.demo.progress import Progress
from followup.demo.story import live
from followup.demo.world import World, run_session
from pathways.models import Beneficiary, Cohort

SEED = 20170616
#: How long before today the first person is identified.
DAYS_PLAYED = 365


def fewest_people() -> int:
    """The smallest demo that still leaves work to every account."""
    return live_work.headcount() + 10


def fewest_sessions() -> int:
    return len(live_work.STAGES) + 2


@dataclass
class Report:
    """What was made, and how many seconds each part took."""

    people: int = 0
    sessions: int = 0
    facts: int = 0
    marks: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - started, 1)


def play(people_count: int, session_count: int, seed: int, stream: TextIO) -> Report:
    """Make a cohort of `people_count` over `session_count` sessions and play its year, up to now.

    The same seed on the same day makes the same cohort. Progress goes to `stream`.
    """
    now = clock.now()
    world = World(seed, since=_morning(timezone.localdate(now) - timedelta(days=DAYS_PLAYED)), until=now)
    report = Report(people=people_count, sessions=session_count)
    with transaction.atomic():
        with report.timed("organisations et offre"):
            faker = Faker("fr_FR")
            faker.seed_instance(seed)
            _set_up(world, faker, session_count)
        with report.timed("bénéficiaires"):
            _people(world, faker, people_count)
            _refresh_statistics()
        with report.timed("parcours"):
            _run(world, Progress(stream, world.since, now))
        with report.timed("présences"):
            report.marks = attendance.fill(world)
        _refresh_statistics()
    report.facts = world.facts
    return report


def _morning(day: date) -> datetime:
    with clock.at(day) as noon:
        return noon - timedelta(hours=5)


def _set_up(world: World, faker: Faker, session_count: int) -> None:
    world.areas = territory.create()
    since = world.today - timedelta(days=DAYS_PLAYED + 60)
    world.organisations = organisations.create(faker, world.areas, since)
    staged = live_work.plans(world.organisations, world.today)
    drawn = offer.draw(world.rng, session_count - len(staged), world.organisations, world.today)
    world.add_offer(offer.create(staged + drawn, world.organisations, world.areas))
    world.cohort = Cohort.objects.create(
        code="DEMO",
        name="Cohorte de démonstration",
        department=world.organisations.department,
        reference_date=world.today - timedelta(days=DAYS_PLAYED),
        opened_on=world.today - timedelta(days=DAYS_PLAYED),
    )
    for intake in world.intakes:
        if not intake.is_staged:
            world.agenda.start(run_session(world, intake))
    world.agenda.start(live_work.cancel_session(world))


def _people(world: World, faker: Faker, count: int) -> None:
    """Staged people and the others, then a story for each."""
    scripts = live_work.scripts()
    days = [live_work.identified_on(script, world.today) for script in scripts]
    homes = [live_work.HOMES[rank % len(live_work.HOMES)] for rank in range(len(scripts))]
    others = count - len(scripts)
    days += people.draw_identified_on(world.rng, others, world.today)
    homes += [territory.draw_home(world.rng) for _ in range(others)]
    persons = people.create(
        world.rng, faker, world.organisations, world.areas, days, homes, world.cohort.reference_date
    )
    waves: dict[date, list[tuple[Dossier, Story]]] = {}
    for rank, (person, home) in enumerate(zip(persons, homes, strict=True)):
        dossier = _dossier(world, person, home)
        story = live(dossier)
        if rank < len(scripts):
            live_work.stage_actors(world, dossier)
            story = live_work.play(dossier, scripts[rank])
        waves.setdefault(person.identified_on, []).append((dossier, story))
    for identified_on, wave in sorted(waves.items()):
        world.agenda.start(_wave(world, identified_on, wave))


def _wave(world: World, identified_on: date, wave: list[tuple[Dossier, Story]]) -> Story:
    """The Département identifies people together; then each lives their own story."""
    yield on_or_after(identified_on)
    pathways = world.enter_cohort([dossier.person for dossier, _ in wave])
    for (dossier, story), pathway in zip(wave, pathways, strict=True):
        dossier.pathway = pathway
        dossier.task = world.agenda.start(story)


def _dossier(world: World, person: Beneficiary, home: territory.Home) -> Dossier:
    made = world.organisations
    return Dossier(
        world,
        person,
        referent=world.rng.choice(made.referents[home.sector]),
        advisor=world.rng.choice(made.advisors[home.town.area]),
    )


def _run(world: World, progress: Progress) -> None:
    steps = 0

    def on_step(moment: datetime) -> None:
        nonlocal steps
        steps += 1
        if steps % 4000 == 0:
            _refresh_statistics()
        progress.show(moment, world.facts)

    world.agenda.run(on_step)
    progress.finish(world.facts)


def _refresh_statistics() -> None:
    """Tell the planner how the tables have grown: nothing does it for us inside one long transaction."""
    with connection.cursor() as cursor:
        # Our tables by name: a bare ANALYZE also locks the shared catalogues, for every database of the server, until
        # this long transaction ends.
        cursor.execute(f"ANALYZE {', '.join(sorted(model._meta.db_table for model in apps.get_models()))}")
