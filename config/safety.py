"""What production refuses to start with. Pure: settings in, list of problems out."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

MIN_SECRET_LENGTH = 50
# Starts of keys that are published somewhere: Django's template, our tests, our documentation.
PUBLISHED_SECRETS = ("django-insecure", "only-for-tests", "changeme", "change-me", "secret")


def problems(settings: Mapping[str, Any]) -> list[str]:
    """French sentences, one per unsafe setting, each with its remedy; empty when all is well."""
    found = []
    secret = settings["SECRET_KEY"]
    if not secret:
        found.append("SECRET_KEY est absente : donnez une clé aléatoire d'au moins 50 caractères.")
    elif (
        len(secret) < MIN_SECRET_LENGTH
        or len(set(secret)) < 10
        or secret.lower().startswith(PUBLISHED_SECRETS)
    ):
        found.append(
            "SECRET_KEY est une clé par défaut ou trop faible : tirez-en une au hasard (50 caractères)."
        )
    if settings["DEBUG"]:
        found.append("DEBUG est actif : retirez la variable DEBUG.")
    if not settings["SESSION_COOKIE_SECURE"] or not settings["CSRF_COOKIE_SECURE"]:
        found.append(
            "Les cookies circuleraient hors HTTPS : retirez SESSION_COOKIE_SECURE et CSRF_COOKIE_SECURE "
            "de l'environnement."
        )
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        found.append("ALLOWED_HOSTS doit nommer les hôtes servis (jamais « * »).")
    if not settings["DATABASE_URL"]:
        found.append("DATABASE_URL est absente : la base embarquée n'est pas faite pour la production.")
    if not settings["CELERY_BROKER_URL"]:
        found.append("CELERY_BROKER_URL est absente : nommez un serveur Redis.")
    return found


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured with every problem at once, so that one restart is enough to fix them."""
    found = problems(settings)
    if found:
        raise ImproperlyConfigured("Configuration de production refusée :\n- " + "\n- ".join(found))
