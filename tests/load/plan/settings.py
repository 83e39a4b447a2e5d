"""The bench of the plan: the tests' settings on a cluster of its own, which is gone at the end."""

import os
from pathlib import Path

from config.embedded_postgres import django_settings
from config.settings.test import *  # noqa: F403

#: Where bench-plan.json goes, and where the cluster lives during the run.
BENCH_DIR = Path(os.environ.get("BENCH_DIR") or Path(__file__).resolve().parents[3] / "var").resolve()
BENCH_CLUSTER = BENCH_DIR / "bench-plan" / "postgres"
DATABASES = {"default": {**django_settings(BENCH_CLUSTER, durable=False), **DATABASE_DEFAULTS}}  # noqa: F405
