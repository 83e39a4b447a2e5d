"""How many times the work waits for PostgreSQL, counted on the wire.

A relay stands between the driver and the server. It lets the client speak until it falls silent, and only then hands
over what it said. Whoever does not wait for an answer says everything at once; so each time that the client speaks is
one round trip, whatever the driver, its prepared statements or its pipelines do.
"""

from __future__ import annotations

import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

SILENCE = 0.03  # seconds, far more than a program takes between two things that it says without waiting
SOCKET_NAME = ".s.PGSQL.5432"


class Relay:
    """Listens in `folder` and hands one connection at a time over to the server's socket."""

    def __init__(self, folder: Path, server: Path):
        self.server = server
        self.trips = 0
        self.silence = 0.0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET_NAME))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            with client, socket.socket(socket.AF_UNIX) as server:
                server.connect(str(self.server))
                self._hand_over(client, server)

    def _hand_over(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            speaking, _, _ = select.select([client, server], [], [])
            if server in speaking:
                answer = server.recv(65536)
                client.sendall(answer)
            else:
                answer = self._until_silent(client)
                server.sendall(answer)
                self.trips += 1
            if not answer:
                return  # hung up

    def _until_silent(self, client: socket.socket) -> bytes:
        said = client.recv(65536)
        while said and select.select([client], [], [], self.silence)[0]:
            more = client.recv(65536)
            if not more:
                break
            said += more
        return said

    def close(self) -> None:
        # shutdown() wakes the thread that waits in accept(); close() alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@contextmanager
def counted() -> Iterator[Relay]:
    """Django's connection goes through a relay for the duration of the block."""
    settings = connection.settings_dict
    direct = settings["HOST"]
    with tempfile.TemporaryDirectory() as folder:
        relay = Relay(Path(folder), Path(direct) / SOCKET_NAME)
        connection.close()
        settings["HOST"] = folder
        try:
            connection.ensure_connection()
            yield relay
        finally:
            connection.close()
            settings["HOST"] = direct
            relay.close()


def round_trips(contestants) -> dict[str, int]:
    """Contestant -> round trips of one turn, the second one: what is read once for all has been read."""
    found = {}
    with counted() as relay:
        for contestant in contestants:
            relay.silence = 0.0
            contestant.work(next(contestant.keys))
            relay.silence, before = SILENCE, relay.trips
            contestant.work(next(contestant.keys))
            found[contestant.name] = relay.trips - before
    return found
