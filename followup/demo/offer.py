"""The regional programme of the demo: formations, actions and sessions over the past year and the next three months."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from config import clock
from followup.demo import territory
from followup.demo.agenda import Task, on_or_after, on_or_before
from followup.demo.courses import COURSES, Course
from followup.demo.organisations import Organisations
from pathways.actor import Actor
from pathways.models import EmploymentArea, Organisation
from prescriptions.enums import EntryMode, MeetingKind, Recruitment
from prescriptions.models import Formation, Meeting, Session, TrainingAction

#: Days over which sessions open: from so long before today to so long after.
FIRST_OPENING, LAST_OPENING = 345, 90
#: A session is published this long before it opens (domain.md B1: two months and a half).
PUBLISHED_DAYS_BEFORE = 78
#: How much people ask for a session, so that some stay empty and some overflow.
POPULARITIES = (0.12, 0.4, 0.7, 1.0, 1.0, 1.4, 2.0, 3.0)


@dataclass
class Plan:
    """A session to be written. `key` names those that `live_work` stages; meetings: information days, in order."""

    course: Course
    provider: Organisation
    starts_on: date
    ends_on: date
    capacity: int
    minimum: int
    meetings: list[date]
    popularity: float = 1.0
    key: str = ""


@dataclass
class Intake:
    """A session while people ask for it: what the demo knows of it without asking the database again.

    held: seats held (`seats_held` of the row, which the engine keeps). queue: dossiers on the waiting list, in order.
    asking: dossiers whose request is open, with the task to wake when the session is cancelled.
    """

    session: Session
    plan: Plan
    trainers: list[Actor]
    held: int = 0
    requests: int = 0
    queue: list = field(default_factory=list)
    asking: dict[object, Task] = field(default_factory=dict)
    is_cancelled: bool = False

    @property
    def course(self) -> Course:
        return self.plan.course

    @property
    def starts_on(self) -> date:
        return self.plan.starts_on

    @property
    def ends_on(self) -> date:
        return self.plan.ends_on

    @property
    def has_seat(self) -> bool:
        return self.held < self.plan.capacity

    @property
    def is_staged(self) -> bool:
        return bool(self.plan.key)

    def meeting_after(self, day: date) -> date | None:
        """The first information day at least three days after `day`."""
        return next((each for each in self.plan.meetings if each >= day + timedelta(days=3)), None)

    def takes_requests_on(self, day: date) -> bool:
        if self.is_cancelled or day < self.starts_on - timedelta(days=PUBLISHED_DAYS_BEFORE):
            return False
        if self.course.is_permanent:
            return day < self.ends_on - timedelta(weeks=self.course.weeks)
        return day <= self.starts_on - timedelta(days=8)


def providers_of(organisations: Organisations, side: int) -> list[Organisation]:
    """The providers of one half of the Département (territory.SIDES)."""
    half = len(organisations.providers) // 2
    return organisations.providers[half:] if side else organisations.providers[:half]


def draw(rng: Random, count: int, organisations: Organisations, side: int, today: date) -> list[Plan]:
    """`count` sessions of one half, spread evenly over the year, each provider with its own trades."""
    span = FIRST_OPENING + LAST_OPENING
    trades = _trades(organisations.providers)
    ours = providers_of(organisations, side)
    providers = cycle(ours[1:] + ours[:1])
    turns = {provider.pk: cycle(courses) for provider, courses in trades.items()}
    plans = []
    for rank in range(count):
        provider = next(providers)
        course = next(turns[provider.pk])
        offset = -FIRST_OPENING + round(span * (rank + rng.random()) / count)
        plans.append(draw_one(rng, course, provider, today + timedelta(days=offset)))
    return plans


def _trades(providers: list[Organisation]) -> dict[Organisation, list[Course]]:
    """Three or four trades for each provider, all trades taught somewhere."""
    return {
        provider: [COURSES[(rank * 3 + step * 7) % len(COURSES)] for step in range(4)]
        for rank, provider in enumerate(providers)
    }


def draw_one(rng: Random, course: Course, provider: Organisation, opening: date) -> Plan:
    """A session of a course that opens around `opening`."""
    starts_on = on_or_after(opening)
    weeks = 26 if course.is_permanent else course.weeks
    capacity = rng.randint(8, 16)
    meetings = sorted({on_or_before(starts_on - timedelta(days=days)) for days in (45, 31, 17)})
    if course.is_permanent:
        meetings = [on_or_after(starts_on + timedelta(days=14 * step - 10)) for step in range(10)]
    return Plan(
        course=course,
        provider=provider,
        starts_on=starts_on,
        ends_on=on_or_before(starts_on + timedelta(weeks=weeks) - timedelta(days=3)),
        capacity=capacity,
        minimum=max(4, capacity // 2),
        meetings=meetings,
        popularity=rng.choice(POPULARITIES),
    )


def create(
    plans: list[Plan], organisations: Organisations, areas: dict[str, EmploymentArea], series: str
) -> list[Intake]:
    """Write an offer; one formation per trade and provider, one action below it, its sessions in order of opening.

    series: what Carif numbers begin with.
    """
    plans = sorted(plans, key=lambda plan: (plan.starts_on, plan.provider.pk, plan.course.title))
    actions: dict[tuple[int, str], TrainingAction] = {}
    intakes = []
    for rank, plan in enumerate(plans, start=1):
        key = (plan.provider.pk, plan.course.title)
        if key not in actions:
            runs = [each for each in plans if _is_like(each, plan)]
            actions[key] = _action(plan, f"{series}{len(actions) + 1:03d}", runs)
        session = _session(plan, f"{series}{rank:03d}", rank, actions[key], areas)
        intakes.append(Intake(session, plan, organisations.trainers[plan.provider.pk]))
    return intakes


def _is_like(one: Plan, other: Plan) -> bool:
    return one.provider == other.provider and one.course == other.course


def _action(plan: Plan, number: str, runs: list[Plan]) -> TrainingAction:
    course, provider = plan.course, plan.provider
    town = territory.town(provider.commune_id)
    formation = Formation.objects.create(
        carif_number=f"{number}_F",
        title=course.title,
        objective=f"Exercer le métier visé : {course.title.lower()}.",
        formacodes=[course.formacode],
        rome_codes=[course.rome] if course.rome else [],
        is_certifying=course.is_certifying,
        goal_code="6" if course.is_certifying else "3",
        level_in=f"1{course.level_in}",
        level_out=f"1{course.level_out}",
        responsible=provider,
        updated_on_carif=clock.today() - timedelta(days=5),
    )
    places = max(run.capacity for run in runs)
    return TrainingAction.objects.create(
        formation=formation,
        carif_number=f"{number}_AF",
        provider=provider,
        place_name=provider.name,
        postal_code=town.postal_codes[0],
        city=town.name,
        insee_code=town.insee,
        commune_id=town.insee,
        latitude=town.latitude,
        longitude=town.longitude,
        entry_mode=EntryMode.PERMANENT if course.is_permanent else EntryMode.FIXED,
        hours_centre=(course.weeks - course.company_weeks) * 30,
        hours_company=course.company_weeks * 35,
        hours_total=(course.weeks - course.company_weeks) * 30 + course.company_weeks * 35,
        is_contracted=True,
        financers=[{"code": "2", "places": places, "programme": "Programme régional de formation"}],
        regional_places=places,
    )


def _session(
    plan: Plan, number: str, rank: int, action: TrainingAction, areas: dict[str, EmploymentArea]
) -> Session:
    published = plan.starts_on - timedelta(days=PUBLISHED_DAYS_BEFORE)
    last = plan.ends_on if plan.course.is_permanent else plan.starts_on - timedelta(days=1)
    is_open = last >= clock.today()
    # How old the provider's figures are: read beside every number of places.
    told = clock.now() - timedelta(days=rank * 7 % 12) if is_open else _noon(plan.starts_on)
    session = Session.objects.create(
        action=action,
        carif_number=f"{number}_SE",
        title=plan.course.title,
        provider=plan.provider,
        area=areas[territory.town(plan.provider.commune_id).area],
        is_regional=True,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        registration_starts_on=published,
        registration_ends_on=last,
        recruitment=Recruitment.OPEN if is_open else Recruitment.CLOSED,
        capacity=plan.capacity,
        minimum=plan.minimum,
        hours=action.hours_total,
        price=action.hours_total * (Decimal("9.20") + Decimal(rank % 5) / 4),
        known_on=published,
        declared_by=plan.provider,
        declared_at=told,
    )
    Meeting.objects.bulk_create(_meetings(plan, session, told))
    return session


def _meetings(plan: Plan, session: Session, told: datetime) -> list[Meeting]:
    """The information days of a session, and the commission that follows the last of them."""
    commission = on_or_after(plan.meetings[-1] + timedelta(days=3))
    days = [(MeetingKind.INFORMATION, day, time(9, 30), 20) for day in plan.meetings]
    days.append((MeetingKind.COMMISSION, commission, time(14), None))
    place = f"Accueil du centre, {session.action.city}"
    return [
        Meeting(
            session=session,
            kind=kind,
            held_on=day,
            starts_at=hour,
            place=place,
            seats=seats,
            declared_by=plan.provider,
            declared_at=told,
            recorded_at=told,
        )
        for kind, day, hour, seats in days
    ]


def _noon(day: date):
    with clock.at(day) as moment:
        return moment
