"""Alerts on people stuck, on places that stay empty, on what providers owe: opened once, for whom, closed by facts."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from config import clock
from notifications.enums import Level
from notifications.models import Alert
from notifications.registry import KINDS
from notifications.services import detect
from pathways import parameters
from pathways.audience import REGION, advisors_of, in_organisation, keys_of
from pathways.enums import Role
from pathways.models import StateDelay
from pathways.pile import pile
from tests.factories import FIRST_DAY, World, actor

pytestmark = pytest.mark.django_db


def day(number: int):
    return FIRST_DAY + timedelta(days=number)


@pytest.fixture(autouse=True)
def _no_alert_about_the_offer(monkeypatch):
    """The sessions of these stories tell little of themselves, which tests/prescriptions/completeness looks at."""
    monkeypatch.delitem(KINDS, "session_incomplete")


@pytest.fixture
def world():
    return World.make()


def detected(number: int, *kinds: str):
    with clock.at(day(number)):
        return detect(kinds or None)


def audience(alert: Alert) -> set[str]:
    return set(alert.audiences.values_list("key", flat=True))


def addressed(acting) -> list[Alert]:
    return list(Alert.objects.open().addressed_to(keys_of(acting)))


def lead(story, *steps):
    for kind, number in steps:
        story.tell(kind, day(number))
    return story


COURSE = (("submit", 2), ("admit", 10), ("register", 40), ("enter", 60))


# ---- people stuck


def test_the_alert_opens_the_day_after_the_delay_and_once(world):
    story = world.story("Durand")
    assert detected(21).counts["opened"] == 0
    assert detected(22).opened == [("pathway_stuck", f"pathway:{story.pathway.pk}")]
    assert detected(22).counts == detected(23).counts == {"opened": 0, "refreshed": 0, "closed": 0}
    alert = Alert.objects.get()
    assert (alert.title, alert.due_on, alert.level) == ("Camille Durand", day(21), Level.WARNING)
    assert "depuis le 05/01/2026" in alert.detail
    assert audience(alert) == {in_organisation(Role.REFERENT, world.referent.organisation_id)}


def test_it_grows_urgent_when_the_delay_has_run_out_twice(world):
    world.story()
    detected(22, "pathway_stuck")
    assert detected(43, "pathway_stuck").counts == {"opened": 0, "refreshed": 1, "closed": 0}
    assert Alert.objects.get().level == Level.URGENT


def test_the_fact_that_moves_the_person_closes_it_at_once(world):
    story = world.story()
    detected(22)
    with clock.at(day(30)):
        story.tell("contact", day(30), by=world.referent)
        assert Alert.objects.open().count() == 1, "somebody is still stuck after a mere contact"
        story.tell("submit", day(30))
    assert Alert.objects.open().count() == 0
    assert detected(30).counts["closed"] == 0
    assert detected(45, "pathway_stuck").counts["opened"] == 1, "stuck again, elsewhere: another alert"


def test_the_pile_shows_it_from_the_detection_on_and_to_the_right_pole_only(world):
    world.story("Durand")
    other = World.make()
    with clock.at(day(22)):
        assert pile(world.referent, "blocages").total == 0
        detect()
        (line,) = pile(world.referent, "blocages").items
        assert line.who == "Camille Durand"
        assert (line.due_on, line.is_late) == (day(21), True)
        assert "Identifié" in line.why
        assert pile(other.referent).total == 0
        assert pile(world.advisor).total == 0


def test_without_a_pole_the_department_is_told(world):
    world.story(pole=None)
    detected(22)
    assert audience(Alert.objects.get()) == {
        in_organisation(Role.DEPARTMENT_MANAGER, world.manager.organisation_id)
    }


@pytest.mark.parametrize(
    ("steps", "number", "roles"),
    [
        ((("submit", 2),), 20, {Role.REFERENT}),
        (COURSE[:2], 60, {Role.REFERENT}),
        ((*COURSE, ("suspend", 62)), 95, {Role.REFERENT}),
        ((*COURSE, ("complete", 72)), 90, {Role.REFERENT, Role.ADVISOR}),
        ((*COURSE, ("drop_out", 72)), 90, {Role.REFERENT, Role.ADVISOR}),
        ((*COURSE, ("complete", 72), ("contact", 74)), 90, {Role.REFERENT}),
    ],
)
def test_who_is_told_depends_on_the_state(world, steps, number, roles):
    lead(world.story(), *steps)
    detected(number, "pathway_stuck", "leaver_stuck")
    (alert,) = Alert.objects.all()
    told = {
        Role.REFERENT: in_organisation(Role.REFERENT, world.referent.organisation_id),
        Role.ADVISOR: advisors_of(world.area.pk),
    }
    assert audience(alert) == {told[role] for role in roles}


def test_a_leaver_is_one_line_of_the_advisors_pile(world):
    lead(world.story("Durand"), *COURSE, ("complete", 72))
    with clock.at(day(90)):
        detect()
        assert [alert.kind for alert in addressed(world.advisor)] == ["leaver_stuck"]
        assert len([item for item in pile(world.advisor).items if "Durand" in item.who]) == 1


# ---- providers


@pytest.mark.parametrize(
    ("steps", "number", "words"),
    [
        ((("submit", 2),), 17, "sans réponse"),
        ((("submit", 2), ("convene", 4)), 26, "présence à saisir"),
        ((("submit", 2), ("convene", 4), ("attend", 25)), 45, "décision à prendre"),
        (COURSE[:2], 56, "AIS"),
    ],
)
def test_the_provider_is_told_what_it_owes(world, steps, number, words):
    story = lead(world.story("Durand"), *steps)
    detected(number, "request_waiting")
    (alert,) = addressed(world.provider)
    assert words in alert.detail
    assert alert.subject_key == f"prescription:{story.prescription.pk}"
    assert addressed(World.make().provider) == []


def test_an_answer_closes_the_providers_alert_at_once(world):
    story = lead(world.story(), ("submit", 2))
    detected(17, "request_waiting")
    story.tell("waitlist", day(17))
    assert not Alert.objects.open().exists()


def test_somebody_left_at_the_exam_is_the_providers(world):
    story = lead(world.story(), *COURSE, ("sit_exam", 70))
    detected(86, "exam_unfinished")
    (alert,) = Alert.objects.all()
    assert (alert.kind, alert.detail.endswith("résultat à saisir.")) == ("exam_unfinished", True)
    assert addressed(world.provider) == [alert]
    story.tell("exam_passed", day(86))
    assert detected(87, "exam_unfinished").opened == [("exam_unfinished", f"exam:{story.prescription.pk}")]
    assert "fin de la formation à saisir" in Alert.objects.open().get().detail


def test_no_alert_of_a_provider_says_anything_of_the_persons_other_steps(world):
    story = lead(world.story("Durand"), ("submit", 2))
    detected(17)
    (alert,) = addressed(world.provider)
    assert "attendu" not in alert.detail
    assert alert.due_on == day(9)
    assert {alert.kind for alert in Alert.objects.filter(title=str(story.pathway.beneficiary))} == {
        "pathway_stuck",
        "request_waiting",
    }


# ---- places


def test_a_session_with_empty_places_climbs_as_its_opening_comes_near(world):
    session = world.session(capacity=2, starts_on=day(60))
    assert detected(29, "session_empty").counts["opened"] == 0
    levels = {}
    for number in (30, 45, 53, 58):
        levels[number] = (detected(number, "session_empty").counts, Alert.objects.get().level)
    opened, climbed = {"opened": 1, "refreshed": 0, "closed": 0}, {"opened": 0, "refreshed": 1, "closed": 0}
    assert levels == {
        30: (opened, Level.NOTICE),
        45: (climbed, Level.WARNING),
        53: (climbed, Level.URGENT),
        58: (climbed, Level.CRITICAL),
    }
    alert = Alert.objects.get()
    assert audience(alert) == {
        REGION,
        advisors_of(world.area.pk),
        in_organisation(Role.PROVIDER, session.provider_id),
    }
    assert "2 places vides sur 2" in alert.detail.replace("\xa0", " ")
    assert detected(60, "session_empty").counts["closed"] == 1, "it is open: nothing to fill any more"


def test_it_closes_when_the_session_is_full_or_cancelled(world):
    full, cancelled = world.session(capacity=1, starts_on=day(30)), world.session(starts_on=day(30))
    detected(15, "session_empty")
    lead(world.story(session=full), ("submit", 16), ("admit", 17))
    cancelled.cancelled_on = day(17)
    cancelled.save()
    assert detected(17, "session_empty").counts == {"opened": 0, "refreshed": 0, "closed": 2}


@pytest.mark.parametrize(
    "fields", [{"capacity": None}, {"is_regional": False}, {"cancelled_on": FIRST_DAY}, {"capacity": 0}]
)
def test_what_is_not_called_empty(world, fields):
    session = world.session(starts_on=day(10))
    for name, value in fields.items():
        setattr(session, name, value)
    session.save()
    assert detected(5, "session_empty").counts["opened"] == 0


def test_thresholds_are_dated_parameters(world):
    world.session(starts_on=day(60))
    officer = world.actors[Role.REGION_OFFICER]
    with clock.at(day(1)):
        parameters.choose("empty_days_1", 20, day(20), "Convenu en comité.", officer)
        parameters.choose("empty_days_2", 40, day(25), "Convenu en comité.", officer)
    assert detected(22, "session_empty").counts["opened"] == 0
    assert detected(25, "session_empty").counts["opened"] == 1
    assert Alert.objects.get().level == Level.WARNING


def test_empty_places_are_in_the_piles_of_those_who_fill_them(world):
    session = world.session(capacity=1, starts_on=day(30))
    stranger = actor(
        Role.ADVISOR, type(world.advisor.organisation).objects.create(kind="agency", name="Ailleurs")
    )
    with clock.at(day(15)):
        detect()
        # A day to read the alert; the provider has until the opening.
        for reader, due_on in ((world.advisor, day(16)), (world.provider, day(30))):
            (line,) = [item for item in pile(reader).items if item.icon == "armchair"]
            assert (line.who, line.due_on) == (session.title, due_on)
        assert pile(stranger).total == 0
    story = lead(world.story(session=session), ("submit", 2), ("admit", 3))
    with clock.at(day(15)):
        for reader in (world.advisor, world.provider):
            assert not [item for item in pile(reader).items if item.icon == "armchair"], (
                "full at this very moment"
            )
    assert story.prescription.state == "admitted"


# ---- the page and the command


def client_of(acting) -> Client:
    client = Client()
    client.force_login(acting.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_shows_the_readers_alerts_only(world):
    world.story("Durand"), World.make().story("Martin")
    detected(22)
    with clock.at(day(23)):
        html = client_of(world.referent).get(reverse("notifications:alerts")).content.decode()
        assert "Camille Durand" in html
        assert "Martin" not in html
        empty = client_of(world.actors[Role.REGION_OFFICER]).get(reverse("notifications:alerts"))
        assert "Aucune alerte ouverte" in empty.content.decode()
    assert (
        client_of(world.actors[Role.COMMITTEE_MEMBER]).get(reverse("notifications:alerts")).status_code == 403
    )


def test_the_page_shows_what_closed_lately_and_turns_its_pages(world, monkeypatch):
    monkeypatch.setattr("notifications.views.alerts.PAGE", 2)
    stories = [world.story(f"Personne{number}") for number in range(5)]
    detected(22)
    stories[0].tell("submit", day(24))
    client = client_of(world.referent)
    with clock.at(day(24)):
        seen, url = [], reverse("notifications:alerts")
        for _ in range(2):
            page = client.get(url)
            seen += [line["person"] for group in page.context["groups"] for line in group["lines"]]
            url = reverse("notifications:alerts") + page.context["next_url"]
        assert sorted(seen) == [f"Camille Personne{number}" for number in range(1, 5)]
        assert page.context["next_url"] == ""
        back = client.get(reverse("notifications:alerts") + page.context["previous_url"])
        assert [line["person"] for group in back.context["groups"] for line in group["lines"]] == seen[:2]
        assert [alert.title for alert in page.context["closed"]] == ["Camille Personne0"]
        assert client.get(reverse("notifications:alerts") + "?apres=x~y~z&nature=rien").status_code == 200


def test_the_command_says_what_it_did_without_naming_anybody(world):
    story, out = world.story("Durand"), StringIO()
    with clock.at(day(22)):
        call_command("detect", "--json", stdout=out)
    *lines, last = out.getvalue().splitlines()
    assert f"ouverte : Parcours bloqué (pathway:{story.pathway.pk})" in lines
    assert "Durand" not in out.getvalue()
    assert json.loads(last) | {"duration_s": 0} == {"opened": 1, "refreshed": 0, "closed": 0, "duration_s": 0}


def test_every_state_with_a_delay_has_somebody_to_tell(world):
    """A delay on a state that no detector reads would be a blockage that nobody hears of."""
    from pathways.blockages import AFTER_TRAINING, FOR_REFERENT

    assert set(StateDelay.objects.values_list("state", flat=True)) <= FOR_REFERENT | AFTER_TRAINING | {
        "in_exam"
    }
