"""The organisations of the demo, all invented, and who works there.

SIRETs pass the Luhn key and begin with 0, which Sirene never gives; phone numbers are of the ranges that Arcep keeps
for works of fiction (04 65 71 and 06 39 98).
"""

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password
from faker import Faker

from followup.demo import territory
from followup.demo.accounts import ACCOUNTS, PASSWORD
from pathways.actor import Actor
from pathways.enums import OrganisationKind, Role
from pathways.models import EmploymentArea, Membership, Organisation, User

K = OrganisationKind

#: Sector (territory.Town.sector) -> name of the pôle d'insertion, its seat.
POLES = {
    "bastides": ("Pôle d'insertion Les Bastides (Marseille nord)", "13055"),
    "ville": ("Pôle d'insertion Vieille Ville (Marseille centre)", "13055"),
    "platanes": ("Pôle d'insertion Les Platanes (Marseille nord-est)", "13055"),
    "calanques": ("Pôle d'insertion Les Calanques (Marseille sud)", "13055"),
    "huveaune": ("Pôle d'insertion de l'Huveaune (Marseille est)", "13055"),
    "garlaban": ("Pôle d'insertion du Garlaban", "13005"),
    "berre": ("Pôle d'insertion Berre Est", "13117"),
    "victoire": ("Pôle d'insertion de la Sainte-Victoire", "13001"),
    "minier": ("Pôle d'insertion du Bassin minier", "13041"),
    "golfe": ("Pôle d'insertion du Golfe de Fos", "13056"),
    "crau": ("Pôle d'insertion Crau et Touloubre", "13103"),
    "arles": ("Pôle d'insertion du Pays d'Arles", "13004"),
}
#: Name of the agency, its seat, the bassins d'emploi it serves.
AGENCIES = (
    ("Agence Pôle emploi Les Bastides (Marseille)", "13055", ("9312",)),
    ("Agence Pôle emploi Vieille Ville (Marseille)", "13055", ("9312",)),
    ("Agence Pôle emploi du Garlaban", "13005", ("9312",)),
    ("Agence Pôle emploi de la Sainte-Victoire", "13001", ("9301",)),
    ("Agence Pôle emploi Golfe et Crau", "13103", ("9313",)),
    ("Agence Pôle emploi du Pays d'Arles", "13004", ("0052", "0053", "9306")),
)
#: Name of the provider, its seat: those of Marseille, then as many elsewhere. The first is the demo account's.
PROVIDERS = (
    ("Atelier des Sept Collines", "13055"),
    ("Calade Compétences", "13055"),
    ("La Bastide des Métiers", "13055"),
    ("Mistralou Formation", "13055"),
    ("Les Chantiers de l'Estragon", "13055"),
    ("Tamarin Santé Formation", "13055"),
    ("Garrigo Formation", "13005"),
    ("Berréenne d'Apprentissage", "13117"),
    ("Cézarine Compétences", "13001"),
    ("Institut Salicorne", "13056"),
    ("Touloubre Formation", "13103"),
    ("Camarguo Métiers", "13004"),
)
REFERENTS_PER_POLE = 3
SECTOR_OF_DEMO = "bastides"


@dataclass
class Organisations:
    """Who takes part. referents: by sector; advisors: by area code; providers: in the order of PROVIDERS."""

    department: Organisation
    region: Organisation
    poles: dict[str, Organisation] = field(default_factory=dict)
    providers: list[Organisation] = field(default_factory=list)
    agencies: list[Organisation] = field(default_factory=list)
    referents: dict[str, list[Actor]] = field(default_factory=dict)
    advisors: dict[str, list[Actor]] = field(default_factory=dict)
    trainers: dict[int, list[Actor]] = field(default_factory=dict)
    manager: Actor | None = None
    demo: dict[str, Actor] = field(default_factory=dict)


