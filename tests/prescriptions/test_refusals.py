"""A refusal reaches the référent at once, starts the search for another session, and has a sequel that is counted."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config import clock
from notifications.models import Notice
from pathways.bulk import Target, apply_many
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Commune
from pathways.pile import pile
from prescriptions.admission import alternatives, refusals
from prescriptions.admission.alternatives import OTHER, SAME, UPGRADE
from prescriptions.models import Prescription, Session
from prescriptions.services import prescribe
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
TODAY = FIRST_DAY + timedelta(days=10)


@pytest.fixture
def world(db):
    return World.make()


@pytest.fixture
def commune(world):
    return Commune.objects.create(
        insee_code="13055", name="Marseille", area=world.area, latitude=43.3, longitude=5.4
    )


def refused(world, next_step="other_session", **fields):
    story = world.story(**fields)
    story.tell("submit", FIRST_DAY + timedelta(days=2))
    story.tell("refuse", TODAY, payload={"next_step": next_step})
    return story


def asked(story) -> Prescription:
    rows = Prescription.objects.select_related(
        "pathway__beneficiary__commune__area", "session__action__formation", "session__provider"
    )
    return rows.get(pk=story.prescription.pk)


def placed(session: Session, latitude: float) -> Session:
    session.action.latitude, session.action.longitude = latitude, 5.4
    session.action.save()
    return session


# ---- reason, explanation and next step, on every way


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"reason": ""}, "reason_missing"),
        ({"comment": " "}, "comment_missing"),
        ({"payload": {}}, "next_step_missing"),
    ],
)
def test_one_by_one_and_many_at_once_ask_for_the_same(world, lacks, code):
    story = world.story()
    story.tell("submit", FIRST_DAY + timedelta(days=2))
    said = {"reason": "full", "comment": "Complet.", "payload": {"next_step": "later"}} | lacks
    with pytest.raises(TransitionRefused) as alone:
        story.tell("refuse", TODAY, **said)
    with clock.at(TODAY):
        target = Target(story.pathway.pk, story.prescription.pk)
        report = apply_many("refuse", [target], world.provider, occurred_on=TODAY, **said)
    assert [refusal for _, refusal in report.refused] == [alone.value.refusal]
    assert alone.value.refusal.code == code


# ---- the référent hears of it


def test_the_referent_is_told_at_once_with_what_was_said(world):
    story = refused(world, next_step="upgrade")
    notice = Notice.objects.get(kind="refused")
    assert {row.key for row in notice.audiences.all()} == {f"referent:{world.referent.organisation_id}"}
    assert "Niveau à reprendre." in notice.detail
    assert "une remise à niveau" in notice.detail
    assert notice.url == reverse("prescriptions:alternatives", args=[story.prescription.pk])
    with clock.at(TODAY):
        (line,) = [item for item in pile(world.referent).items if item.key.startswith("suite:")]
    assert line.actions[0].url == notice.url


# ---- where to go next


def test_the_next_step_chooses_where_to_look(world):
    for step, search in (
        ("other_session", SAME),
        ("upgrade", UPGRADE),
        ("other_training", OTHER),
        ("later", SAME),
    ):
        story = refused(world, next_step=step)
        assert alternatives.search_for(asked(story)) is search
        assert alternatives.search_for(asked(story), "niveau") is UPGRADE


def test_the_same_course_elsewhere_nearest_first_full_sessions_last(world, commune):
    story = refused(world, commune=commune)
    far, near, full = (world.session() for _ in range(3))
    placed(far, 43.5), placed(near, 43.35), placed(full, 43.3)
    Session.objects.filter(pk=full.pk).update(capacity=0)
    other = world.session()
    other.title = "Coiffure"
    other.save()
    with clock.at(TODAY):
        found = alternatives.alternatives(asked(story), SAME, world.referent)
    assert [each.session for each in found] == [near, far, full]
    assert any("6\xa0km" in reason.text for reason in found[0].reasons)


def test_what_the_door_would_refuse_is_not_proposed(world):
    story = refused(world)
    cancelled = world.session()
    cancelled.cancelled_on = TODAY
    cancelled.save()
    over = world.session(starts_on=FIRST_DAY, ends_on=FIRST_DAY + timedelta(days=3))
    open_one = world.session()
    with clock.at(TODAY):
        found = [each.session for each in alternatives.alternatives(asked(story), SAME, world.referent)]
    assert found == [open_one]
    assert over not in found


def test_prescribing_closes_the_loop(world):
    story = refused(world)
    next_one = world.session()
    with clock.at(TODAY):
        assert [row.waiting for row in refusals.by_provider(world.manager)] == [1]
        prescribe(story.pathway, next_one, world.referent)
        assert [item.key for item in pile(world.referent).items if item.key.startswith("suite:")] == []
        (row,) = refusals.by_provider(world.manager)
        assert (row.refused, row.followed, row.waiting) == (1, 1, 0)
        assert refusals.sequel_of(story.prescription).session == next_one


def test_refusals_without_a_sequel_are_counted_from_the_day_of_the_parameter(world):
    refused(world, last_name="Durand")
    for days, long in ((14, 0), (15, 1)):
        with clock.at(TODAY + timedelta(days=days)):
            assert [row.long for row in refusals.by_provider(world.manager)] == [long]


def test_the_region_reads_figures_and_nobody(world):
    officer = world.actors[Role.REGION_OFFICER]
    for _ in range(3):
        refused(world, last_name="Durand")
    client, address = Client(), reverse("prescriptions:refusals")
    client.force_login(officer.user)
    with clock.at(TODAY):
        html = client.get(address).content.decode()
        assert "Durand" not in html
        assert world.provider.organisation.name not in html, "three refusals are a small number"
        client.force_login(world.manager.user)
        assert "Durand" in client.get(address).content.decode()
