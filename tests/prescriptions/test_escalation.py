"""Who is told that a request waits, from which day on: an alert widens and climbs with time (domain.md B13)."""

from datetime import timedelta

import pytest

from config import clock
from notifications.enums import Level
from notifications.models import Alert
from notifications.services import detect, detect_everything
from pathways import parameters
from pathways.audience import REGION, in_organisation
from pathways.enums import Role
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
KINDS = ("request_waiting", "sequel_awaited", "provider_late")


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


def led(*facts, world=None, **fields):
    story = (world or World.make()).story(**fields)
    for kind, number in facts:
        story.tell(kind, day(number))
    return story


def told(number: int) -> dict[str, tuple]:
    """Kind -> (level, audience keys) of the open alerts on a day, found by looking at what changed only."""
    with clock.at(day(number)):
        detect(KINDS)
        found = {
            alert.kind: (alert.level, {audience.key for audience in alert.audiences.all()})
            for alert in Alert.objects.open().prefetch_related("audiences")
        }
        done = detect_everything(KINDS)
        assert not any(done.counts.values()), "what changed was not looked at again"
    return found


def keys(world: World) -> dict[Role, str]:
    return {role: in_organisation(role, who.organisation_id) for role, who in world.actors.items()}


@pytest.fixture
def world():
    return World.make()


def test_no_answer_reaches_the_provider_then_the_referent_and_the_region(world):
    story = led(("submit", 2), world=world)
    of = keys(world)
    assert told(8) == {}
    assert told(9) == {"request_waiting": (Level.WARNING, {of[Role.PROVIDER]})}
    assert told(15) == told(9)
    assert told(16) == {
        "request_waiting": (Level.URGENT, {of[Role.PROVIDER], of[Role.REFERENT]}),
        "provider_late": (Level.URGENT, {REGION}),
    }
    detail = Alert.objects.open().get(kind="request_waiting").detail
    assert "le référent et la Région sont prévenus depuis le 21/01/2026" in detail
    story.tell("waitlist", day(17))
    assert not Alert.objects.open().filter(kind="request_waiting").exists(), "closed with the fact itself"
    assert told(17) == {}


def test_the_region_is_told_of_a_session_and_never_of_a_person(world):
    session = world.session()
    for name in ("Durand", "Amrani"):
        led(("submit", 2), world=world, last_name=name, session=session)
    told(20)
    alert = Alert.objects.open().get(audiences__key=REGION)
    assert "Durand" not in alert.title + alert.detail
    assert "Amrani" not in alert.title + alert.detail
    assert "2\xa0candidatures attendent" in alert.detail


@pytest.mark.parametrize(
    ("facts", "first", "region"),
    [
        ((("submit", 2), ("convene", 4)), 22, 27),  # the meeting is on the 20th day: + 2, + 7
        ((("submit", 2), ("convene", 4), ("attend", 20)), 27, 34),
        ((("submit", 2), ("admit", 10)), 55, 58),  # the session opens on the 60th day: - 5, - 2
        ((("submit", 2), ("admit", 10), ("register", 40)), 62, 67),
    ],
)
def test_each_step_has_its_day_and_the_region_its_own(facts, first, region, world):
    led(*facts, world=world)
    assert told(first - 1) == {}
    assert told(first)["request_waiting"][0] == Level.WARNING
    assert "provider_late" not in told(region - 1)
    assert told(region)["provider_late"] == (Level.URGENT, {REGION})


def test_whoever_is_admitted_when_the_session_is_near_leaves_some_days(world):
    led(("submit", 2), ("admit", 59), world=world)
    assert told(60) == {}
    assert set(told(61)) == {"request_waiting"}
    assert set(told(64)) == {"request_waiting", "provider_late"}


def test_an_absence_reaches_the_referent_at_once_then_the_department(world):
    story = led(("submit", 2), ("convene", 4), ("miss", 20), world=world)
    of = keys(world)
    assert told(20) == {"sequel_awaited": (Level.WARNING, {of[Role.REFERENT]})}
    assert told(27) == {"sequel_awaited": (Level.URGENT, {of[Role.REFERENT], of[Role.DEPARTMENT_MANAGER]})}
    story.tell("convene", day(28), payload={"convened_for": str(day(35))})
    assert told(28) == {}


def test_a_refusal_without_a_sequel_climbs_until_something_else_is_asked(world):
    story = led(("submit", 2), ("refuse", 5), world=world)
    assert told(11) == {}
    assert told(12)["sequel_awaited"][0] == Level.WARNING
    assert told(19)["sequel_awaited"][0] == Level.URGENT
    second = world.story()
    second.prescription.pathway = story.pathway
    second.prescription.save(update_fields=["pathway"])
    story.prescription = second.prescription
    story.tell("submit", day(19))
    assert "sequel_awaited" not in told(19)


def test_the_delays_are_dated_parameters(world):
    led(("submit", 2), world=world)
    with clock.at(day(3)):
        region = world.actors[Role.REGION_OFFICER]
        parameters.choose("admission_answer", 4, day(5), "Comité du 10/01.", region)
    assert told(5) == {}, "three days after the prescription"
    assert set(told(6)) == {"request_waiting"}