def luhn_key(digits: str) -> str:
    """The digit that makes `digits` + it pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siret(number: int) -> str:
    """An invented SIRET, Luhn-valid as a whole and in its SIREN."""
    siren = f"00{number:06d}"
    siren += luhn_key(siren)
    establishment = f"{siren}0001"
    return establishment + luhn_key(establishment)


def landline(number: int) -> str:
    return f"046571{number % 10000:04d}"


def _organisation(kind: K, code: str, name: str, insee: str, number: int, **more) -> Organisation:
    slug = code.lower().replace("_", "-")
    values = {
        "name": name,
        "siret": siret(number),
        "commune_id": insee,
        "phone": landline(number * 11),
        "email": f"contact@{slug}.example.org",
        **more,
    }
    return Organisation.objects.get_or_create(kind=kind, code=f"DEMO-{code}", defaults=values)[0]


def ensure(faker: Faker, areas: dict[str, EmploymentArea], since: date) -> Organisations:
    """Write the organisations, their people since `since` and the demo accounts, unless they are there already."""
    made = Organisations(
        department=_organisation(
            K.DEPARTMENT, "CD13", "Département des Bouches-du-Rhône (démonstration)", "13055", 1
        ),
        region=_organisation(
            K.REGION, "REGION", "Région Provence-Alpes-Côte d'Azur (démonstration)", "13055", 2
        ),
    )
    _create_poles(made, areas)
    for rank, (name, insee, codes) in enumerate(AGENCIES):
        agency = _organisation(K.AGENCY, f"AGENCE-{rank + 1}", name, insee, 40 + rank)
        agency.areas.set([areas[code] for code in codes])
        made.agencies.append(agency)
    for rank, (name, insee) in enumerate(PROVIDERS):
        number = f"93139{rank + 1:04d}13"
        made.providers.append(
            _organisation(K.PROVIDER, f"OF-{rank + 1:02d}", name, insee, 60 + rank, activity_number=number)
        )
    platform = _organisation(K.PLATFORM, "JALONS", "Exploitation de Jalons (démonstration)", "13055", 3)
    _create_people(made, faker, since)
    _create_accounts(made, platform, since)
    return made


def _create_poles(made: Organisations, areas: dict[str, EmploymentArea]) -> None:
    for rank, (sector, (name, insee)) in enumerate(POLES.items()):
        pole = _organisation(
            K.INSERTION_POLE, f"POLE-{sector.upper()}", name, insee, 10 + rank, parent=made.department
        )
        codes = {each.area for each in territory.TOWNS if each.sector == sector} or {"9312"}
        pole.areas.set([areas[code] for code in sorted(codes)])
        made.poles[sector] = pole


class _Staff:
    """Opens accounts that nobody can log in with: they only sign what they record."""

    def __init__(self, faker: Faker, since: date):
        self.faker = faker
        self.since = since
        self.count = 0

    def hire(self, organisation: Organisation, role: Role) -> Actor:
        self.count += 1
        email = f"agent{self.count:03d}@demo.jalons.example"
        names = {"first_name": self.faker.first_name(), "last_name": self.faker.last_name()}
        return _member(email, organisation, role, self.since, password=make_password(None), **names)


def _member(email: str, organisation: Organisation, role: Role, since: date, **user) -> Actor:
    account, _ = User.objects.get_or_create(email=email, defaults=user)
    membership, _ = Membership.objects.get_or_create(
        user=account, organisation=organisation, role=role, defaults={"started_on": since}
    )
    return Actor.of(membership)


def _create_people(made: Organisations, faker: Faker, since: date) -> None:
    staff = _Staff(faker, since)
    for sector, pole in made.poles.items():
        made.referents[sector] = [staff.hire(pole, Role.REFERENT) for _ in range(REFERENTS_PER_POLE)]
    for agency, (_, _, codes) in zip(made.agencies, AGENCIES, strict=True):
        advisors = [staff.hire(agency, Role.ADVISOR) for _ in range(2)]
        for code in codes:
            made.advisors.setdefault(code, []).extend(advisors)
    for provider in made.providers:
        made.trainers[provider.pk] = [staff.hire(provider, Role.PROVIDER) for _ in range(2)]
    made.manager = staff.hire(made.department, Role.DEPARTMENT_MANAGER)


def _create_accounts(made: Organisations, platform: Organisation, since: date) -> None:
    places = {
        "pole": made.poles[SECTOR_OF_DEMO],
        "provider": made.providers[0],
        "agency": made.agencies[0],
        "region": made.region,
        "department": made.department,
        "platform": platform,
    }
    secret = make_password(PASSWORD)  # hashed once: the accounts share it
    for account in ACCOUNTS:
        made.demo[account.role] = _member(
            account.email,
            places[account.organisation],
            account.role,
            since,
            first_name=account.first_name,
            last_name=account.last_name,
            password=secret,
        )
    made.referents[SECTOR_OF_DEMO].append(made.demo[Role.REFERENT])
    made.trainers[made.providers[0].pk].append(made.demo[Role.PROVIDER])
    made.advisors["9312"].append(made.demo[Role.ADVISOR])
