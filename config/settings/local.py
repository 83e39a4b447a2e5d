"""One machine, nothing to install: embedded PostgreSQL and broker unless the environment names servers."""

import os

from config import embedded_postgres
from config.broker import broker_settings
from config.env import database_from_url, flag, mail_settings, words
from config.secret_key import read_or_create

from .base import *
from .base import DATA_DIR, DATABASE_DEFAULTS, DATABASE_OPTIONS, TEMPLATES

DEBUG = flag("DEBUG", default=False)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]")
SECRET_KEY = os.environ.get("SECRET_KEY") or read_or_create(DATA_DIR / "secret_key")

if url := os.environ.get("DATABASE_URL"):
    _database = database_from_url(url)
else:
    _database = embedded_postgres.django_settings(DATA_DIR / "postgres")
_database["OPTIONS"] = {**_database.get("OPTIONS", {}), **DATABASE_OPTIONS}
DATABASES = {"default": {**DATABASE_DEFAULTS, **_database}}

globals().update(broker_settings(os.environ.get("CELERY_BROKER_URL"), DATA_DIR / "broker"))
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

globals().update(mail_settings(DATA_DIR / "mail"))
SITE_URL = os.environ.get("SITE_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}"

# Static files are read from the packages: no collectstatic to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# A demo database shows its accounts on the login page. Never in production: that environment does not list this.
TEMPLATES[0]["OPTIONS"]["context_processors"].append("followup.demo.login.demo_accounts")
