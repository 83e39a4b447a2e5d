"""People, organisations and courses for tests, made through the product's own doors.

A `World` holds a small Département with one actor per role, each owning rows of their own; `Story` leads one person
from fact to fact on chosen days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from config import clock
from pathways.actor import Actor
from pathways.enums import OrganisationKind, Role
from pathways.models import Beneficiary, Cohort, EmploymentArea, Membership, Organisation, Pathway, User
from pathways.transitions import apply
from prescriptions.models import Formation, Prescription, Session, TrainingAction

_serial = count(1)
#: The day of the first fact of every story; its session opens sixty days later and lasts ninety.
FIRST_DAY = date(2026, 1, 5)


def organisation(kind: OrganisationKind, name: str = "", **fields) -> Organisation:
    return Organisation.objects.create(kind=kind, name=name or f"{kind.label} {next(_serial)}", **fields)


def actor(role: Role, org: Organisation) -> Actor:
    """A new user with one running membership."""
    n = next(_serial)
    user = User.objects.create_user(
        f"{role}-{n}@exemple.invalid", "mot-de-passe-long", first_name="Alix", last_name=f"Nom{n}"
    )
    return Actor.of(
        Membership.objects.create(user=user, organisation=org, role=role, started_on=date(2020, 1, 1))
    )


def session(
    provider: Organisation, *, area=None, capacity=10, starts_on=None, ends_on=None, **fields
) -> Session:
    """A regional session of a masonry course."""
    n = next(_serial)
    formation = Formation.objects.create(
        carif_number=f"24_{n}", title="Maçon", rome_codes=["F1703"], responsible=provider
    )
    action = TrainingAction.objects.create(
        formation=formation,
        carif_number=f"24_AF_{n}",
        provider=provider,
        city="Marseille",
        financers=[{"code": "2", "places": capacity, "programme": ""}],
        regional_places=capacity,
    )
    starts_on = starts_on or FIRST_DAY + timedelta(days=60)
    return Session.objects.create(
        action=action,
        carif_number=f"24_SE_{n}",
        title="Maçon",
        provider=provider,
        area=area,
        is_regional=True,
        starts_on=starts_on,
        ends_on=ends_on or starts_on + timedelta(days=90),
        capacity=capacity,
        **fields,
    )


@dataclass
class World:
    """A Département, its pôle, a provider, an agency, a Région, and one actor for each role."""

    area: EmploymentArea
    cohort: Cohort
    actors: dict[Role, Actor]

    @classmethod
    def make(cls) -> "World":
        area = EmploymentArea.objects.create(code=f"{next(_serial):04}"[-4:], vintage=2020, name="Marseille")
        department = organisation(OrganisationKind.DEPARTMENT)
        pole = organisation(OrganisationKind.INSERTION_POLE, parent=department)
        agency = organisation(OrganisationKind.AGENCY)
        agency.areas.add(area)
        platform = organisation(OrganisationKind.PLATFORM)
        region = organisation(OrganisationKind.REGION)
        homes = {
            Role.REFERENT: pole,
            Role.DEPARTMENT_MANAGER: department,
            Role.PROVIDER: organisation(OrganisationKind.PROVIDER),
            Role.ADVISOR: agency,
            Role.REGION_OFFICER: region,
            Role.COMMITTEE_MEMBER: region,
            Role.ADMINISTRATOR: platform,
            Role.DATA_PROTECTION_OFFICER: platform,
        }
        cohort = Cohort.objects.create(
            code=f"C{next(_serial)}", name="Cohorte d'essai", department=department, reference_date=FIRST_DAY
        )
        return cls(area, cohort, {role: actor(role, home) for role, home in homes.items()})

    @property
    def referent(self) -> Actor:
        return self.actors[Role.REFERENT]

    @property
    def manager(self) -> Actor:
        return self.actors[Role.DEPARTMENT_MANAGER]

    @property
    def provider(self) -> Actor:
        return self.actors[Role.PROVIDER]

    @property
    def advisor(self) -> Actor:
        return self.actors[Role.ADVISOR]

    def session(self, **fields) -> Session:
        return session(self.provider.organisation, area=self.area, **fields)

    def person(self, last_name: str = "", **fields) -> Beneficiary:
        return Beneficiary.objects.create(
            **{
                "last_name": last_name or f"Personne{next(_serial)}",
                "first_name": "Camille",
                "birth_date": date(1990, 5, 17),
                "pole": self.referent.organisation,
                "area": self.area,
                **fields,
            }
        )

    def story(self, last_name: str = "", session: Session | None = None, **fields) -> "Story":
        """A person identified on FIRST_DAY, with a draft prescription for a session."""
        person = self.person(last_name, **fields)
        pathway = Pathway.objects.create(
            beneficiary=person, cohort=self.cohort, pole=person.pole, area=person.area
        )
        prescription = Prescription.objects.create(
            pathway=pathway,
            session=session or self.session(),
            prescriber=self.referent.user,
            prescriber_organisation=self.referent.organisation,
        )
        story = Story(self, pathway, prescription)
        story.tell("identify")
        return story


#: Who tells each fact of a story, when the test does not say.
TELLERS = {
    "identify": Role.DEPARTMENT_MANAGER,
    "submit": Role.REFERENT,
    "remind": Role.REFERENT,
    "accept": Role.REFERENT,
    "keep_place": Role.REFERENT,
    "contact": Role.ADVISOR,
    "employ": Role.ADVISOR,
    "end_job": Role.ADVISOR,
    "record_outcome": Role.ADVISOR,
    "lose_contact": Role.ADVISOR,
    "close": Role.REFERENT,
    "reopen": Role.REFERENT,
    "note": Role.REFERENT,
    "examine_aif": Role.ADVISOR,
}
#: What each fact must carry.
DETAILS = {
    "convene": {"payload": {"convened_for": str(FIRST_DAY + timedelta(days=20))}},
    "refuse": {
        "reason": "prerequisites",
        "comment": "Niveau à reprendre.",
        "payload": {"next_step": "upgrade"},
    },
    "offer": {"payload": {"expires_on": str(FIRST_DAY + timedelta(days=50))}},
    "postpone": {
        "payload": {
            "was": str(FIRST_DAY + timedelta(days=60)),
            "opens_on": str(FIRST_DAY + timedelta(days=70)),
        }
    },
    "withdraw": {"reason": "personal"},
    "drop_out": {"reason": "money"},
    "leave_for_job": {"payload": {"contract": "cdi"}},
    "exam_partial": {"payload": {"ccp": ["Monter un mur"]}},
    "contact": {"reason": "appointment"},
    "employ": {"payload": {"contract": "cdi"}},
    "record_outcome": {"reason": "moved"},
    "reopen": {"comment": "De retour dans le département."},
    "note": {"comment": "Appel de la personne."},
    # The day of the evidence is that of FIRST_DAY: any other day is refused.
    "examine_aif": {
        "reason": "no_session",
        "payload": {
            "training": "Fromager",
            "evidence": {"day": str(FIRST_DAY), "compatible": 0, "to_verify": 0},
        },
    },
    "merge": {"comment": "Même carte d'identité."},
}


@dataclass
class Story:
    """One person with one prescription, led by facts; each fact is told on its own day by who may tell it."""

    world: World
    pathway: Pathway
    prescription: Prescription

    def tell(self, kind: str, day: date | None = None, by: Actor | None = None, **details):
        """Record a fact on `day` (FIRST_DAY when None), as whoever tells such facts; returns the Outcome."""
        from pathways.facts import KINDS

        day = day or FIRST_DAY
        by = by or self.world.actors[TELLERS.get(kind, Role.PROVIDER)]
        subject = self.prescription.pk if KINDS[kind].about_subject else None
        with clock.at(day):
            outcome = apply(
                kind,
                self.pathway.pk,
                by,
                subject_id=subject,
                occurred_on=day,
                **{**DETAILS.get(kind, {}), **details},
            )
        self.refresh()
        return outcome

    def refresh(self) -> "Story":
        self.pathway = Pathway.objects.get(pk=self.pathway.pk)
        self.prescription = Prescription.objects.get(pk=self.prescription.pk)
        return self
