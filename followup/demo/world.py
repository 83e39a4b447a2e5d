"""What all stories of the demo share: chance, time, the offer, the cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from config import clock
from followup.demo.agenda import Agenda, Story, on_or_after
from followup.demo.offer import Intake
from followup.demo.organisations import Organisations
from pathways import services
from pathways.actor import Actor
from pathways.enums import Origin
from pathways.models import Beneficiary, Cohort, EmploymentArea, Pathway


class SessionCancelled(Exception):
    """Raised inside the story of someone whose session is cancelled."""


class World:
    """facts: how many have been stated so far."""

    def __init__(self, seed: int, since: datetime, until: datetime):
        # Chance must be repeatable here, not unpredictable.
        self.rng = Random(seed)  # noqa: S311
        self.agenda = Agenda(self.rng, since, until)
        self.since = since
        self.until = until
        self.facts = 0
        self.organisations: Organisations | None = None
        self.areas: dict[str, EmploymentArea] = {}
        self.cohort: Cohort | None = None
        self.intakes: list[Intake] = []
        self.staged: dict[str, Intake] = {}

    @property
    def today(self) -> date:
        """The real day: the last one of the year that is played."""
        return timezone.localdate(self.until)

    @property
    def manager(self) -> Actor:
        return self.organisations.manager

    def add_offer(self, intakes: Iterable[Intake]) -> None:
        self.intakes = list(intakes)
        self.staged = {intake.plan.key: intake for intake in self.intakes if intake.is_staged}

    def enter_cohort(self, people: Sequence[Beneficiary]) -> list[Pathway]:
        """Let people into the cohort: the rule is asked about each, its answer kept, pathways opened."""
        answers = [(person, services.decide(person, person.rsa, self.cohort)) for person in people]
        services.keep_decisions(answers, self.cohort, self.manager)
        refused = [person for person, decision in answers if not decision.is_eligible]
        if refused:
            raise ValueError(f"the demo drew people whom the rule refuses: {refused}")
        self.facts += len(people)
        return services.open_pathways(people, self.cohort, self.manager, Origin.IMPORTED)

    # ---- sessions

    def choose_session(self, dossier) -> Intake | None:
        """A session that a référent would think of today: near, of the trade wanted, not already overfull."""
        today = self.agenda.today
        found = [
            intake
            for intake in self.intakes
            if not intake.is_staged
            and intake.takes_requests_on(today)
            and intake.session.pk not in dossier.tried
        ]
        if not found:
            return None
        return self.rng.choices(found, [self._appeal(dossier, intake) for intake in found])[0]

    def _appeal(self, dossier, intake: Intake) -> float:
        weight = intake.plan.popularity
        weight *= 4 if intake.session.area_id == dossier.person.area_id else 0.4
        weight *= 4 if intake.course.rome == dossier.person.job_project else 1
        if len(intake.asking) + intake.held > intake.plan.capacity * 1.25:
            weight *= 0.03
        return weight

    def seat_freed(self, intake: Intake) -> None:
        """Whoever waits first will be offered the seat."""
        if intake.queue and not intake.is_staged and not intake.is_cancelled:
            self.agenda.start(offer_freed_seat(self, intake))

    def cancel(self, intake: Intake) -> None:
        """Cancel a session; everyone whose request is open learns it in their own story."""
        intake.is_cancelled = True
        intake.session.cancelled_on = clock.today()
        intake.session.save(update_fields=["cancelled_on", "replaced_by"])
        for task in list(intake.asking.values()):
            self.agenda.wake(task, SessionCancelled())


def offer_freed_seat(world: World, intake: Intake) -> Story:
    """A day or two after a seat is freed, it is offered to the first of the waiting list."""
    yield on_or_after(world.agenda.today + timedelta(days=world.rng.choice((0, 1, 1, 2))))
    too_late = world.agenda.today > intake.starts_on + timedelta(days=2)
    if intake.queue and intake.has_seat and not intake.is_cancelled and not too_late:
        dossier = intake.queue[0]
        expires_on = dossier.offer(days=world.rng.choice((3, 3, 4, 5)))
        world.agenda.wake(dossier.task, expires_on)


def run_session(world: World, intake: Intake) -> Story:
    """What happens to a session as such: cancelled for want of candidates, or opened and its waiting list let go."""
    yield on_or_after(intake.starts_on - timedelta(days=9))
    if (
        not intake.course.is_permanent
        and intake.held < intake.plan.minimum // 2
        and world.rng.random() < 0.35
    ):
        world.cancel(intake)
        return
    yield on_or_after(intake.starts_on + timedelta(days=3))
    for dossier in list(intake.queue):
        world.agenda.wake(dossier.task, "closed")
