"""The Celery application. Tasks live in each package's `tasks.py`; when they run is in config/schedule.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("jalons")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
