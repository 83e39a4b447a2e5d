"""The walls of the house: import contracts, migrations, one state machine engine."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.conftest import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def test_import_contracts_hold():
    result = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("offender", "line"),
    [
        ("pathways/offender.py", "import prescriptions.offended"),
        ("prescriptions/offender.py", "import followup.offended"),
        ("notifications/offender.py", "import pathways.offended"),
        ("config/offender.py", "import pathways.offended"),
        ("pathways/offender.py", "import viewflow.fsm"),
    ],
)
def test_import_contracts_catch_an_offender(tmp_path, offender, line):
    """The same contracts, on an empty house with one forbidden import."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for package in ("config", "pathways", "prescriptions", "followup", "notifications"):
        (tmp_path / package).mkdir()
        for module in ("__init__.py", "offended.py"):
            (tmp_path / package / module).touch()
    (tmp_path / offender).write_text(line + "\n")
    result = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout


@pytest.mark.django_db
def test_models_and_migrations_agree():
    labels = ["pathways", "prescriptions", "followup", "notifications"]
    call_command("makemigrations", *labels, check=True, dry_run=True, verbosity=1)


def test_lock_files_hold_no_registry_address():
    locks = [*ROOT.glob("*.lock"), ROOT / "package-lock.json"]
    assert len(locks) >= 4
    for lock in locks:
        text = lock.read_text()
        assert "--index-url" not in text
        assert '"resolved": "http' not in text
        assert "://" not in text or lock.suffix == ".json", lock.name
