"""The base of management commands: dry by default, one at a time, timed, readable by programs."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connections

from config.command import JalonsCommand, french_duration
from config.errors import JalonsError
from config.locks import AdvisoryLock

pytestmark = pytest.mark.django_db


class Create(JalonsCommand):
    supports_wet_run = True
    lock_name = "test-create"

    def run(self, **options):
        Group.objects.create(name="written")
        return {"created": 1}


class Refused(JalonsCommand):
    def run(self, **options):
        raise JalonsError(code="x", message="Le fichier est vide.", next_step="Exportez-le de nouveau.")


def run(command, *arguments) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_nothing_is_kept_without_wet_run():
    output = run(Create(), "--json")
    assert not Group.objects.filter(name="written").exists()
    assert "rien n'est enregistré" in output
    assert json.loads(output.splitlines()[-1]) | {"duration_s": 0} == {
        "created": 1,
        "wet_run": False,
        "duration_s": 0,
    }


def test_wet_run_keeps_and_says_how_long_it_took():
    output = run(Create(), "--wet-run")
    assert Group.objects.filter(name="written").exists()
    assert "Terminé en" in output


def test_second_run_at_the_same_time_is_refused():
    session = connections.create_connection("default")
    lock = AdvisoryLock("command:test-create", session)
    try:
        assert lock.acquire() is True
        with pytest.raises(CommandError, match="tourne déjà"):
            run(Create())
        lock.release()
        run(Create())
        # The command gave its own lock back.
        assert lock.acquire() is True
    finally:
        session.close()


def test_refusal_reaches_the_user_with_its_next_step():
    with pytest.raises(CommandError, match=r"Le fichier est vide\. Exportez-le de nouveau\."):
        run(Refused())


@pytest.mark.parametrize(("seconds", "told"), [(0.42, "0,4 s"), (12.2, "12 s"), (185, "3 min 05 s")])
def test_durations_are_told_in_french(seconds, told):
    assert french_duration(seconds) == told
