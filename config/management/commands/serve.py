"""The whole product on one machine: database, migrations, demo data, web server, worker and beat."""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from config.embedded_postgres import EmbeddedPostgresError
from config.embedded_postgres.base import cluster_of
from config.supervisor import Program, Supervisor

WEB_TIMEOUT = 60.0  # seconds
# Addresses that a browser on this machine calls localhost, and how to reach each.
LOCAL_HOSTS = {"127.0.0.1": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}  # noqa: S104


class Command(BaseCommand):
    help = "Démarre tout le produit sur cette machine ; Ctrl-C arrête tout."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--no-demo", action="store_true", help="ne crée pas les données de démonstration")

    def handle(self, *args, **options):
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or 8000)
        self._refuse_busy_port(host, port)
        supervisor = Supervisor(
            self._programs(host, port), self._environment(), self._say, self._tend_database
        )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            self._prepare(with_demo=not options["no_demo"])
        except KeyboardInterrupt:
            self._say("Arrêt demandé pendant la préparation.")
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.request_stop)
        supervisor.start()
        try:
            answered = self._announce_when_ready(supervisor, host, port)
            healthy = answered and supervisor.watch()
        finally:
            self._say("Arrêt…")
            supervisor.stop()
            connections.close_all()
        self._say("Tout est arrêté.")
        if not healthy and not supervisor.stopping.is_set():
            sys.exit(1)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _refuse_busy_port(self, host: str, port: int) -> None:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Le port {port} de {host} n'est pas libre ({error.strerror}). "
                    f"Arrêtez ce qui l'occupe ou choisissez-en un autre : PORT={port + 1} make run"
                ) from error

    def _prepare(self, *, with_demo: bool) -> None:
        self._say("Préparation de la base…")
        # The first query starts the embedded server; it runs until this process ends.
        connection.ensure_connection()
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        if with_demo and "demo" in get_commands():
            call_command("demo", "--if-empty", stdout=self.stdout)
        connection.close()

    def _tend_database(self) -> None:
        """Start the embedded server again when it was killed: the programs only know its address."""
        if os.environ.get("DATABASE_URL"):
            return
        try:
            if cluster_of(settings.DATABASES["default"]).revive():
                self._say("Le PostgreSQL embarqué s'était arrêté : il tourne de nouveau.")
        except EmbeddedPostgresError as error:
            self._say(f"{error} Nouvel essai.")

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        # Children use the server; this process alone decides when it stops.
        environment["DATABASE_URL"] = os.environ.get("DATABASE_URL") or _embedded_url()
        return environment

    def _programs(self, host: str, port: int) -> list[Program]:
        python = [sys.executable, "-m"]
        worker = [
            "celery",
            "--quiet",
            "-A",
            "config",
            "worker",
            "--concurrency",
            os.environ.get("WORKERS", "2"),
        ]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
        beat = ["celery", "--quiet", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="]
        web = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"]
        threads = [
            "--blocking-threads",
            os.environ.get("WEB_THREADS") or str(2 * (os.cpu_count() or 1)),
            "--log-level",
            "warning",
        ]
        return [
            Program("Le traitement des tâches (Celery)", [*python, *worker, *quiet]),
            Program("Le minuteur (beat)", [*python, *beat]),
            Program("Le serveur web", [*python, *web, *threads, "config.wsgi:application"]),
        ]

    def _announce_when_ready(self, supervisor: Supervisor, host: str, port: int) -> bool:
        """Wait until a page is answered, then print the address and the accounts."""
        shown = "localhost" if host in LOCAL_HOSTS else host
        probe = f"http://{LOCAL_HOSTS.get(host, host)}:{port}/connexion/"
        deadline = time.monotonic() + WEB_TIMEOUT
        while not _answers(probe):
            if supervisor.stopping.wait(0.2):
                return True
            if time.monotonic() > deadline or not supervisor.programs[-1].is_alive():
                self._say("Le serveur web ne répond pas : voyez les messages ci-dessus.")
                return False
        self._say(f"\nJalons est prêt : http://{shown}:{port}/\n")
        if "demo" in get_commands():
            call_command("demo", "--accounts", stdout=self.stdout)
        self._say("Ctrl-C arrête tout.\n")
        return True


def _interrupt(number, frame):
    raise KeyboardInterrupt


def _embedded_url() -> str:
    database = settings.DATABASES["default"]
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"


def _answers(url: str) -> bool:
    """Whether the web server answers without an error of its own."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return response.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
