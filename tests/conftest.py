"""Strictness for every test: what Django lets pass in silence fails here. The rules are in tests/strictness/."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.strictness import database, forms, templates

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser of CHROMIUM_PATH, else the machine's."""
    named = os.environ.get("CHROMIUM_PATH")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def find_redis() -> str | None:
    """The address of TEST_REDIS_URL, else the server program of this machine."""
    return os.environ.get("TEST_REDIS_URL") or shutil.which("redis-server")


def find_postgres() -> str | None:
    """The address of TEST_DATABASE_URL, else the folder of this machine's oldest server programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    installed = next((str(folder) for folder in folders if (folder / "initdb").exists()), None)
    return os.environ.get("TEST_DATABASE_URL") or installed


# Marker -> (is what it needs here?, reason of the skip).
NEEDS = {
    "external": (SHARED_DATA.is_dir, "../shared/data absent"),
    "browser": (find_chromium, "Chromium absent (CHROMIUM_PATH)"),
    "postgres_server": (find_postgres, "serveur PostgreSQL absent (TEST_DATABASE_URL)"),
    "redis": (find_redis, "Redis absent (TEST_REDIS_URL)"),
}


def pytest_collection_modifyitems(items):
    missing = {marker: reason for marker, (is_here, reason) in NEEDS.items() if not is_here()}
    for item in items:
        for marker, reason in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter):
    """All skips in one line, counted by reason."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
    )
    if reasons:
        told = ", ".join(f"{count} × {reason}" for reason, count in reasons.most_common())
        terminalreporter.write_line(f"SKIPPED: {told}", yellow=True)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser to drive, for `launch(executable_path=…)`."""
    return find_chromium() or pytest.skip(NEEDS["browser"][1])


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input; only for tests marked `external`."""
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def _strict_database():
    """Unordered lists come back shuffled; flushing works in spite of append-only triggers."""
    with database.shuffled_when_unordered(), database.flush_past_triggers():
        yield


@pytest.fixture(autouse=True)
def _strict_templates(request):
    """A template that names an absent variable fails."""
    marker = request.node.get_closest_marker("undefined_template_variables")
    with templates.undefined_variables_fail(allowed=frozenset(marker.args) if marker else frozenset()):
        yield


@pytest.fixture(autouse=True)
def _strict_forms():
    """A page with a POST form that carries no CSRF token fails."""
    with forms.post_forms_carry_a_token():
        yield


@pytest.fixture(autouse=True)
def _pages_do_not_write(request, settings):
    """Lifts the rule of ReadOnlyGetMiddleware for tests marked `writes_on_get`."""
    if request.node.get_closest_marker("writes_on_get"):
        settings.MIDDLEWARE = [
            name for name in settings.MIDDLEWARE if not name.endswith("ReadOnlyGetMiddleware")
        ]
