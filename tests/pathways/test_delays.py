"""Delays per state are parameters: changed by a command, everybody who waits gets the new day."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pathways.delays import set_delay
from pathways.models import Pathway, StateDelay
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


def due(story):
    return Pathway.objects.get(pk=story.pathway.pk).due_on


def command(*arguments) -> str:
    out = StringIO()
    call_command("delays", *arguments, stdout=out)
    return out.getvalue()


def test_a_new_delay_moves_everybody_in_that_state_and_nobody_else():
    world = World.make()
    waiting, asked = world.story(), world.story()
    asked.tell("submit", day(2))
    assert set_delay("identified", 10) == 1
    assert (due(waiting), due(asked)) == (day(10), day(16))
    assert set_delay("identified", 10) == 0
    later = world.story()
    assert due(later) == day(10), "the next fact reads the new delay"


def test_a_fact_that_leaves_the_person_there_keeps_the_day():
    story = World.make().story()
    set_delay("identified", 10)
    story.tell("contact", day(3))
    assert due(story) == day(10)


def test_a_delay_can_be_taken_away_and_given_back():
    story = World.make().story()
    assert set_delay("identified", None) == 1
    assert due(story) is None
    assert set_delay("identified", 5, "une prescription") == 1
    assert due(story) == day(5)


def test_the_command_is_dry_unless_told():
    story = World.make().story()
    assert "1 parcours" in command("--set", "identified=10")
    assert due(story) == day(21)
    command("--set", "identified=10", "--wet-run")
    assert due(story) == day(10)
    assert StateDelay.objects.get(state="identified").explanation == "une prescription, ou un échange noté"
    assert "identified       10 j  Identifié" in command()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("identified", "par exemple prescribed=10"),
        ("identified=dix", "par exemple prescribed=10"),
        ("lost=3", "n'est pas un état"),
        ("employed=30", "ce qui y est attendu manque"),
    ],
)
def test_a_wrong_demand_is_refused_with_the_remedy(text, message):
    with pytest.raises(CommandError, match=message):
        command("--set", text, "--wet-run")
