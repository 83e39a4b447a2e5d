"""`manage.py demo`: what it prints and what it refuses."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from followup.demo import play
from followup.demo.accounts import ACCOUNTS, PASSWORD
from followup.demo.progress import Progress
from pathways.models import Beneficiary, Cohort

pytestmark = pytest.mark.django_db


def demo(*arguments) -> str:
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def somebody():
    return Beneficiary.objects.create(last_name="Roux", first_name="Alix", birth_date=date(1990, 1, 1))


def test_accounts_are_a_table_even_before_anything_is_played():
    table = demo("--accounts")
    for account in ACCOUNTS:
        assert account.email in table
        assert str(account.role.label) in table
    assert PASSWORD in table
    assert not Beneficiary.objects.exists()


def test_it_leaves_alone_a_base_that_is_in_use(somebody):
    assert demo("--if-empty") == ""
    with pytest.raises(CommandError, match="contient déjà des bénéficiaires"):
        demo()
    assert Beneficiary.objects.get() == somebody


def test_half_a_demo_is_not_taken_for_one(somebody):
    from tests.factories import World

    world = World.make()
    Cohort.objects.create(
        code=play.COHORT_CODE,
        name=play.UNFINISHED_NAME,
        department=world.cohort.department,
        reference_date=date(2026, 1, 1),
    )
    with pytest.raises(CommandError, match="qu'une moitié"):
        demo("--if-empty")


def test_never_in_production(settings):
    settings.SETTINGS_MODULE = "config.settings.production"
    with pytest.raises(CommandError, match="production"):
        demo()


@pytest.mark.parametrize("arguments", [("--people", "10"), ("--sessions", "5")])
def test_too_small_to_be_useful(arguments):
    with pytest.raises(CommandError, match="au moins"):
        demo(*arguments)


def test_it_plays_and_says_how_long_it_took(capsys):
    size = ("--people", str(play.fewest_people()), "--sessions", str(play.fewest_sessions()))
    said = demo(*size, "--processes", "1", "--json").splitlines()
    assert any(line.startswith("Terminé en") for line in said)
    report = json.loads(said[-1])
    assert report["people"] == Beneficiary.objects.count() == play.fewest_people()
    assert report["facts"] > report["people"]
    assert "%" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_one_line_on_a_terminal_and_ten_elsewhere():
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=100)
    live, dull = Terminal(), io.StringIO()
    for stream in (live, dull):
        progress = Progress(stream, start, end)
        for day in range(101):
            progress.show(start + timedelta(days=day), day)
        progress.finish(100)
    assert live.getvalue().count("\n") == 1
    assert "100 %" in live.getvalue()
    assert 10 <= dull.getvalue().count("\n") <= 11
