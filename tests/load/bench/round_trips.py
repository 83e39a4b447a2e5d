"""How many times the work waits for PostgreSQL, counted on the wire.

A relay stands between the driver and the server. It lets the client speak until it falls silent, hands over what it
said, lets the server answer until it falls silent, and so on. Whoever does not wait for an answer says everything at
once; so each alternation is one round trip, whatever the driver, its prepared statements or its pipelines do.
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

SILENCE = 0.03  # seconds
SOCKET_NAME = ".s.PGSQL.5432"


class Relay:
    """Listens in `folder` and hands one connection at a time over to the server's socket."""

    def __init__(self, folder: Path, server: Path):
        self.server = server
        self.trips = 0
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
                self._alternate(client, server)

    def _alternate(self, client: socket.socket, server: socket.socket) -> None:
        while said := _until_silent(client):
            self.trips += 1
            server.sendall(said)
            answered = _until_silent(server)
            if not answered:
                return
            client.sendall(answered)

    def close(self) -> None:
        # shutdown() wakes the thread that waits in accept(); close() alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def _until_silent(peer: socket.socket) -> bytes:
    """Everything that the peer says in a row; nothing when it has hung up."""
    said = peer.recv(65536)
    while said and select.select([peer], [], [], SILENCE)[0]:
        more = peer.recv(65536)
        if not more:
            break
        said += more
    return said


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
            for _ in range(2):
                before = relay.trips
                contestant.work(next(contestant.keys))
                found[contestant.name] = relay.trips - before
    return found
