"""Real servers, HTTPS only. Importing this module fails when something unsafe is configured."""

import os
from pathlib import Path

from config.broker import broker_settings
from config.env import database_from_url, flag, mail_settings, words
from config.safety import refuse_unsafe

from .base import *
from .base import ALLOWED_HOSTS, BASE_DIR, DATA_DIR, DATABASE_DEFAULTS, DATABASE_OPTIONS, STORAGES

DEBUG = flag("DEBUG", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")

SESSION_COOKIE_SECURE = flag("SESSION_COOKIE_SECURE", default=True)
CSRF_COOKIE_SECURE = flag("CSRF_COOKIE_SECURE", default=True)
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS", 365 * 24 * 3600))
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# Behind a proxy that ends TLS: only set it when that proxy always overwrites the header.
if flag("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

refuse_unsafe(
    {
        "DEBUG": DEBUG,
        "SECRET_KEY": SECRET_KEY,
        "SESSION_COOKIE_SECURE": SESSION_COOKIE_SECURE,
        "CSRF_COOKIE_SECURE": CSRF_COOKIE_SECURE,
        "ALLOWED_HOSTS": ALLOWED_HOSTS,
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL", ""),
    }
)

_database = database_from_url(os.environ["DATABASE_URL"])
_database["OPTIONS"] = {**_database["OPTIONS"], **DATABASE_OPTIONS}
DATABASES = {"default": {**DATABASE_DEFAULTS, **_database}}

globals().update(broker_settings(os.environ["CELERY_BROKER_URL"], DATA_DIR / "broker"))
CELERY_BEAT_SCHEDULE_FILENAME = os.environ.get(
    "CELERY_BEAT_SCHEDULE_FILENAME", str(DATA_DIR / "beat-schedule")
)

if os.environ.get("CELERY_BROKER_URL", "").startswith(("redis://", "rediss://")):
    # Rate limits have to be counted once for all web processes.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ.get("CACHE_URL") or os.environ["CELERY_BROKER_URL"],
            "KEY_PREFIX": "jalons",
        }
    }

STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Without EMAIL_URL nor EMAIL_HOST, mails go to files of DATA_DIR/mail: nothing is lost, and nobody is written to.
globals().update(mail_settings(DATA_DIR / "mail"))
SITE_URL = os.environ.get("SITE_URL") or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
