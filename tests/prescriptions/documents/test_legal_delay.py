"""Three days to tell an entry by its AES: the provider's pile, the alert to the provider and then to the Région."""

from datetime import timedelta

import pytest

from config import clock
from notifications.models import Alert
from notifications.services import detect
from pathways import corrections, parameters
from pathways.audience import REGION, in_organisation
from pathways.enums import Role
from pathways.models import Event
from pathways.pile import pile
from prescriptions.documents.issuing import issue
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.timeliness import Timeliness, timeliness
from tests.factories import FIRST_DAY
from tests.prescriptions.documents.conftest import OPENING, lead
from tests.readable import text_of


def after(days):
    return clock.at(OPENING + timedelta(days=days))


def readers():
    """Who the open alert is for; None when there is none."""
    detect(["aes_late"])
    alert = Alert.objects.open().filter(kind="aes_late").first()
    return None if alert is None else set(alert.audiences.values_list("key", flat=True))


def test_the_alert_goes_to_the_provider_then_to_the_region_and_closes_with_the_aes(world, trainee):
    provider = in_organisation(Role.PROVIDER, world.provider.organisation_id)
    told = []
    for days in (3, 4, 10, 11):
        with after(days):
            told.append(readers())
    assert told == [None, {provider}, {provider}, {provider, REGION}]
    alert = Alert.objects.open().get(kind="aes_late")
    assert "1\u00a0entrée sans AES au-delà du délai légal" in alert.detail
    assert "Benslimane" not in alert.title + alert.detail
    with after(11):
        issue(DocumentKind.AES, [trainee.prescription.pk], world.provider)
        assert readers() is None


def test_an_aes_annulled_is_owed_again(world, trainee):
    with after(2):
        issue(DocumentKind.AES, [trainee.prescription.pk], world.provider)
    with after(5):
        assert readers() is None
        entry = Event.objects.get(subject_id=trainee.prescription.pk, kind="enter")
        corrections.correct(
            entry.pk, world.provider, comment="Le lendemain.", occurred_on=OPENING + timedelta(days=1)
        )
        assert readers() is not None


def test_a_course_that_is_over_is_not_called_late(world, trainee):
    with clock.at(trainee.prescription.session.ends_on + timedelta(days=1)):
        assert readers() is None


def test_another_delay_holds_from_its_day(world, trainee):
    with clock.at(FIRST_DAY):
        parameters.choose("aes_legal_days", 6, FIRST_DAY, "Avenant", world.actors[Role.REGION_OFFICER])
    with after(6):
        assert readers() is None
    with after(7):
        assert readers() is not None


@pytest.mark.parametrize(("days", "late"), [(1, 0), (3, 0), (4, 1)])
def test_the_provider_finds_the_session_in_its_pile(world, trainee, days, late):
    with after(days):
        found = pile(world.provider, "prescriptions")
        (line,) = [item for item in found.items if "sans AES émise" in item.why]
        assert line.url == f"/sessions/{trainee.prescription.session_id}/attestations/"
        assert line.is_late == bool(late)
        issue(DocumentKind.AES, [trainee.prescription.pk], world.provider)
        assert not [
            item for item in pile(world.provider, "prescriptions").items if "sans AES émise" in item.why
        ]


def test_the_region_reads_each_provider_s_share_and_median(world, trainee, login):
    session = trainee.prescription.session
    stories = [trainee, *(lead(world.story(session=session)) for _ in range(5))]
    # Issued 1, 2, 3, 4 and 9 days after the entry; one never.
    for days, story in zip((1, 2, 3, 4, 9), stories, strict=False):
        with after(days):
            issue(DocumentKind.AES, [story.prescription.pk], world.provider)
    total, rows = timeliness(OPENING.year)
    expected = Timeliness(world.provider.organisation.name, 6, 5, 3, 0, 3.0)
    assert rows == [expected]
    assert (total.entries, total.late, total.share) == (6, 3, 0.5)
    text = text_of(login(Role.REGION_OFFICER).get("/pilotage/aes/"))
    assert "50\u00a0%" in text
    assert "Benslimane" not in text


def test_an_entry_whose_delay_runs_is_neither_in_time_nor_late(world, trainee):
    with after(2):
        _, (row,) = timeliness(OPENING.year)
    assert (row.awaited, row.in_time, row.late, row.share, row.median) == (1, 0, 0, None, None)


def test_below_the_small_number_neither_share_nor_median_is_said(world, trainee, login):
    with after(1):
        issue(DocumentKind.AES, [trainee.prescription.pk], world.provider)
    response = login(Role.REGION_OFFICER).get("/pilotage/aes/")
    assert [(line["share"], line["median"]) for line in response.context["rows"]] == [("–", "–")]
