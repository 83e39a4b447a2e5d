"""The same small Département twice, in the database and in the model, and the same commands for both."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from config import clock
from followup import flows
from followup.models import Employment, Enrolment
from pathways import corrections
from pathways.actor import Actor
from pathways.enums import OrganisationKind, Origin, Role
from pathways.guards import TransitionRefused
from pathways.models import Beneficiary, Cohort, EmploymentArea, Event, Pathway
from pathways.refusals import NotVisible
from pathways.transitions import apply
from prescriptions import offers
from prescriptions.enums import EntryMode
from prescriptions.models import Prescription, ReservedPublic, SeatQuota, Session
from tests.factories import actor, organisation, session
from tests.model.commands import Author, Command
from tests.model.model import NOT_VISIBLE, OK, REPEATED, Human, Model
from tests.model.seats import Course, Kept, Who
from tests.model.tables import COLUMNS

FIRST_DAY = date(2026, 1, 5)
K = OrganisationKind
_serial = count(1)
#: Name of an organisation -> its nature.
HOMES = {
    "département": K.DEPARTMENT,
    "autre département": K.DEPARTMENT,
    "pôle": K.INSERTION_POLE,
    "autre pôle": K.INSERTION_POLE,
    "organisme": K.PROVIDER,
    "autre organisme": K.PROVIDER,
    "agence": K.AGENCY,
    "autre agence": K.AGENCY,
    "région": K.REGION,
    "exploitant": K.PLATFORM,
}
#: Name of an actor -> role, organisation, bassins.
CAST = {
    "manager": Who("department_manager", "département"),
    "other manager": Who("department_manager", "autre département"),
    "referent": Who("referent", "pôle"),
    "other referent": Who("referent", "autre pôle"),
    "provider": Who("provider", "organisme"),
    "other provider": Who("provider", "autre organisme"),
    "advisor": Who("advisor", "agence", frozenset({"here"})),
    "other advisor": Who("advisor", "autre agence", frozenset({"there"})),
    "officer": Who("region_officer", "région"),
    "member": Who("committee_member", "région"),
    "administrator": Who("administrator", "exploitant"),
    "guardian": Who("data_protection_officer", "exploitant"),
    "system": Who("system"),
}


def after(days: int) -> date:
    return FIRST_DAY + timedelta(days)


def make_model() -> Model:
    """Few people and few seats, so that people get in each other's way."""
    humans = [
        Human(date(1990, 5, 17), "pôle", "here", "département"),
        Human(date(1971, 1, 2), "pôle", "there", "département"),
        Human(date(2003, 11, 30), "autre pôle", "here", "département"),
    ]
    kept = [Kept(1, after(90), {"pole": "autre pôle"}), Kept(1, after(120), {"area": "here", "max_age": 40})]
    courses = [
        Course("organisme", 1, after(20), after(110)),
        Course("organisme", 2, after(0), after(400), is_permanent=True),
        Course("autre organisme", 1, after(-30), after(300), is_permanent=True),
        Course("autre organisme", None, after(60), after(150)),
        Course("organisme", 2, after(120), after(200), registration_ends=after(100), overbooking=1),
        Course("organisme", 1, after(180), after(260)),
        Course("organisme", 2, after(150), after(250), quotas=kept),
    ]
    return Model(courses, humans)


