"""The people of the bench: a few led through the product's doors, and as many copies as asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection, transaction

from pathways.models import Beneficiary, Event, Pathway
from prescriptions import flows
from prescriptions.models import Prescription, Session
from tests.factories import FIRST_DAY, Story, World
from tests.load.bench.copies import advance_key, copy, last_key

#: The day on which everything is stated: nobody of the bench is late then, as most people are not.
TODAY = FIRST_DAY + timedelta(days=25)
#: How a person comes back from a refused request to « identifié » : eight facts.
REFUSED = (
    ("note", 1),
    ("submit", 15),
    ("remind", 17),
    ("convene", 18),
    ("attend", 20),
    ("refuse", 22),
    ("contact", 24),
)
#: How a person comes to wait for the answer of a training provider.
ATTENDED = REFUSED[:5]
SEATS = 12  # of each session whose candidates the bench admits


@dataclass
class People:
    """Where the bench takes the people of each measure; nobody is taken twice."""

    world: World
    identified: Iterator[int] = field(default_factory=lambda: iter(()))
    attended: Iterator[int] = field(default_factory=lambda: iter(()))

    def take(self, count: int) -> list[int]:
        """`count` people who stand at « identifié », eight facts behind them."""
        return [next(self.identified) for _ in range(count)]


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def settle(identified: int, attended: int) -> People:
    """Fill the database with so many people in each situation, their histories and their requests."""
    people = People(World.make())
    people.identified = copies_of(led(people.world, REFUSED), identified)
    sessions = [people.world.session(capacity=SEATS).pk for _ in range(-(-attended // SEATS))]
    people.attended = copies_of(led(people.world, ATTENDED), attended, sessions)
    return people


def led(world: World, facts: tuple[tuple[str, int], ...]) -> Story:
    """A person led through some facts, each on its day."""
    story = world.story()
    for kind, number in facts:
        story.tell(kind, day(number))
    return story


def copies_of(story: Story, count: int, sessions: list[int] | None = None) -> Iterator[int]:
    """Copies of a person with one request, all in its session or spread over `sessions`; their pathways' keys."""
    models = (Beneficiary, Pathway, Prescription, Event)
    persons, pathways, prescriptions, events = (last_key(model) for model in models)
    pathway, session = story.pathway, "t.session_id"
    if pathway.due_on is not None and pathway.due_on < TODAY:
        raise AssertionError("late people have alerts to close, which most facts have not")
    if sessions:
        session = f"(ARRAY{sessions})[1 + mod(n, {len(sessions)})]"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no check of each foreign key
        name = {
            column: f"t.{column} || ' ' || {persons} + n"
            for column in ("sort_key", "search_key", "identity_key")
        }
        copy(Beneficiary, pathway.beneficiary_id, count, id=f"{persons} + n", **name)
        copy(
            Pathway,
            pathway.pk,
            count,
            id=f"{pathways} + n",
            beneficiary=f"{persons} + n",
            sort_key=name["sort_key"],
        )
        copy(
            Prescription,
            story.prescription.pk,
            count,
            id=f"{prescriptions} + n",
            pathway=f"{pathways} + n",
            session=session,
        )
        for event in pathway.events.order_by("pk"):
            subject = "NULL" if event.subject_id is None else f"{prescriptions} + n"
            copy(Event, event.pk, count, id=f"{events} + n", pathway=f"{pathways} + n", subject_id=subject)
            events += count
    for model in models:
        advance_key(model)
    # Whoever asks for a seat has the task of who must act next.
    state = Prescription.objects.get(pk=story.prescription.pk).state
    flows.bring(dict.fromkeys(range(prescriptions + 1, prescriptions + count + 1), state))
    return iter(range(pathways + 1, pathways + count + 1))


def with_forty_facts(world: World) -> Pathway:
    """A person with a long story: seven requests in a row, all refused, and some notes."""
    story = world.story()
    for turn in range(7):
        if turn:
            story.prescription = Prescription.objects.create(
                pathway=story.pathway,
                session=Session.objects.get(pk=world.session().pk),
                prescriber=world.referent.user,
                prescriber_organisation=world.referent.organisation,
            )
        for kind in ("submit", "convene", "attend", "refuse", "contact"):
            story.tell(kind, day(20))
    for _ in range(4):
        story.tell("note", day(21))
    if story.pathway.events.count() != 40:
        raise AssertionError("the long story of the bench has not forty facts")
    return story.pathway
