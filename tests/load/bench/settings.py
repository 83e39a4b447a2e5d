"""The bench: the tests' settings on a fresh cluster that waits for its disk, as the product's own does."""

import os
from pathlib import Path

from config import embedded_postgres
from config.settings.test import *  # noqa: F403
from config.settings.test import BASE_DIR, DATABASES, INSTALLED_APPS, LOGGING
from config.settings.test import DATABASE_OPTIONS as OPTIONS

#: Where the cluster lives during the run, and where bench.json is written.
BENCH_DIR = Path(os.environ.get("BENCH_DIR") or BASE_DIR / "var").resolve()
BENCH_CLUSTER = BENCH_DIR / "bench" / "postgres"

_database = embedded_postgres.django_settings(BENCH_CLUSTER, durable=True)
DATABASES = {"default": {**DATABASES["default"], **_database, "OPTIONS": OPTIONS, "CONN_MAX_AGE": None}}
# Tables of contestants that are no part of the product.
LOGGING = {
    **LOGGING,
    "loggers": {**LOGGING["loggers"], "spiff": {"level": "WARNING"}},
}  # two lines for each task
INSTALLED_APPS = [*INSTALLED_APPS, "tests.load.bench"]
