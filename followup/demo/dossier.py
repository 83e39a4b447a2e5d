"""One person's file in the demo, and what may be stated about it. Each method goes through the engine's door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from config import clock
from followup.demo.agenda import Task, on_or_after
from followup.demo.offer import Intake
from pathways import corrections, transitions
from pathways.actor import Actor
from pathways.models import Beneficiary, Event, Pathway
from prescriptions.models import Prescription

if TYPE_CHECKING:
    from followup.demo.world import World


#: Facts that move nothing: what is learnt later may be dated before them.
EXCHANGES = frozenset({"contact", "note", "remind"})


class Dossier:
    """A beneficiary, who follows them, and the request or course that is under way.

    `last_on`: the day of the latest fact that moved something; a fact learnt late is never dated before it.
    """

    def __init__(self, world: World, person: Beneficiary, referent: Actor, advisor: Actor):
        self.world = world
        self.rng = world.rng
        self.person = person
        self.referent = referent
        self.advisor = advisor
        self.pathway: Pathway | None = None
        self.intake: Intake | None = None
        self.prescription: Prescription | None = None
        self.trainer: Actor | None = None
        self.task: Task | None = None
        self.tried: set[int] = set()
        self.last_on = person.identified_on
        self.has_job = False

    # ---- time

    def later(self, soonest: int, latest: int) -> date:
        """A working day between so many days from now, nearer ones likelier."""
        days = round(self.rng.triangular(soonest, latest, soonest))
        return on_or_after(self.world.agenda.today + timedelta(days=days))

    def when_known(self, happened_on: date, lags: tuple[int, ...] = (0, 0, 0, 1, 1, 2, 3, 6)) -> date:
        """The working day on which something that happened gets recorded: some days later, as usual."""
        return on_or_after(max(happened_on, self.world.agenda.today) + timedelta(days=self.rng.choice(lags)))

    # ---- the door

    def do(self, kind: str, actor: Actor, on: date | None = None, **more) -> Event:
        """State a fact about the person (`transitions.apply`), dated `on` or today."""
        today = clock.today()
        day = min(today, max(on or today, self.last_on))
        outcome = transitions.apply(kind, self.pathway.pk, actor, occurred_on=day, **more)
        if kind not in EXCHANGES:
            self.last_on = day
        self.world.facts += 1
        return outcome.event

    def ask(self, kind: str, actor: Actor, on: date | None = None, **more) -> Event:
        """State a fact about the request or course under way."""
        return self.do(kind, actor, on, subject_id=self.prescription.pk, **more)

    def take_back(self, event: Event, actor: Actor, why: str) -> None:
        """Annul a fact stated by mistake."""
        corrections.annul(event.pk, actor, comment=why)
        self.world.facts += 1

    def put_right(self, event: Event, actor: Actor, why: str, **right) -> Event:
        """Correct a fact in its place."""
        self.world.facts += 2
        return corrections.correct(event.pk, actor, comment=why, **right).event

    # ---- the request

    def draft(self, intake: Intake) -> None:
        """Begin a request that the provider does not see yet."""
        self.intake = intake
        self.trainer = self.rng.choice(intake.trainers)
        self.tried.add(intake.session.pk)
        self.prescription = Prescription.objects.create(
            pathway=self.pathway,
            session=intake.session,
            prescriber=self.referent.user,
            prescriber_organisation=self.referent.organisation,
        )

    def submit(self, intake: Intake, on: date | None = None) -> None:
        self.draft(intake)
        self.ask("submit", self.referent, on)
        intake.requests += 1
        intake.asking[self] = self.task

    def convene(self, meeting: date) -> None:
        place = self.intake.plan.provider.name
        self.ask("convene", self.trainer, payload={"convened_for": meeting.isoformat(), "place": place})

    def refuse(self, reason: str, next_step: str, comment: str, on: date | None = None) -> Event:
        self._leave_queue()
        event = self.ask(
            "refuse", self.trainer, on, reason=reason, comment=comment, payload={"next_step": next_step}
        )
        self._no_longer_asks()
        return event

    def withdraw(self, actor: Actor, reason: str, *, from_seat: bool = False, comment: str = "") -> None:
        self._leave_queue()
        self.ask("withdraw", actor, reason=reason, comment=comment)
        self._no_longer_asks()
        if from_seat:
            self.free_seat()

    def admit(self, on: date | None = None) -> None:
        self.ask("admit", self.trainer, on)
        self.intake.held += 1

    def join_queue(self) -> None:
        self.ask("waitlist", self.trainer)
        self.intake.queue.append(self)

    def offer(self, days: int) -> date:
        """Offer the freed seat, to be accepted within `days`; returns the last day."""
        self._leave_queue()
        expires_on = clock.today() + timedelta(days=days)
        self.ask("offer", self.trainer, payload={"expires_on": expires_on.isoformat()})
        self.intake.held += 1
        return expires_on

    def expire(self) -> None:
        self.ask("expire", Actor.system(), origin="deduced")
        self._no_longer_asks()
        self.free_seat()

    def enter(self, on: date) -> Event:
        event = self.ask("enter", self.trainer, on)
        self._no_longer_asks()
        return event

    def no_show(self, on: date | None = None) -> None:
        self.ask("no_show", self.trainer, on)
        self._no_longer_asks()
        self.free_seat()

    def lose_session(self) -> None:
        """The session is cancelled: so is the request."""
        self._leave_queue()
        self.ask("cancel_session", Actor.system(), origin="deduced")
        self._no_longer_asks()

    def free_seat(self) -> None:
        self.intake.held -= 1
        self.world.seat_freed(self.intake)

    def _leave_queue(self) -> None:
        if self in self.intake.queue:
            self.intake.queue.remove(self)

    def _no_longer_asks(self) -> None:
        self.intake.asking.pop(self, None)
