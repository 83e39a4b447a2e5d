"""The product's settings on a cluster of its own, which forgets in a power cut and may be thrown away."""

import os
from pathlib import Path

from config.embedded_postgres import django_settings
from config.settings.test import *  # noqa: F403

FOLDER = Path(os.environ.get("SCALE_DIR") or Path(__file__).resolve().parents[3] / "var" / "scale").resolve()
DATABASES = {"default": {**django_settings(FOLDER / "postgres", durable=False), **DATABASE_DEFAULTS}}  # noqa: F405
