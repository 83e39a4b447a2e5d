"""The same seed makes the same year, in one process or in two; a demo that is stopped leaves nothing behind."""

import io

import pytest
from django.db import transaction

from config import clock
from config.errors import JalonsError
from followup.demo import attendance, play
from pathways.models import Beneficiary, Event, Organisation
from prescriptions.models import Session


def story(*, seed=3, processes=1) -> list[tuple]:
    """Every fact of a demo, without the keys of rows, in the order of each person's story."""
    play.play(play.fewest_people() + 10, play.fewest_sessions(), seed, io.StringIO(), processes)
    return list(
        Event.objects.order_by("pathway__beneficiary__pe_identifier", "id").values_list(
            "pathway__beneficiary__pe_identifier",
            "pathway__beneficiary__last_name",
            "kind",
            "occurred_on",
            "recorded_at",
            "actor__email",
            "reason",
            "annuls__kind",
        )
    )


def played_then_forgotten(**options) -> list[tuple]:
    with transaction.atomic():
        told = story(**options)
        transaction.set_rollback(True)
    return told


@pytest.fixture
def noon():
    """Both demos of a test end at the same instant."""
    with clock.at(clock.today()) as moment:
        yield moment


@pytest.mark.django_db(transaction=True)
def test_two_processes_play_the_same_year_as_one(noon):
    """And the same seed makes the same year, the chance of one process being that of the other."""
    alone = played_then_forgotten()
    assert story(processes=2) == alone
    assert not play.is_unfinished()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("side", [0, 1])
def test_a_half_that_fails_takes_the_other_with_it(noon, monkeypatch, side):
    fill = attendance.fill

    def break_down(world):
        if any(intake.is_staged for intake in world.intakes) == (side == 0):
            raise JalonsError(code="broken", message="Panne.")
        return fill(world)

    monkeypatch.setattr(attendance, "fill", break_down)
    with pytest.raises(JalonsError):
        story(processes=2)
    assert not Event.objects.exists()
    assert not Beneficiary.objects.exists()
    assert not Session.objects.exists()
    assert not play.is_unfinished()
    if side == 1:  # what it left does not stand in the way of the next one
        monkeypatch.setattr(attendance, "fill", fill)
        assert story(processes=2)


@pytest.mark.django_db
def test_a_demo_stopped_on_the_way_leaves_nothing(noon, monkeypatch):
    def stop(world):
        raise KeyboardInterrupt

    monkeypatch.setattr(attendance, "fill", stop)
    with pytest.raises(KeyboardInterrupt):
        story()
    assert not Organisation.objects.exists()
    assert not Beneficiary.objects.exists()
