"""Production refuses to start unsafe; local settings start with nothing configured."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.safety import problems, refuse_unsafe
from tests.conftest import ROOT

SAFE = {
    "DEBUG": False,
    "SECRET_KEY": "k7#Qz0pLw3@vN8xR5tYb2mHc9dFg6sJe1uAi4oKlXyZwVtUq",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "ALLOWED_HOSTS": ["jalons.example.fr"],
    "DATABASE_URL": "postgresql://jalons@db/jalons",
    "CELERY_BROKER_URL": "redis://broker/0",
}
SAFE["SECRET_KEY"] += "0123456789"


def test_safe_settings_pass():
    assert problems(SAFE) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + SAFE["SECRET_KEY"]}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": SAFE["SECRET_KEY"][:49]}, "SECRET_KEY"),
        ({"DEBUG": True}, "DEBUG"),
        ({"SESSION_COOKIE_SECURE": False}, "HTTPS"),
        ({"CSRF_COOKIE_SECURE": False}, "HTTPS"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"CELERY_BROKER_URL": ""}, "CELERY_BROKER_URL"),
    ],
)
def test_each_unsafe_setting_is_refused_and_named(change, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        refuse_unsafe({**SAFE, **change})


def start(module: str, **environment: str) -> subprocess.CompletedProcess:
    """Django's checks under a settings module, in a process with nothing but `environment`."""
    return subprocess.run(
        [sys.executable, "-m", "django", "check"],
        env={"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": module, "PYTHONPATH": str(ROOT), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


PRODUCTION = {
    "SECRET_KEY": SAFE["SECRET_KEY"],
    "ALLOWED_HOSTS": "jalons.example.fr",
    "DATABASE_URL": SAFE["DATABASE_URL"],
    "CELERY_BROKER_URL": SAFE["CELERY_BROKER_URL"],
}


def test_production_starts_when_all_is_given():
    result = start("config.settings.production", **PRODUCTION)
    assert result.returncode == 0, result.stderr


def test_production_names_every_problem_at_once():
    result = start("config.settings.production", DEBUG="1", SESSION_COOKIE_SECURE="0")
    assert result.returncode != 0
    for named in ("SECRET_KEY", "DEBUG", "HTTPS", "ALLOWED_HOSTS", "DATABASE_URL", "CELERY_BROKER_URL"):
        assert named in result.stderr


def test_local_starts_in_an_empty_environment_and_keeps_its_key(tmp_path):
    for _ in range(2):
        result = start("config.settings.local", DATA_DIR=str(tmp_path))
        assert result.returncode == 0, result.stderr
    key = tmp_path / "secret_key"
    assert len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0