class Twin:
    """A model and the rows that stand for the same things. `play()` does a command in both worlds."""

    def __init__(self, model: Model | None = None):
        self.model = model or make_model()
        tag = f"{next(_serial)}-"
        self.today = after(10)
        areas = {
            name: EmploymentArea.objects.create(code=f"{n:04}", vintage=next(_serial), name=name)
            for n, name in enumerate(("here", "there"))
        }
        homes = {name: organisation(kind, name) for name, kind in HOMES.items()}
        for who in CAST.values():
            for area in who.areas:
                homes[who.home].areas.add(areas[area])
        self.actors = {
            name: actor(Role(who.role), homes[who.home]) if who.home else Actor.system()
            for name, who in CAST.items()
        }
        self.sessions = [self._session(course, homes) for course in self.model.courses]
        for number in range(len(self.sessions)):
            self._keep(number, homes, areas)
        self.pathways = [self._pathway(human, homes, areas, tag) for human in self.model.humans]
        self.requests: list[int] = []  # number -> key of the prescription
        self.events: list[int] = []  # number -> key of the event

    def _session(self, course: Course, homes) -> int:
        made = session(
            homes[course.provider],
            capacity=course.capacity or 1,
            starts_on=course.opens,
            ends_on=course.closes,
            registration_ends_on=course.registration_ends,
        )
        Session.objects.filter(pk=made.pk).update(
            capacity=course.capacity,
            overbooking=course.overbooking,
            overbooking_reason="Désistements fréquents." if course.overbooking else "",
            overbooked_on=FIRST_DAY if course.overbooking else None,
        )
        mode = EntryMode.PERMANENT if course.is_permanent else EntryMode.FIXED
        type(made.action).objects.filter(pk=made.action_id).update(entry_mode=mode)
        return made.pk

    def _keep(self, number: int, homes, areas) -> None:
        for kept in self.model.courses[number].quotas:
            places = {"pole": homes, "area": areas, "department": homes}
            told = {name: places.get(name, {}).get(value, value) for name, value in kept.public.items()}
            public = ReservedPublic.objects.create(letter=_letter(next(_serial)), name="Essai", **told)
            SeatQuota.objects.create(
                session_id=self.sessions[number],
                public=public,
                seats=kept.seats,
                releases_on=kept.until,
                set_at=datetime(2020, 1, 1, tzinfo=UTC),
            )

    def _pathway(self, human: Human, homes, areas, tag: str) -> int:
        cohort, _ = Cohort.objects.get_or_create(
            code=tag + human.department,
            defaults={"department": homes[human.department], "reference_date": FIRST_DAY},
        )
        where = {"pole": homes[human.pole], "area": areas[human.area]}
        person = Beneficiary.objects.create(
            last_name="Essai", first_name="Camille", birth_date=human.born, **where
        )
        return Pathway.objects.create(beneficiary=person, cohort=cohort, **where).pk

    # ---- one command in both worlds

    def play(self, command: Command) -> tuple[str, str]:
        """What the model says should be answered, and what the product answers."""
        if command.verb in ("wait", "request", "cancel"):
            getattr(self, f"_{command.verb}")(command)
            return OK, OK
        if command.verb != "state" and command.number >= len(self.model.said):
            return OK, OK  # a shortened list of commands may name what was never made
        with clock.at(self.noon):
            if command.verb == "sweep":
                offers.sweep()
                self.model.sweep(self.noon.astimezone(UTC), self.today)
                return OK, OK
            return getattr(self, f"_{command.verb}")(command)

    @property
    def noon(self) -> datetime:
        return datetime.combine(self.today, time(12), ZoneInfo("Europe/Paris"))

    def _wait(self, command: Command) -> None:
        self.today += timedelta(command.number)

    def _request(self, command: Command) -> None:
        self.model.request(command.person, command.number)
        by = self.actors[command.who]
        made = Prescription.objects.create(
            pathway_id=self.pathways[command.person],
            session_id=self.sessions[command.number],
            prescriber=by.user,
            prescriber_organisation=by.organisation,
        )
        self.requests.append(made.pk)

    def _cancel(self, command: Command) -> None:
        self.model.courses[command.number].is_cancelled = True
        Session.objects.filter(pk=self.sessions[command.number]).update(cancelled_on=self.today)

    def _state(self, command: Command) -> tuple[str, str]:
        fact = command.fact
        expected = self.model.state(CAST[command.who], command.person, fact, self.today)
        return expected, self._answer(
            lambda: apply(
                fact.kind,
                self.pathways[command.person],
                self.actors[command.who],
                subject_id=self._subject(fact.subject),
                occurred_on=fact.day,
                reason=fact.reason,
                comment=fact.comment,
                payload=fact.payload,
                idempotency_key=fact.key,
                origin=Origin.DEDUCED if fact.is_deduced else Origin.DECLARED,
            )
        )

    def _annul(self, command: Command) -> tuple[str, str]:
        who, number = CAST[command.who], command.number
        expected = self.model.annul(who, number, command.comment, command.key, self.today)
        return expected, self._answer(
            lambda: corrections.annul(
                self.events[number],
                self.actors[command.who],
                comment=command.comment,
                idempotency_key=command.key,
            )
        )

    def _correct(self, command: Command) -> tuple[str, str]:
        right, number = command.fact, command.number
        expected = self.model.correct(CAST[command.who], number, right, command.comment, self.today)
        return expected, self._answer(
            lambda: corrections.correct(
                self.events[number],
                self.actors[command.who],
                comment=command.comment,
                kind=right.kind,
                occurred_on=right.day,
                reason=right.reason,
                payload=right.payload,
                fact_comment=right.comment,
                idempotency_key=right.key,
            )
        )

    def _subject(self, number: int | None) -> int | None:
        """The key of a request; of one that does not exist, when the list of commands was shortened."""
        if number is None:
            return None
        return self.requests[number] if number < len(self.requests) else 0

    def _answer(self, call) -> str:
        try:
            with transaction.atomic():
                outcome = call()
        except TransitionRefused as refused:
            said = refused.refusal
            return said.code if said.sentence and said.next_step else f"{said.code}, unexplained"
        except NotVisible:
            return NOT_VISIBLE
        except Exception as error:
            return f"crash: {type(error).__name__} {str(error).splitlines()[0]}"
        return REPEATED if outcome.repeated else OK

    # ---- what both worlds say

    def about(self, command: Command) -> int:
        """The person whom a command concerns."""
        is_correction = command.verb in ("annul", "correct") and command.number < len(self.model.said)
        return self.model.said[command.number][0] if is_correction else command.person

    def differences(self, people: list[int] | None = None) -> list[str]:
        """What the rows say otherwise than the model, for some people (None: everybody) and for every session."""
        self._number_new_events()
        found = []
        for person in range(len(self.pathways)) if people is None else people:
            wanted, rows = _flat(self.model.rows(person)), _flat(self.rows(person))
            found += [
                f"person {person}, {'.'.join(map(str, key))}: {rows.get(key)!r} instead of {wanted.get(key)!r}"
                for key in sorted(wanted.keys() | rows.keys(), key=str)
                if wanted.get(key) != rows.get(key)
            ]
        rows = {row.pk: row for row in Session.objects.all()}
        for number, key in enumerate(self.sessions):
            seats = rows[key].seats_held, rows[key].seats_given_up
            wanted = len(self.model.holders(number)), self.model.courses[number].given_up
            if seats != wanted:
                found.append(f"course {number}: (held, given up) {seats} instead of {wanted}")
        return found

    def _number_new_events(self) -> None:
        last = self.events[-1] if self.events else 0
        fresh = Event.objects.filter(pk__gt=last, pathway__in=self.pathways).order_by("pk")
        told = list(fresh.values_list("pk", "kind", "occurred_on", "pathway_id"))
        wanted = [
            (fact.kind, fact.day, self.pathways[person])
            for person, fact in self.model.said[len(self.events) :]
        ]
        assert [tuple(row[1:]) for row in told] == wanted, f"recorded {told}, wanted {wanted}"
        self.events += [row[0] for row in told]

    def rows(self, person: int) -> dict:
        """What the database keeps about a person besides the facts, in the model's words."""
        key = self.pathways[person]
        numbers = {pk: number for number, pk in enumerate(self.requests)}
        events = {pk: number for number, pk in enumerate(self.events)}
        columns = ("state", "state_since", "due_on", "last_fact_on", "contacted_on", "contact_attempts")
        pathway = Pathway.objects.values(*columns, "job_ended_on").get(pk=key)
        prescriptions = Prescription.objects.filter(pathway=key)
        courses = list(Enrolment.objects.filter(pathway=key).order_by("pk"))
        jobs = Employment.objects.filter(pathway=key).order_by("pk")
        waiting = flows.tasks_waiting().filter(
            process__artifact_object_id__in=[course.pk for course in courses]
        )
        asked = waiting.order_by("pk").values_list("process__artifact_object_id", flat=True)
        return {
            "pathway": pathway,
            "prescription": {numbers[row.pk]: _columns(row, "prescription") for row in prescriptions},
            "enrolment": {numbers[row.pk]: _columns(row, "enrolment") for row in courses},
            "exam": {numbers[row.pk]: row.exam_state for row in courses},
            "jobs": [(events[job.pk], job.contract, job.started_on, job.ended_on) for job in jobs],
            "to_contact": sorted(numbers[pk] for pk in asked),
        }


def _letter(number: int) -> str:
    return f"{number:X}"


def _columns(row, table: str) -> dict:
    return {name: getattr(row, name) for name in ("state", "state_since", *COLUMNS[table])}


def _flat(rows, path: tuple = ()) -> dict:
    """Path -> value in plain words; what is empty is absent."""
    if isinstance(rows, dict):
        return {
            key: value for name, below in rows.items() for key, value in _flat(below, (*path, name)).items()
        }
    if isinstance(rows, set):
        rows = sorted(rows)
    if isinstance(rows, datetime):
        rows = rows.astimezone(UTC)
    plain = str(rows) if isinstance(rows, date) else rows
    return {} if plain in (None, "", []) else {path: plain}


def author(twin: Twin, seed: int) -> Author:
    return Author(twin.model, CAST, Random(seed))
