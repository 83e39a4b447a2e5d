"""Drawing what people do next: mostly what is possible, so that histories get long, and often what is not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tests.model.model import OK, Model
from tests.model.reading import Said, holding, is_taken_back
from tests.model.tables import ABOUT_A_REQUEST, CONTRACTS, KINDS, NEXT_STEPS, REASONS, ROLES, TABLES, find

#: Facts that lead further are drawn more often than those that end a request or lead nowhere.
WEIGHTS = {
    "refuse": 1,
    "withdraw": 1,
    "no_show": 1,
    "note": 1,
    "examine_aif": 0.4,
    "remind": 1,
    "close": 2,
    "contact": 4,
    "drop_out": 2,
}
USUAL_WEIGHT = 5
VERBS = {"state": 60, "annul": 9, "correct": 9, "repeat": 4, "request": 8, "wait": 9, "cancel": 1, "sweep": 6}


@dataclass(frozen=True)
class Command:
    """One thing that somebody does. Numbers name what was made before, in the order of its making.

    verb: state, annul, correct, request (a draft), cancel (a session), wait (some days), sweep (what
    nobody does). who: the name of an actor.
    """

    verb: str
    who: str = ""
    person: int = 0
    fact: Said | None = None
    number: int = 0
    comment: str = ""
    key: str | None = None

    def __str__(self) -> str:
        told = ""
        if self.fact is not None:
            fact = self.fact
            more = " ".join(filter(None, [fact.reason, str(fact.payload or ""), fact.comment and "…"]))
            told = f" {fact.kind} of request {fact.subject} on {fact.day} {more}"
        return f"{self.verb} #{self.number} by {self.who or 'nobody'} about person {self.person}{told} {self.key or ''}"


@dataclass
class Author:
    """Draws commands for a model. cast: name of an actor -> its Who."""

    model: Model
    cast: dict
    random: Random
    sent: list[Command] = field(default_factory=list)

    def next(self, today: date) -> Command:
        verb = self.random.choices(list(VERBS), weights=VERBS.values())[0]
        command = getattr(self, f"_{verb}")(today)
        if command.verb in ("state", "annul", "correct") and command.key:
            self.sent.append(command)
        return command

    # ---- the verbs

    def _wait(self, today: date) -> Command:
        return Command("wait", number=self.random.randint(1, 12))

    def _request(self, today: date) -> Command:
        person = self.random.randrange(len(self.model.humans))
        return Command("request", "referent", person, number=self.random.randrange(len(self.model.courses)))

    def _cancel(self, today: date) -> Command:
        return Command("cancel", number=self.random.randrange(len(self.model.courses)))

    def _repeat(self, today: date) -> Command:
        """A form that is sent again."""
        return self.random.choice(self.sent) if self.sent else self._state(today)

    def _state(self, today: date) -> Command:
        person = self.random.randrange(len(self.model.humans))
        if self.random.random() < 0.2:
            return self._wild(person, today)
        for kind in self.shuffled_kinds():
            for subject in self.subjects(person, kind):
                if self.may_follow(person, kind, subject):
                    command = self._well_filled(person, kind, subject, today)
                    answer = self.model.state(self.cast[command.who], person, command.fact, today, dry=True)
                    if answer == OK or self.random.random() < 0.1:
                        return command
        return self._wild(person, today)

    def _annul(self, today: date) -> Command:
        number = self._recorded()
        if number is None:
            return self._state(today)
        comment = "Erreur de saisie." if self.random.random() < 0.95 else " "
        return Command("annul", self._corrector(number), number=number, comment=comment, key=self._key())

    def _correct(self, today: date) -> Command:
        number = self._recorded()
        if number is None:
            return self._state(today)
        _, wrong = self.model.said[number]
        kind = wrong.kind if self.random.random() < 0.7 else self.random.choice(KINDS)
        day = wrong.day if self.random.random() < 0.4 else wrong.day + timedelta(self.random.randint(-15, 15))
        right = self.fact(kind, wrong.subject, min(day, today) if self.random.random() < 0.95 else day)
        right = replace(right, is_deduced=False)  # somebody says so
        comment = "Erreur de saisie." if self.random.random() < 0.95 else ""
        return Command("correct", self._corrector(number), number=number, comment=comment, fact=right)

    # ---- what they are about

    def shuffled_kinds(self) -> list[str]:
        draw = {kind: self.random.random() ** (1 / WEIGHTS.get(kind, USUAL_WEIGHT)) for kind in KINDS}
        return sorted(KINDS, key=draw.get, reverse=True)

    def subjects(self, person: int, kind: str) -> list[int | None]:
        if kind not in ABOUT_A_REQUEST:
            return [None]
        own = [number for number, (asker, _) in enumerate(self.model.requests) if asker == person]
        self.random.shuffle(own)
        return own

    def may_follow(self, person: int, kind: str, subject: int | None) -> bool:
        """Whether the tables let the fact follow what holds now."""
        now = self.model.standing(person)
        tables = [(name, rules) for name, (rules, _) in TABLES.items() if kind in rules]
        return all(
            find(rules, kind, now.state(name, None if name == "pathway" else subject))
            for name, rules in tables
        )

    def _well_filled(self, person: int, kind: str, subject: int | None, today: date) -> Command:
        last = max(
            (fact.day for fact in holding(self.model.humans[person].facts)), default=today - timedelta(20)
        )
        back = (today - last).days
        if self.random.random() < 0.15:
            back += self.random.randint(0, 40)  # before what is known already
        day = today - timedelta(self.random.randint(0, max(0, back)))
        return Command("state", self._teller(person, kind, subject), person, self.fact(kind, subject, day))

    def _wild(self, person: int, today: date) -> Command:
        """Anything by anybody on any day."""
        kind = self.random.choice([*KINDS, "vanish"])
        subject = self.random.choice([None, *range(len(self.model.requests))])
        days = self.random.choice([0, 0, 1, -1, 5, 30, 100, 20_000])
        fact = self.fact(kind, subject, today - timedelta(days), spoilt=self.random.random() < 0.3)
        return Command("state", self.random.choice(list(self.cast)), person, fact)

    def fact(self, kind: str, subject: int | None, day: date, *, spoilt: bool = False) -> Said:
        random = self.random
        reasons = REASONS[kind].split() if kind in REASONS else []
        if kind == "contact" and random.random() < 0.6:
            reasons = ["no_answer", "message_left", "wrong_number"]
        details = {
            "convene": {"convened_for": str(day + timedelta(random.choice([0, 1, 5, 20])))},
            "postpone": {"was": str(day), "opens_on": str(day + timedelta(10))},
            "offer": self._offered(day + timedelta(random.choice([0, 2, 7]))),
            "refuse": {"next_step": random.choice(NEXT_STEPS)},
            "exam_partial": {"ccp": random.choice([["Monter un mur"], ["Monter un mur", "Enduire"]])},
            "employ": {"contract": random.choice(sorted(CONTRACTS))},
            "leave_for_job": {"contract": random.choice(sorted(CONTRACTS))},
        }
        if kind == "examine_aif":
            counts = {"compatible": random.choice([0, 0, 2]), "to_verify": random.choice([0, 0, 1])}
            evidence = {"day": str(day - timedelta(random.choice([0, 0, 0, 1]))), **counts}
            details[kind] = {"training": "Fromager", "evidence": evidence}
        payload, reason = details.get(kind, {}), random.choice(reasons) if reasons else ""
        comment = "Dit au téléphone."
        if spoilt:
            reason, comment = random.choice([("", comment), ("because", comment), (reason, " ")])
            payload = random.choice([{}, dict.fromkeys(payload), dict.fromkeys(payload, "2000-01-01")])
        is_deduced = kind == "expire" or random.random() < 0.06
        return Said(kind, day, subject, reason, comment, payload, key=self._key(), is_deduced=is_deduced)

    def _offered(self, day: date) -> dict:
        """Until a day, or a moment of it."""
        exact = {"expires_at": f"{day}T14:30:00+01:00"} if self.random.random() < 0.5 else {}
        return {"expires_on": str(day), **exact}

    def _sweep(self, today: date) -> Command:
        return Command("sweep")

    def _key(self) -> str | None:
        return f"form-{self.random.randrange(10**6)}" if self.random.random() < 0.3 else None

    # ---- who does them

    def _teller(self, person: int, kind: str, subject: int | None) -> str:
        """Somebody who may state the fact, when there is somebody."""
        able = [name for name, who in self.cast.items() if who.role in ROLES[kind]]
        able = [name for name in able if self.model.sees(self.cast[name], person)] or able
        if subject is not None:
            able = [n for n in able if self.model.sees_request(self.cast[n], person, subject)] or able
        return self.random.choice(able)

    def _recorded(self) -> int | None:
        """A fact to correct: mostly one that holds still and that was stated lately."""
        if not self.model.said:
            return None
        if self.random.random() < 0.2:
            return self.random.randrange(len(self.model.said))
        person = self.random.randrange(len(self.model.humans))
        facts = self.model.humans[person].facts
        held = [f.number for f in facts if f.kind != "identify" and not is_taken_back(f, facts)]
        return self.random.choice(held[-5:]) if held else None

    def _corrector(self, number: int) -> str:
        if self.random.random() < 0.15:
            return self.random.choice(list(self.cast))
        _, fact = self.model.said[number]
        homes = [name for name, who in self.cast.items() if who.home == fact.home and who.home]
        return self.random.choice([*homes, "manager"])
