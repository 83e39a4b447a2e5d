"""The walls of the house: import contracts, migrations, one state machine engine."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.conftest import ROOT

PACKAGES = ("config", "pathways", "prescriptions", "followup", "notifications")
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
    ],
)
def test_import_contracts_catch_an_offender(tmp_path, offender, line):
    """The same contracts, on an empty house with one forbidden import."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        for module in ("__init__.py", "offended.py"):
            (tmp_path / package / module).touch()
    (tmp_path / offender).write_text(line + "\n")
    result = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout


def imported_names(source: str) -> set[str]:
    """Full names of everything a module imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize(
    "line", ["import viewflow.fsm", "from viewflow import fsm", "from viewflow.fsm import State"]
)
def test_second_state_machine_would_be_seen(line):
    assert any(name.startswith("viewflow.fsm") for name in imported_names(line))


def test_one_state_machine_engine_only():
    """viewflow.fsm.FSMField answers its default on a deferred load: django_fsm alone holds our states."""
    offenders = [
        file
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if any(name.startswith("viewflow.fsm") for name in imported_names(file.read_text()))
    ]
    assert offenders == []


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
