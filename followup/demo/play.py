"""The whole demo: either the year is there, or nothing of it.

The two halves of the Département are independent stories. With two processes they are played side by side; the second
one commits on a word from the first, once both have reached the end.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from typing import TextIO

from django.db import connection, transaction
from django.utils import timezone
from faker import Faker

from config import clock
from config.errors import JalonsError
from config.garbage import fewer_collections
from followup.demo import (
    attendance,
    attestations,
    financing,
    incomplete_offer,
    labels,
    live_work,
    mails,
    offer,
    organisations,
    people,
    plan,
    reserved_seats,
    saturation,
    team,
    territory,
)
from followup.demo.agenda import Story, on_or_after
from followup.demo.dossier import Dossier
from followup.demo.organisations import Organisations
from followup.demo.progress import Progress
from followup.demo.story import live
from followup.demo.world import World, run_session
from notifications.services import detect
from pathways.models import Beneficiary, Cohort, EmploymentArea, Event

SEED = 20170616
#: How long before today the first person is identified.
DAYS_PLAYED = 365
COHORT_CODE = "DEMO"
COHORT_NAME = "Cohorte de démonstration"
UNFINISHED_NAME = "Cohorte de démonstration, inachevée"


def fewest_people() -> int:
    """The smallest demo that still leaves work to every account."""
    return live_work.headcount() + 5


def fewest_sessions() -> int:
    return len(live_work.STAGES) + 4


@dataclass
class Report:
    """What was made, and how many seconds each part took."""

    people: int = 0
    sessions: int = 0
    facts: int = 0
    marks: int = 0
    documents: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - started, 1)


@dataclass
class Job:
    """All that one half needs: what is asked, and the ground both stand on."""

    people: int
    sessions: int
    seed: int
    now: datetime
    areas: dict[str, EmploymentArea]
    organisations: Organisations
    cohort: Cohort


def is_unfinished() -> bool:
    """Whether a demo was stopped between the two halves, in the instant when one was kept and the other was not."""
    return (
        Cohort.objects.filter(code=COHORT_CODE, name=UNFINISHED_NAME).exists()
        and Beneficiary.objects.exists()
    )


def play(people_count: int, session_count: int, seed: int, stream: TextIO, processes: int = 1) -> Report:
    """Make a cohort of `people_count` over `session_count` sessions and play its year, up to now.

    The same seed on the same day makes the same people and the same facts, whatever the number of processes (1 or 2;
    only the keys of rows differ). Progress goes to `stream`. With one process, everything is one transaction.
    """
    report = Report(people=people_count, sessions=session_count)
    run = _in_two_processes if processes > 1 else _in_one_process
    with fewer_collections():
        run(people_count, session_count, seed, stream, report)
    played = Event.objects.count()
    with report.timed("attestations"), transaction.atomic():
        report.documents = attestations.issue_all(seed)
    with report.timed("places réservées"), transaction.atomic():
        reserved_seats.decide_all()
    with report.timed("financement"), transaction.atomic():
        financing.play()
    report.facts += Event.objects.count() - played
    with report.timed("alertes"):
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with transaction.atomic():
            saturation.play(seed)
        detect()
        team.share()
    with report.timed("courriels"):
        mails.write()
        incomplete_offer.remind()
    with report.timed("plan de saturation"), transaction.atomic():
        plan.play()
    return report


# ---- one process or two


def _in_one_process(people_count: int, session_count: int, seed: int, stream: TextIO, report: Report) -> None:
    with transaction.atomic():
        job = _prepare(people_count, session_count, seed, report)
        for side in range(len(territory.SIDES)):
            with report.timed(f"parcours, moitié {side + 1}"):
                progress = Progress(stream, _start_of(job.now), job.now)
                _add(report, _play_side(job, side, progress.show))
                progress.finish(report.facts)
        _finish()


def _in_two_processes(
    people_count: int, session_count: int, seed: int, stream: TextIO, report: Report
) -> None:
    with transaction.atomic():
        job = _prepare(people_count, session_count, seed, report)
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    played = fork.RawValue("l", 0)
    other = fork.Process(target=_second_half, args=(job, ours, theirs, played), daemon=True)
    with report.timed("parcours"):
        other.start()
        theirs.close()
        progress = Progress(stream, _start_of(job.now), job.now)
        try:
            with transaction.atomic():
                _add(report, _play_side(job, 0, lambda at, facts: progress.show(at, facts + played.value)))
                _add(report, _told_by(ours))
                ours.send("commit")
                _told_by(ours)
        finally:
            ours.close()
            other.join()
        progress.finish(report.facts)
    _finish()


def _second_half(job: Job, other_end: Connection, pipe: Connection, played) -> None:
    """Play the second half in this forked process, on a connection of its own, and keep it when told to."""
    other_end.close()  # the copy that fork made: with it open, the end of the parent would go unnoticed
    # The parent's connection belongs to the parent: forget it here, without closing it.
    connection.connection = None

    def count(moment: datetime, facts: int) -> None:
        played.value = facts

    try:
        with transaction.atomic():
            pipe.send(_play_side(job, 1, count))
            pipe.recv()  # EOFError when the parent gave up: nothing is kept
        pipe.send((0, 0))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        connection.close()


def _told_by(pipe: Connection) -> tuple[int, int]:
    try:
        return pipe.recv()
    except EOFError as error:
        raise JalonsError(
            code="demo_half_failed",
            message="La seconde moitié de la démonstration s'est arrêtée : rien n'est enregistré.",
            next_step="Lisez l'erreur au-dessus, puis relancez la commande.",
        ) from error


def _add(report: Report, counts: tuple[int, int]) -> None:
    report.facts += counts[0]
    report.marks += counts[1]


# ---- the ground


def _prepare(people_count: int, session_count: int, seed: int, report: Report) -> Job:
    """Write what both halves share, unless an interrupted demo has left it."""
    now = clock.now()
    today = timezone.localdate(now)
    first_day = today - timedelta(days=DAYS_PLAYED)
    with report.timed("territoire et organisations"):
        faker = _faker(seed)
        areas = territory.create()
        labels.create()
        made = organisations.ensure(faker, areas, first_day - timedelta(days=60))
        cohort, _ = Cohort.objects.update_or_create(
            code=COHORT_CODE,
            defaults={
                "name": UNFINISHED_NAME,
                "department": made.department,
                "reference_date": first_day,
                "opened_on": first_day,
            },
        )
    return Job(people_count, session_count, seed, now, areas, made, cohort)


def _finish() -> None:
    incomplete_offer.leave_gaps()
    Cohort.objects.filter(code=COHORT_CODE).update(name=COHORT_NAME)


def _faker(seed: int) -> Faker:
    faker = Faker("fr_FR")
    faker.seed_instance(seed)
    return faker


def _start_of(now: datetime) -> datetime:
    with clock.at(timezone.localdate(now) - timedelta(days=DAYS_PLAYED)) as noon:
        return noon - timedelta(hours=5)


# ---- one half


def _play_side(job: Job, side: int, show: Callable[[datetime, int], None]) -> tuple[int, int]:
    """Play one half of the Département; returns how many facts and marks of attendance were recorded."""
    world = World(job.seed * 2 + side, since=_start_of(job.now), until=job.now)
    world.areas, world.organisations, world.cohort = job.areas, job.organisations, job.cohort
    _open_sessions(world, job, side)
    _begin_stories(world, job, side)
    world.agenda.run(lambda moment: show(moment, world.facts))
    return world.facts, attendance.fill(world)


def _open_sessions(world: World, job: Job, side: int) -> None:
    """Half of the sessions; the staged ones are among the first half."""
    plans = [] if side else live_work.plans(world.organisations, world.today)
    count = _share(job.sessions, side, len(live_work.STAGES) + 2)
    plans += offer.draw(world.rng, count - len(plans), world.organisations, side, world.today)
    world.add_offer(offer.create(plans, world.organisations, world.areas, f"DEMO{side + 1}_"))
    for intake in world.intakes:
        if not intake.is_staged:
            world.agenda.start(run_session(world, intake))
    if world.staged:
        world.agenda.start(live_work.cancel_session(world))
        world.agenda.start(live_work.postpone_session(world))


def _begin_stories(world: World, job: Job, side: int) -> None:
    """Half of the people, the staged ones first, each with their story."""
    scripts = [] if side else live_work.scripts()
    first_rank = 1 + (_share(job.people, 0, live_work.headcount()) if side else 0)
    others = _share(job.people, side, live_work.headcount()) - len(scripts)
    days = [live_work.identified_on(script, world.today) for script in scripts]
    days += people.draw_identified_on(world.rng, others, world.today)
    homes = [live_work.HOMES[rank % len(live_work.HOMES)] for rank in range(len(scripts))]
    homes += [territory.draw_home(world.rng, side) for _ in range(others)]
    reference = world.cohort.reference_date
    persons = people.create(
        world.rng,
        _faker(job.seed + 1 + side),
        world.organisations,
        world.areas,
        days,
        homes,
        reference,
        first_rank,
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


def _share(total: int, side: int, least: int) -> int:
    """How many of `total` fall to one half: the first takes at least `least`, for what is staged there."""
    first = max(total - total // 2, least)
    return total - first if side else first


def _wave(world: World, identified_on: date, wave: list[tuple[Dossier, Story]]) -> Story:
    """The Département identifies people together; then each lives their own story."""
    yield on_or_after(identified_on)
    pathways = world.enter_cohort([dossier.person for dossier, _ in wave])
    for (dossier, story), pathway in zip(wave, pathways, strict=True):
        dossier.pathway = pathway
        dossier.task = world.agenda.start(story)


def _dossier(world: World, person: Beneficiary, home: territory.Home) -> Dossier:
    rng: Random = world.rng
    return Dossier(
        world,
        person,
        referent=rng.choice(world.organisations.referents[home.sector]),
        advisor=rng.choice(world.organisations.advisors[home.town.area]),
    )
