"""A private PostgreSQL in the data folder, for machines that have no server.

It starts at the first query of the first process and stops with the last process that used it. A database backend
(base.py) is what starts it, so that every command, task and test finds it without knowing about it.
"""

from pathlib import Path
from typing import Any

from .cluster import Cluster, EmbeddedPostgresError

__all__ = ("DATABASE", "Cluster", "EmbeddedPostgresError", "django_settings")

DATABASE = "jalons"


def django_settings(folder: Path, *, durable: bool = True) -> dict[str, Any]:
    """The DATABASES entry of a cluster that lives in `folder`. Starts nothing."""
    cluster = Cluster(folder, durable=durable)
    return {
        "ENGINE": "config.embedded_postgres",
        "NAME": DATABASE,
        "USER": cluster.user,
        "HOST": str(cluster.socket_folder),
        "EMBEDDED": {"folder": str(folder), "durable": durable},
    }
