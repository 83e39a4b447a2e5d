"""A Département for the bench: the demo's towns, pôles, providers, trades and people, drawn from a seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from faker import Faker

from config import clock
from followup.demo import offer, organisations, people, territory
from followup.demo.courses import COURSES
from pathways.enums import PathwayState
from pathways.models import Beneficiary, Cohort, Pathway
from prescriptions.models import Session

#: The day of the bench, a Monday.
TODAY = date(2026, 3, 2)


#: How many people want each trade taught: few trades are wanted by many (Zipf); four in ten want one taught nowhere.
TAUGHT = sorted({course.rome for course in COURSES if course.rome})
ELSEWHERE = 0.4


def build(sessions: int, seekers: int, weeks: int, seed: int = 7) -> None:
    """Write `sessions` that open within `weeks` and `seekers` people without a session; inside `country.day()`.

    Each session has none to all of its seats left, wherever it is and whatever it teaches.
    """
    rng, faker = Random(seed), Faker("fr_FR")
    faker.seed_instance(seed)
    areas = territory.create()
    made = organisations.ensure(faker, areas, TODAY - timedelta(days=1000))
    plans = [
        offer.draw_one(
            rng,
            rng.choice(COURSES),
            rng.choice(made.providers),
            TODAY + timedelta(days=rng.randint(3, weeks * 7 - 4)),
        )
        for _ in range(sessions)
    ]
    offer.create(plans, made, areas, "24_B")
    for session in Session.objects.order_by("pk"):
        Session.objects.filter(pk=session.pk).update(seats_held=rng.randint(0, session.capacity))
    _people(rng, faker, made, areas, seekers)


def _people(rng: Random, faker: Faker, made, areas, number: int) -> None:
    since = people.draw_identified_on(rng, number, TODAY)
    homes = [territory.draw_home(rng, rng.randrange(2)) for _ in range(number)]
    persons = people.create(rng, faker, made, areas, since, homes, TODAY - timedelta(days=400))
    _draw_projects(rng, persons)
    cohort = Cohort.objects.create(
        code="BENCH", name="Cohorte d'essai", department=made.department, reference_date=TODAY
    )
    Pathway.objects.bulk_create(
        [
            Pathway(
                beneficiary=person,
                cohort=cohort,
                pole=person.pole,
                area=person.area,
                state=PathwayState.IDENTIFIED,
                state_since=person.identified_on,
            )
            for person in persons
        ],
        batch_size=1000,
    )


def _draw_projects(rng: Random, persons: list[Beneficiary]) -> None:
    trades = rng.sample(TAUGHT, len(TAUGHT))
    wanted = [(1 - ELSEWHERE) / rank for rank in range(1, len(trades) + 1)]
    scale = sum(wanted) / (1 - ELSEWHERE)
    weights = [*(weight / scale for weight in wanted), ELSEWHERE]
    for person in persons:
        person.job_project = rng.choices([*trades, "L1203"], weights)[0]
    Beneficiary.objects.bulk_update(persons, ["job_project"], batch_size=1000)


def day():
    """The bench's present."""
    return clock.at(TODAY)
