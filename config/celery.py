"""The Celery application. Tasks live in each package's `tasks.py`; when they run is in config/schedule.py."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

# Celery warns root about pickled messages; ours are JSON, and containers often run as root.
warnings.filterwarnings("ignore", category=SecurityWarning, module="celery.platforms")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("jalons")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
