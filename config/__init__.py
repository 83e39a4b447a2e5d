"""Project-wide plumbing; holds no word of the domain."""

# Shared tasks need the application to exist as soon as Django starts.
from config.celery import app as celery_app

__all__ = ("celery_app",)
