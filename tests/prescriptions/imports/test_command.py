"""import_offer from a shell."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from prescriptions.models import Formation, Session
from tests.pathways.cohort_files.builders import caf_xml
from tests.prescriptions.lheo.builders import action, formation, offer, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "offre.xml"
    path.write_bytes(
        offer(formation(actions=action(sessions=session("S1") + session("S2", end="2030-06-28"))))
    )
    return path


def run(*arguments) -> tuple[str, dict]:
    out = StringIO()
    call_command("import_offer", *map(str, arguments), "--json", stdout=out)
    return out.getvalue(), json.loads(out.getvalue().splitlines()[-1])


def test_dry_it_counts_as_wet_and_keeps_nothing(file):
    text, dry = run(file)
    assert not Formation.objects.exists()
    assert "/lheo/offres/formation[1]/action[1]/session[2]/periode/fin" in text
    _, wet = run(file, "--wet-run")
    assert Session.objects.count() == 1
    ignored = {"duration_s": 0, "wet_run": None}
    assert dry | ignored == wet | ignored
    assert (wet["created"], wet["rejected"]) == (1, 1)
    _, again = run(file, "--wet-run")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (offer()[:-40], "lheo-truncated"),
        (offer().replace(b"</objectif-formation>", b""), "lheo-malformed"),
        (b'<?xml version="1.0"?><!DOCTYPE lheo [<!ENTITY a "b">]><lheo/>', "lheo-dtd"),
        (offer().replace(b"http://www.lheo.org/2.2", b"urn:autre"), "lheo-unknown-namespace"),
        (offer().decode().encode("utf-16"), "lheo-encoding"),
        (caf_xml(), "wrong_kind"),
    ],
)
@pytest.mark.parametrize("option", ["--json", "--wet-run"])
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path, content, code, option):
    path = tmp_path / "offre.xml"
    path.write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("import_offer", str(path), "--json", option, stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert (told["code"], told["created"]) == (code, 0)
    assert str(refusal.value) == f"{told['error']} {told['next_step']}"
    assert not Formation.objects.exists()
