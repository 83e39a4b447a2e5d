"""The people of the demo: drawn by Faker, reachable nowhere, without NIR.

Mail goes to example.org; 06 39 98 is the mobile range that Arcep keeps for works of fiction.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from faker import Faker

from followup.demo.courses import FAMILIES
from followup.demo.organisations import Organisations
from followup.demo.territory import Home
from pathways.identity import normalise_name
from pathways.models import Beneficiary, EmploymentArea, RsaSituation

#: Levels of the ASP list and how common they are among people in the RSA.
LEVELS = {"70": 26, "60": 12, "50": 22, "51": 16, "41": 6, "40": 10, "30": 5, "20": 2, "01": 1}
#: What people want to work in, by family of trades (ROME code of the project).
PROJECTS = {
    "care": "K1302",
    "logistics": "N1101",
    "building": "F1703",
    "services": "K2204",
    "catering": "G1602",
    "office": "M1607",
    "industry": "H2913",
    "digital": "M1805",
    "green": "A1203",
    "trade": "D1507",
}


#: From so many people on, a demo has some who were handed in twice.
REPEATS_FROM = 300


def draw_identified_on(rng: Random, count: int, today: date) -> list[date]:
    """When the Département identifies each person: a first wave a year ago, then one each month, oldest first.

    The first wave holds a quarter of the cohort; nobody is identified in the last three days.
    """
    waves = [today - timedelta(days=363)]
    waves += [today - timedelta(days=340 - 30 * month) for month in range(12)]
    weights = [11, *([3] * 12)]
    days = [wave + timedelta(days=rng.randrange(0, 7)) for wave in rng.choices(waves, weights, k=count)]
    return sorted(days)


def create(
    rng: Random,
    faker: Faker,
    organisations: Organisations,
    areas: dict[str, EmploymentArea],
    identified_on: list[date],
    homes: list[Home],
    reference_date: date,
    first_rank: int = 1,
) -> list[Beneficiary]:
    """Write one person for each day and home, who meets the rule of a cohort on its `reference_date`.

    first_rank: the serial number of the first, which every identifier is made from.
    """
    people = [
        _draw(rng, faker, rank, day, home, organisations, areas)
        for rank, (day, home) in enumerate(zip(identified_on, homes, strict=True), start=first_rank)
    ]
    _repeat_some(people)
    for person in people:
        person.pe_registered_on = reference_date - timedelta(days=rng.randint(5, 700))
        person.compute_keys()
    Beneficiary.objects.bulk_create(people, batch_size=500)
    RsaSituation.objects.bulk_create([_rsa(rng, person, reference_date) for person in people], batch_size=500)
    return people


def _repeat_some(people: list[Beneficiary]) -> None:
    """In a cohort of some size, let three of the last be people already there, as files hand them in a second time.

    Names the wrong way round, without their accents, under the birth name: what the manager finds in « Doublons ».
    """
    if len(people) < REPEATS_FROM:
        return
    accented = next((person for person in people[1:-3] if not person.first_name.isascii()), people[1])
    married = next(
        (person for person in people[1:-3] if person.birth_name and person is not accented), people[2]
    )
    for again, known in zip(people[-3:], (people[0], accented, married), strict=True):
        again.birth_date, again.sex, again.phone = known.birth_date, known.sex, known.phone
        again.last_name, again.first_name, again.birth_name = known.last_name, known.first_name, ""
    inverted, bare, maiden = people[-3:]
    inverted.last_name, inverted.first_name = inverted.first_name, inverted.last_name
    inverted.pe_identifier, bare.caf_number = people[0].pe_identifier, accented.caf_number
    bare.first_name = normalise_name(bare.first_name).title()
    maiden.last_name = married.birth_name or married.last_name


def _draw(rng, faker, rank, identified_on, home, organisations, areas) -> Beneficiary:
    sex = rng.choices("FM", (53, 47))[0]
    first = faker.first_name_female() if sex == "F" else faker.first_name_male()
    last = faker.last_name()
    birth_name = faker.last_name() if sex == "F" and rng.random() < 0.3 else ""
    return Beneficiary(
        first_name=first,
        last_name=last,
        birth_name=birth_name,
        sex=sex,
        birth_date=_birth_date(rng, identified_on),
        pe_identifier=f"{9_000_000 + rank * 7:07d}{rng.choice('ABCDEFGHJKLMNPRSTUVWXYZ')}",
        caf_number=f"{8_000_000 + rank * 13:07d}",
        phone=f"063998{rank % 10000:04d}",
        email=_email(first, last, rank),
        address=faker.street_address(),
        postal_code=home.postal_code,
        city=home.town.name,
        commune_id=home.town.insee,
        education_level=rng.choices(list(LEVELS), list(LEVELS.values()))[0],
        job_project=PROJECTS[rng.choice(FAMILIES)],
        pole=organisations.poles[home.sector],
        area=areas[home.town.area],
        identified_on=identified_on,
    )


def _birth_date(rng: Random, day: date) -> date:
    age = min(61, max(18, round(rng.gauss(37, 11))))
    return day - timedelta(days=round(age * 365.25) + rng.randrange(30, 330))


def _email(first: str, last: str, rank: int) -> str:
    name = normalise_name(f"{first} {last}").lower().replace(" ", ".")
    return f"{name}.{rank}@example.org"


def _rsa(rng: Random, person: Beneficiary, reference_date: date) -> RsaSituation:
    """In the RSA for less than a year on the reference date of the cohort (CD13, 1.1)."""
    return RsaSituation(
        beneficiary=person,
        entered_on=reference_date - timedelta(days=rng.randint(5, 350)),
        right_state="2",  # ETATDOSRSA: open and payable
        has_duties=True,
        known_on=reference_date,
    )
