"""The whole engine against the small model: the same commands, the same answers, the same rows after each.

MODEL_STEPS commands in episodes of EPISODE, from MODEL_SEED on (`make model` runs 10,000 with another seed each time).
A failure prints the seed of its episode and the shortest list of commands that still shows it.
"""

import os

import pytest
from django.db import transaction

from pathways.consistency import incoherences
from tests.model.twin import Twin, author

pytestmark = pytest.mark.django_db

STEPS = int(os.environ.get("MODEL_STEPS") or 600)
SEED = int(os.environ.get("MODEL_SEED") or 1)
EPISODE = 200
#: How many shorter lists a failure is looked for in.
TRIES = 150


class Differs(Exception):
    """The two worlds part."""


def check(twin: Twin, command) -> None:
    expected, answered = twin.play(command)
    found = [] if expected == answered else [f"answered {answered}, should have been {expected}"]
    found = found or twin.differences(None if command.verb == "sweep" else [twin.about(command)])
    if found:
        raise Differs("; ".join(found))


def run(commands) -> str:
    """What parts the two worlds when they are given these commands; nothing of it stays in the database."""
    told = ""
    with transaction.atomic():
        twin = Twin()
        for command in commands:
            try:
                check(twin, command)
            except Differs as differs:
                told = str(differs)
                break
        transaction.set_rollback(True)
    return told


def shortened(commands: list) -> list:
    """The commands without most of those that the failure does not need: halves first, then smaller pieces."""
    size, tries = len(commands) // 2, TRIES
    while size:
        start = 0
        while start < len(commands) - 1 and tries:
            fewer = commands[:start] + commands[start + size :]
            tries -= 1
            if run(fewer):
                commands = fewer
            else:
                start += size
        size //= 2
    return commands


def episode(seed: int, steps: int) -> tuple[list, str]:
    """Play drawn commands; returns them with what went wrong, "" when nothing did."""
    with transaction.atomic():
        twin, played = Twin(), []
        draw = author(twin, seed)
        for _ in range(steps):
            command = draw.next(twin.today)
            played.append(command)
            try:
                check(twin, command)
            except Differs as differs:
                transaction.set_rollback(True)
                return played, str(differs)
        wrong = "; ".join([*twin.differences(), *(f"{found.row}: {found.told}" for found in incoherences())])
        transaction.set_rollback(True)
    return played, wrong


@pytest.mark.parametrize("seed", range(SEED, SEED + -(-STEPS // EPISODE)))
def test_the_engine_does_what_the_model_says(seed):
    commands, wrong = episode(seed, min(EPISODE, STEPS))
    if not wrong:
        return
    fewer = shortened(commands)
    lines = "\n".join(f"  {number}. {command}" for number, command in enumerate(fewer))
    pytest.fail(f"seed {seed}: {wrong}\nshortest list of commands:\n{lines}\nwhich ends with: {run(fewer)}")
