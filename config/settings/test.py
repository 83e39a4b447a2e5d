"""The test suite: its own database cluster, no durability, every silent fault made loud."""

import os
import tempfile
from pathlib import Path

from config import embedded_postgres
from config.broker import broker_settings
from config.env import database_from_url

from .base import *
from .base import BASE_DIR, DATABASE_DEFAULTS, DATABASE_OPTIONS, MIDDLEWARE, STORAGES

# Never the data folder of a running product.
DATA_DIR = Path(os.environ.get("TEST_DATA_DIR") or BASE_DIR / ".data" / "test").resolve()
SECRET_KEY = "only-for-tests-" + "x" * 40
ALLOWED_HOSTS = ["*"]

if url := os.environ.get("DATABASE_URL"):
    _database = database_from_url(url)
else:
    _database = embedded_postgres.django_settings(DATA_DIR / "postgres", durable=False)
_database["OPTIONS"] = {**_database.get("OPTIONS", {}), **DATABASE_OPTIONS}
DATABASES = {"default": {**DATABASE_DEFAULTS, **_database, "CONN_MAX_AGE": 0}}

# Tasks run where they are called, and their failures reach the test.
globals().update(broker_settings(None, DATA_DIR / "broker"))
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

# A page that is only read must not write; sessions and the login guard sit outside this middleware.
MIDDLEWARE = [*MIDDLEWARE, "config.readonly.ReadOnlyGetMiddleware"]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_FOLDER = DATA_DIR / "mail"
SITE_URL = "https://jalons.example"
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path(tempfile.gettempdir()) / f"jalons-test-files-{os.getpid()}"},
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
