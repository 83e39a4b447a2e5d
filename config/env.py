"""Reading the environment: the only place that knows how a variable is spelt."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

TRUE = {"1", "true", "yes", "on", "oui"}
FALSE = {"0", "false", "no", "off", "non", ""}


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable; an unknown word is refused rather than read as no."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} : écrivez 1 ou 0.")


def words(name: str, *, default: str = "") -> list[str]:
    """A comma-separated variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://user:password@host:port/name?option=…` address (libpq's syntax)."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL : seul PostgreSQL est accepté, sous la forme postgresql://utilisateur:mot-de-passe@hôte/base"
        )
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL est illisible : {error}") from error
    return {
        "ENGINE": "config.postgresql",
        "NAME": parts.pop("dbname", "jalons"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


MAIL_BACKENDS = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
    "folder": "config.mail_folder.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
}


def mail_settings(folder: Path) -> dict[str, Any]:
    """Django's settings for e-mail: EMAIL_URL, else EMAIL_HOST and its kin, else files in `folder`.

    EMAIL_URL: « smtp://user:password@host:587?tls=1 » (STARTTLS), « smtps://… », « folder:///path », « console: ».
    """
    if url := os.environ.get("EMAIL_URL"):
        return mail_from_url(url, folder)
    if host := os.environ.get("EMAIL_HOST"):
        return {
            "EMAIL_BACKEND": MAIL_BACKENDS["smtp"],
            "EMAIL_HOST": host,
            "EMAIL_PORT": int(os.environ.get("EMAIL_PORT") or 25),
            "EMAIL_HOST_USER": os.environ.get("EMAIL_HOST_USER", ""),
            "EMAIL_HOST_PASSWORD": os.environ.get("EMAIL_HOST_PASSWORD", ""),
            "EMAIL_USE_TLS": flag("EMAIL_USE_TLS", default=False),
            "EMAIL_USE_SSL": flag("EMAIL_USE_SSL", default=False),
        }
    return {"EMAIL_BACKEND": MAIL_BACKENDS["folder"], "MAIL_FOLDER": folder}


def mail_from_url(url: str, folder: Path) -> dict[str, Any]:
    """The settings that an EMAIL_URL stands for. Raises ImproperlyConfigured."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL est illisible : {error}") from error
    if parts.scheme not in MAIL_BACKENDS:
        raise ImproperlyConfigured(
            "EMAIL_URL : écrivez smtp://utilisateur:mot-de-passe@hôte:587?tls=1, smtps://…, folder:///dossier, console:"
        )
    found: dict[str, Any] = {"EMAIL_BACKEND": MAIL_BACKENDS[parts.scheme]}
    if parts.scheme == "folder":
        return found | {"MAIL_FOLDER": Path(parts.path) if parts.path.strip("/") else folder}
    if parts.scheme == "console":
        return found
    if not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL ne nomme aucun hôte : smtp://hôte:25")
    is_ssl = parts.scheme == "smtps"
    has_tls = parse_qs(parts.query).get("tls", ["0"])[0].lower() in TRUE
    return found | {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if is_ssl else 587 if has_tls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": has_tls and not is_ssl,
        "EMAIL_USE_SSL": is_ssl,
    }


def word_among(name: str, *words_allowed: str) -> str:
    """A variable with a closed list of words; the first is the default."""
    value = os.environ.get(name, "").strip().lower() or words_allowed[0]
    if value not in words_allowed:
        raise ImproperlyConfigured(f"{name}={value!r} : écrivez {' ou '.join(words_allowed)}.")
    return value
