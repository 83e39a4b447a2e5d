"""Courses under way for the tests of this package: a session of three weeks with trainees, on known days."""

from datetime import date, timedelta

from tests.factories import FIRST_DAY, Story, World

#: A Monday; no public holiday falls in the four weeks around it.
MONDAY = date(2026, 3, 2)
FRIDAY = MONDAY + timedelta(days=4)


def course(world: World, **fields):
    """A session of six weeks from MONDAY on."""
    return world.session(**{"starts_on": MONDAY, "ends_on": MONDAY + timedelta(days=39), **fields})


def trainee(world: World, session, last_name: str = "", entered_on: date = MONDAY) -> Story:
    """Somebody led by the product's doors from the identification to the effective entry."""
    story = world.story(last_name, session=session)
    for rank, kind in enumerate(("submit", "admit", "register"), start=2):
        story.tell(kind, FIRST_DAY + timedelta(days=rank))
    story.tell("enter", entered_on)
    return story


def login(client, actor):
    client.force_login(actor.user)
    return client
