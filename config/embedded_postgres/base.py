"""Django's PostgreSQL backend, which makes sure that the embedded server runs before it connects."""

from pathlib import Path

from django.db.backends.postgresql import client

from config.postgresql import base

from . import DATABASE
from .cluster import Cluster, binary

_clusters: dict[str, Cluster] = {}


def cluster_of(settings_dict: dict) -> Cluster:
    """The running cluster behind a database's settings; one handle per process."""
    embedded = settings_dict["EMBEDDED"]
    cluster = _clusters.get(embedded["folder"])
    if cluster is None:
        cluster = _clusters[embedded["folder"]] = Cluster(
            Path(embedded["folder"]), durable=embedded["durable"]
        )
    cluster.ensure(DATABASE)
    return cluster


class DatabaseClient(client.DatabaseClient):
    def runshell(self, parameters):
        cluster_of(self.connection.settings_dict)
        self.executable_name = type(self).executable_name = str(binary("psql"))
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params):
        cluster_of(self.settings_dict)
        return super().get_new_connection(conn_params)
