"""A second engine, small and slow, that shares no line with the product's: it says what the product must answer.

It keeps plain lists of facts, reads each history from its beginning every time, and knows the rules by `tables` alone.
Everything is named by its number in the order of its making, as a real database would number it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.model.reading import (
    Impossible,
    Reading,
    Said,
    as_day,
    holding,
    is_taken_back,
    jobs,
    read,
    to_contact,
)
from tests.model.seats import Course, Seats, Who
from tests.model.tables import (
    ABOUT_A_REQUEST,
    ATTEMPTS_BEFORE_LOST,
    COLUMNS,
    COMMENTED,
    CONTRACTS,
    DELAYS,
    EXPECTED,
    LIVE,
    NEEDS,
    NEXT_STEPS,
    REASONS,
    ROLES,
    SEATED,
    TABLES,
    WAITING,
    find,
)

OK, REPEATED, NOT_VISIBLE = "ok", "repeated", "not_visible"


@dataclass
class Human:
    """A person in the cohort of `department`, with all that was ever said of them."""

    born: date
    pole: str
    area: str
    department: str
    facts: list[Said] = field(default_factory=list)


class Model(Seats):
    """The whole of Jalons, as far as the door goes. Every verb answers « ok », « repeated », or a refusal's code."""

    def __init__(self, courses: list[Course], humans: list[Human]):
        self.courses, self.humans = courses, humans
        self.requests: list[tuple[int, int]] = []  # request number -> person, course
        self.said: list[tuple[int, Said]] = []  # fact number -> person, fact
        self._read: dict[int, tuple[int, Reading]] = {}

    # ---- what is true now

    def standing(self, person: int) -> Reading:
        facts = self.humans[person].facts
        count, reading = self._read.get(person, (-1, None))
        if count != len(facts):
            reading = read(holding(facts))
            self._read[person] = len(facts), reading
        return reading

    def sees(self, who: Who, person: int) -> bool:
        human = self.humans[person]
        if who.role == "provider":
            return any(
                self._sent_to(who, number)
                for number, (asker, _) in enumerate(self.requests)
                if asker == person
            )
        return {
            "system": True,
            "referent": human.pole == who.home,
            "department_manager": human.department == who.home,
            "advisor": human.area in who.areas,
        }.get(who.role, False)

    def sees_request(self, who: Who, person: int, subject: int) -> bool:
        if subject >= len(self.requests) or self.requests[subject][0] != person:
            return False
        return self._sent_to(who, subject) if who.role == "provider" else self.sees(who, person)

    def _sent_to(self, who: Who, subject: int) -> bool:
        person, course = self.requests[subject]
        own = self.courses[course].provider == who.home
        return own and self.standing(person).state("prescription", subject) != "draft"

    # ---- what people do

    def request(self, person: int, course: int) -> int:
        """A new draft."""
        self.requests.append((person, course))
        return len(self.requests) - 1

    def state(self, who: Who, person: int, fact: Said, today: date, *, dry: bool = False) -> str:
        """State a fact; `dry`: only say what would be answered."""
        human = self.humans[person]
        if not self.sees(who, person):
            return NOT_VISIBLE
        if fact.key and (known := next((f for f in human.facts if f.key == fact.key), None)):
            same = (known.kind, known.subject) == (fact.kind, fact.subject)
            return REPEATED if same else "key_reused"
        facts = holding(human.facts)
        answer, gone = self._judge(who, person, fact, facts, today)
        if answer == OK and not dry:
            with self._counting(person):
                self._give_way(person, gone, today)
                self._record(person, replace(fact, rank=float("inf"), home=who.home))
        return answer

    def annul(self, who: Who, number: int, comment: str, key: str | None, today: date) -> str:
        person, wrong = self.said[number]
        human = self.humans[person]
        if refusal := self._not_to_correct(who, person, wrong, comment, key):
            return refusal
        annulment = Said(
            "annul", today, wrong.subject, comment=comment, number=len(self.said), takes_back=number
        )
        answer, _ = self._settles(person, holding([*human.facts, annulment]), today)
        if answer == OK:
            with self._counting(person):
                self._record(person, replace(annulment, home=who.home, key=key))
        return answer

    def correct(self, who: Who, number: int, right: Said, comment: str, today: date) -> str:
        """Take a fact back and state `right` (kind, day, reason, comment, payload, key) in its place."""
        person, wrong = self.said[number]
        human = self.humans[person]
        if refusal := self._not_to_correct(who, person, wrong, comment, right.key):
            return refusal
        if wrong.kind == "annul":
            return "only_taken_back"
        right = replace(right, subject=wrong.subject, rank=wrong.rank)
        others = [fact for fact in holding(human.facts) if fact.number != number]
        answer, gone = self._judge(who, person, right, others, today)
        if answer == OK:
            annulment = Said("annul", today, wrong.subject, comment=comment, takes_back=number)
            with self._counting(person):
                self._record(person, replace(annulment, home=who.home))
                self._give_way(person, gone, today)
                self._record(person, replace(right, home=who.home))
        return answer

    def _give_way(self, person: int, gone: list[Said], today: date) -> None:
        """Jalons takes back what it had deduced and what a new fact contradicts."""
        for fact in gone:
            self._record(person, Said("annul", today, fact.subject, takes_back=fact.number, is_deduced=True))

    def _record(self, person: int, fact: Said) -> None:
        number = len(self.said)
        rank = number if fact.rank == float("inf") else fact.rank
        fact = replace(fact, number=number, rank=rank)
        self.said.append((person, fact))
        self.humans[person].facts.append(fact)

    # ---- what is refused, in the order in which it is said

    def _not_to_correct(
        self, who: Who, person: int, wrong: Said, comment: str, key: str | None
    ) -> str | None:
        is_open = self.sees(who, person)
        if who.role == "provider":
            is_open = wrong.subject is not None and self.sees_request(who, person, wrong.subject)
        if not is_open:
            return NOT_VISIBLE
        if key and any(fact.key == key for fact in self.humans[person].facts):
            return REPEATED
        if wrong.kind == "identify":
            return "founding_fact"
        if who.role not in ("department_manager", "system") and (not wrong.home or wrong.home != who.home):
            return "not_yours"
        if is_taken_back(wrong, self.humans[person].facts):
            return "annulled_already"
        return None if comment.strip() else "comment_missing"

    def _judge(
        self, who: Who, person: int, fact: Said, facts: list[Said], today: date
    ) -> tuple[str, list[Said]]:
        """The answer, and the deduced facts that give way to a fact that is accepted."""
        place = (fact.day, fact.rank, float("inf"))
        earlier = [known for known in facts if (known.day, known.rank, known.number) < place]
        try:
            before = read(earlier)
        except Impossible:
            return "impossible_history", []
        if fact.subject is not None and not self.sees_request(who, person, fact.subject):
            return NOT_VISIBLE, []
        if fact.kind not in ROLES:
            return "unknown_fact", []
        if who.role not in ROLES[fact.kind]:
            return "wrong_role", []
        if fact.kind in ABOUT_A_REQUEST and fact.subject is None:
            return "subject_missing", []
        refusal = self._of_day(person, fact, before, today) or self._of_tables(
            who, person, fact, before, today
        )
        if refusal := refusal or of_form(fact):
            return refusal, []
        later = facts[len(earlier) :]
        if fact.is_deduced and any(f.subject == fact.subject and not f.is_deduced for f in later):
            return "declared_prevails", []
        return self._settles(person, [*earlier, fact, *later], today, fact)

    def _of_day(self, person: int, fact: Said, before: Reading, today: date) -> str | None:
        if fact.day > today:
            return "in_the_future"
        if before.state("pathway") != "-":
            return None
        if fact.day <= self.humans[person].born:
            return "before_birth"
        return None if fact.kind == "identify" else "before_cohort"

    def _of_tables(self, who: Who, person: int, fact: Said, before: Reading, today: date) -> str | None:
        conditions = []
        for table, (rules, _) in TABLES.items():
            if fact.kind in rules:
                state = before.state(table, None if table == "pathway" else fact.subject)
                found = find(rules, fact.kind, state)
                if found is None:
                    return "wrong_state"
                conditions += found[1]
        return next(
            (code for code in conditions if self._breaks(code, who, person, fact, before, today)), None
        )

    def _breaks(self, code: str, who: Who, person: int, fact: Said, before: Reading, today: date) -> bool:
        """Whether a condition of the tables does not hold."""
        course = self.courses[self.requests[fact.subject][1]] if fact.subject is not None else None
        day, payload = fact.day, fact.payload
        match code:
            case "job_running":
                return before.job_ended_on is None
            case "unknown_contract":
                return payload.get("contract") not in CONTRACTS
            case "too_few_attempts":
                return before.attempts < ATTEMPTS_BEFORE_LOST
            case "open_request":
                return bool(set(before.requests().values()) & (WAITING | EXPECTED))
            case "session_closed":
                over = course.registration_ends is not None and course.registration_ends < day
                begun = course.opens < day and not course.is_permanent
                return course.is_cancelled or over or course.closes < day or begun
            case "already_prescribed":
                return bool(self._live(person, before, fact.subject) - {fact.subject})
            case "capacity_unknown":
                return course.capacity is None
            case "session_full":
                return len(self.holders(self.requests[fact.subject][1]) - {fact.subject}) >= course.seats
            case "seats_reserved":
                return self.is_kept_out(fact.subject, today)
            case "no_seat_given_up":
                return who.role == "system" and self.passing(self.requests[fact.subject][1]) < 1
            case "convened_before":
                meeting = as_day(payload.get("convened_for"))
                return meeting is None or meeting < day
            case "meeting_ahead":
                meeting = as_day(self.standing(person).columns.get(("convened_for", fact.subject)))
                return meeting is not None and meeting > today
            case "next_step_missing":
                return payload.get("next_step") not in NEXT_STEPS
            case "offer_expired":
                limit = as_day(payload.get("expires_on"))
                return limit is None or limit < day or not says_one_moment(payload)
            case "entry_outside_session":
                return not course.opens <= day <= course.closes
            case "session_ahead":
                return course.opens > day
            case "dates_unchanged":
                return self.standing(person).columns.get(("postponed_from", fact.subject)) is None
            case "session_running":
                return not course.is_cancelled
            case "aif_unproved":
                evidence = payload.get("evidence")
                return not isinstance(evidence, dict) or evidence.get("day") != str(day)
            case "aif_sessions_left":
                return fact.reason == "no_session" and sum_of(payload["evidence"]) > 0
            case "aif_unexplained":
                return fact.reason != "no_session" and not fact.comment.strip()
            case "ccp_missing":
                return not payload.get("ccp")
        raise AssertionError(code)

    def _live(self, person: int, standing: Reading, subject: int) -> set[int]:
        """The person's live requests for the course of `subject`."""
        course = self.requests[subject][1]
        return {
            number
            for number, state in standing.requests().items()
            if state in LIVE.split() and self.requests[number] == (person, course)
        }

    def _settles(
        self, person: int, facts: list[Said], today: date, new: Said | None = None
    ) -> tuple[str, list[Said]]:
        """Whether a whole history of one person fits: by itself, and with the seats that others hold.

        What Jalons deduced and a `new` fact makes impossible gives way to it.
        """
        gone: list[Said] = []
        while True:
            try:
                after = read([fact for fact in facts if fact not in gone])
                break
            except Impossible as impossible:
                gives_way = new is not None and not new.is_deduced and impossible.fact.is_deduced
                if not gives_way or impossible.fact is new:
                    return "impossible_history", []
                gone.append(impossible.fact)
        return self._fits(person, after, today), gone

    def _fits(self, person: int, after: Reading, today: date) -> str:
        """Whether where a person comes to stand agrees with their other requests and with the seats of others."""
        now = self.standing(person)
        for subject in after.requests():
            if len(self._live(person, after, subject)) > 1:
                return "already_prescribed"
        for number, course in enumerate(self.courses):
            asked = [n for n, (asker, c) in enumerate(self.requests) if (asker, c) == (person, number)]
            had = {n for n in asked if now.state("prescription", n) in SEATED}
            has = {n for n in asked if after.state("prescription", n) in SEATED}
            if len(has) <= len(had) or course.capacity is None:
                continue
            if len(self.holders(number) - had) + len(has) > course.seats:
                return "session_full"
            if any(self.is_kept_out(n, today) for n in has - had):
                return "seats_reserved"
        return OK

    # ---- what the product keeps

    def rows(self, person: int) -> dict:
        """Everything that the product keeps about a person besides the facts."""
        facts = holding(self.humans[person].facts)
        reading = read(facts)
        state, since = reading.state("pathway"), reading.since.get(("pathway", None))
        pathway = {
            "state": "" if state == "-" else state,
            "state_since": since,
            "due_on": since + timedelta(DELAYS[state]) if state in DELAYS else None,
            "last_fact_on": facts[-1].day if facts else None,
            "contacted_on": reading.contacted_on,
            "contact_attempts": reading.attempts,
            "job_ended_on": reading.job_ended_on,
        }
        own = [number for number, (asker, _) in enumerate(self.requests) if asker == person]
        entered = {fact.subject for fact in self.humans[person].facts if fact.kind == "enter"}
        return {
            "pathway": pathway,
            "prescription": {number: self._row(reading, "prescription", number) for number in own},
            "enrolment": {number: self._row(reading, "enrolment", number) for number in sorted(entered)},
            "exam": {number: reading.state("exam", number) for number in sorted(entered)},
            "jobs": jobs(facts),
            "to_contact": to_contact(facts),
        }

    def _row(self, reading: Reading, table: str, number: int) -> dict:
        state = reading.state(table, number)
        told = {column: reading.columns.get((column, number)) for column in COLUMNS[table]}
        return {
            "state": "void" if state == "-" else state,
            "state_since": reading.since.get((table, number)),
            **told,
        }


def sum_of(evidence: dict) -> int:
    """The sessions that an AIF leaves unused."""
    return evidence["compatible"] + evidence["to_verify"]


def of_form(fact: Said) -> str | None:
    """What was typed besides the date."""
    if fact.kind in REASONS and fact.reason not in REASONS[fact.kind].split():
        return "unknown_reason" if fact.reason else "reason_missing"
    if fact.kind in COMMENTED and not fact.comment.strip():
        return "comment_missing"
    if fact.kind in NEEDS and fact.payload.get(NEEDS[fact.kind]) in (None, ""):
        return "detail_missing"
    return None


def says_one_moment(payload: dict) -> bool:
    """The exact moment of an offer, if it has one, falls on its last day in Paris."""
    if payload.get("expires_at") is None:
        return True
    try:
        moment = datetime.fromisoformat(payload["expires_at"])
    except (TypeError, ValueError):
        return False
    if moment.tzinfo is None:
        return False
    return str(moment.astimezone(ZoneInfo("Europe/Paris")).date()) == payload["expires_on"]
