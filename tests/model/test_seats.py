"""Many people, few seats: waiting lists, seats kept for a public and seats passed on, against the model.

The drawn life of `test_model` seldom fills a session; here everybody asks for the same few seats.
"""

from collections import Counter
from random import Random

import pytest
from django.db import transaction

from tests.model.commands import Author, Command
from tests.model.model import Human, Model
from tests.model.seats import Course, Kept
from tests.model.test_model import STEPS as MODEL_STEPS
from tests.model.twin import CAST, Twin, after

pytestmark = pytest.mark.django_db

SEED = 2
STEPS = 130
PEOPLE = 8
WEIGHTS = {
    "submit": 6,
    "waitlist": 9,
    "admit": 9,
    "offer": 2,
    "accept": 4,
    "withdraw": 5,
    "register": 1,
    "refuse": 0.2,
}
VERBS = {"state": 60, "annul": 4, "correct": 3, "request": 9, "wait": 4, "sweep": 14}


class Crowd(Author):
    """Draws the facts of an admission, half of them refused; many sweeps, few days that pass."""

    def next(self, today):
        verb = self.random.choices(list(VERBS), weights=VERBS.values())[0]
        return getattr(self, f"_{verb}")(today)

    def _wait(self, today):
        return Command("wait", number=self.random.choice([1, 2, 3, 8]))

    def _state(self, today):
        person = self.random.randrange(PEOPLE)
        for kind in self.shuffled_kinds():
            for subject in self.subjects(person, kind):
                if self.may_follow(person, kind, subject):
                    fact = self.fact(kind, subject, today)
                    return Command("state", self._teller(person, kind, subject), person, fact)
        return self._request(today)

    def shuffled_kinds(self):
        draw = {kind: self.random.random() ** (1 / weight) for kind, weight in WEIGHTS.items()}
        return sorted(WEIGHTS, key=draw.get, reverse=True)


def crowded() -> Model:
    """Eight people of two pôles and two bassins; four sessions of two or three seats, of which some are kept."""
    places = [("pôle", "here"), ("autre pôle", "here"), ("pôle", "there"), ("autre pôle", "there")]
    born = [after(-365 * years) for years in (22, 35, 50)]
    humans = [Human(born[n % 3], *places[n % 4], "département") for n in range(PEOPLE)]
    courses = [
        Course("organisme", 2, after(60), after(160), quotas=[Kept(1, after(45), {"pole": "autre pôle"})]),
        Course(
            *("organisme", 3, after(120), after(220)),
            quotas=[Kept(1, after(40), {"area": "here"}), Kept(1, after(80), {"max_age": 30})],
        ),
        Course("organisme", 2, after(5), after(300), is_permanent=True, overbooking=1),
    ]
    return Model(courses, humans)


@pytest.mark.parametrize("seed", range(SEED, SEED + max(1, MODEL_STEPS // 600)))
def test_seats_go_where_the_model_says(seed):
    seen = Counter()
    with transaction.atomic():
        twin = Twin(crowded())
        draw = Crowd(twin.model, CAST, Random(seed))
        begun = [draw._well_filled(person, "identify", None, twin.today) for person in range(PEOPLE)]
        begun += [Command("request", "referent", n % PEOPLE, number=n % 3) for n in range(2 * PEOPLE)]
        for step in range(len(begun) + STEPS):
            command = begun[step] if step < len(begun) else draw.next(twin.today)
            before = len(twin.model.said)
            expected, answered = twin.play(command)
            told = twin.differences(None if command.verb == "sweep" else [twin.about(command)])
            assert (answered, told) == (expected, []), f"seed {seed}, step {step}, {command}"
            seen[expected] += 1
            seen.update(fact.kind for _, fact in twin.model.said[before:] if command.verb == "sweep")
        transaction.set_rollback(True)
    # It would prove nothing if seats were never full, never kept for others and never passed on.
    if seed == SEED:
        wanted = {"offer", "expire", "session_full", "seats_reserved"}
        assert {one for one in wanted if seen[one]} == wanted
