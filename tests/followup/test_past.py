"""Leavers, jobs and presences in a reading of the past."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config import clock
from followup.models import AttendanceMark
from tests.factories import FIRST_DAY, World
from tests.pathways.reading.words import words_of

pytestmark = pytest.mark.django_db
TODAY = FIRST_DAY + timedelta(days=200)


def on(days: int) -> date:
    return FIRST_DAY + timedelta(days=days)


@pytest.fixture
def world():
    return World.make()


@pytest.fixture
def leaver(world):
    """A course from day 60 to day 90, a call on day 100, a job from day 120 to day 150."""
    story = world.story("Kermadec", world.session(starts_on=on(60), ends_on=on(90)))
    told = [("submit", 5), ("admit", 10), ("register", 40), ("enter", 60), ("complete", 90)]
    for kind, days in (*told, ("contact", 100), ("employ", 120), ("end_job", 150)):
        story.tell(kind, on(days))
    return story


def read(actor, path: str, day: date | None = None, known: date | None = None) -> str:
    client = Client()
    client.force_login(actor.user)
    prefix = (f"/au/{day}" if day else "") + (f"/connu/{known}" if known else "")
    with clock.at(TODAY):
        return words_of(client.get(prefix + path))


def test_a_leaver_is_to_contact_until_the_day_somebody_reached_them(world, leaver):
    assert "Kermadec" in read(world.advisor, "/sortants/", on(95))
    assert "Kermadec" not in read(world.advisor, "/sortants/", on(100))
    assert "Contactés : 0 sur 1" in read(world.advisor, "/sortants/", on(95))
    assert "Contactés : 1 sur 1" in read(world.advisor, "/sortants/", on(100))


def test_nobody_had_left_before_the_exit(world, leaver):
    assert "Personne n'est encore sorti de formation" in read(
        world.advisor, "/sortants/?situation=tous", on(89)
    )


def test_a_job_is_there_from_its_start_and_ends_when_it_ended(world, leaver):
    file = f"/dossiers/{leaver.pathway.pk}/"
    assert "Contrat" not in read(world.referent, file, on(110))
    assert "à aujourd'hui" in read(world.referent, file, on(130))
    assert f"au {on(150):%d/%m/%Y}" in read(world.referent, file, on(160))


def test_trainees_are_those_of_the_day(world, leaver):
    session = f"/stagiaires/?session={leaver.prescription.session_id}"
    assert "1 personne en formation" in read(world.provider, session, on(70)).replace("\u00a0", " ")
    assert "Terminée" in read(world.provider, session, on(95))


def test_a_presence_corrected_later_counts_as_it_was_noted_then(world, leaver):
    day, provider = on(63), world.provider.user
    noted_at, corrected_at = (
        timezone.make_aware(datetime(d.year, d.month, d.day, 18)) for d in (day, on(80))
    )
    half = {"enrolment_id": leaver.prescription.pk, "day": day, "half": "am", "recorded_by": provider}
    AttendanceMark.objects.create(mark="P", recorded_at=noted_at, replaced_at=corrected_at, **half)
    AttendanceMark.objects.create(mark="N", recorded_at=corrected_at, **half)
    session = f"/stagiaires/?session={leaver.prescription.session_id}"
    assert "100 %" in read(world.provider, session, on(64), on(64)).replace("\u00a0", " ")
    assert "0 %" in read(world.provider, session, on(64)).replace("\u00a0", " ").replace("100 %", "")
