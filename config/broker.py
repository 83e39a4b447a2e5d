"""The message broker: Redis when named, else a folder of files that needs no server.

Kombu's own `filesystem://` transport writes a message in place, so that a reader may see half of it and die. Here a
message is written aside and renamed, a reader claims it by renaming it, and an unreadable file is set apart.
See docs/decisions/0002-embedded-broker.md.
"""

import logging
import os
import re
import time
import uuid
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

SCHEME = "jalons-files"
TRANSPORT_ALIASES[SCHEME] = "config.broker:Transport"

SUFFIX = ".msg"
SAFE_QUEUE_NAME = re.compile(r"\A[A-Za-z0-9_-][A-Za-z0-9._-]*\Z")


def broker_settings(url: str | None, folder: Path) -> dict[str, Any]:
    """Celery's broker settings, under their Django names, for a Redis address or for the embedded folder."""
    if url:
        # The messages of a worker that vanished are delivered again `visibility_timeout` seconds after they were
        # taken. Kombu looks for them every interval x throttle seconds: 100 unless told otherwise. A task that
        # lasts longer runs twice; the second run finds the row locked or done.
        options = {"visibility_timeout": 300, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
        return {
            "CELERY_BROKER_URL": url,
            "CELERY_BROKER_TRANSPORT_OPTIONS": options if url.startswith(("redis", "sentinel")) else {},
        }
    return {
        "CELERY_BROKER_URL": f"{SCHEME}://localhost/",
        "CELERY_BROKER_TRANSPORT_OPTIONS": {"folder": str(folder), "polling_interval": 0.2},
        # Remote control and gossip are broadcasts, which a folder of files does not have.
        "CELERY_WORKER_ENABLE_REMOTE_CONTROL": False,
    }


class Channel(virtual.Channel):
    """One folder per queue; a file is a message; its name sorts by the moment of sending."""

    supports_fanout = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._seen: dict[str, deque[str]] = {}

    @property
    def root(self) -> Path:
        return Path(self.connection.client.transport_options["folder"])

    def _folder(self, queue: str) -> Path:
        if not SAFE_QUEUE_NAME.match(queue):
            raise ChannelError(f"Invalid queue name: {queue!r}")
        return self.root / "queues" / queue

    def _new_queue(self, queue: str, **kwargs) -> None:
        self._folder(queue).mkdir(parents=True, exist_ok=True)

    def _has_queue(self, queue: str, **kwargs) -> bool:
        return self._folder(queue).is_dir()

    def _put(self, queue: str, message: dict, **kwargs) -> None:
        folder = self._folder(queue)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        draft = folder / f"{name}.part"
        draft.write_text(dumps(message))
        draft.rename(folder / f"{name}{SUFFIX}")

    def _names(self, queue: str) -> deque[str]:
        """Messages waiting, oldest first; the folder is listed again only when the last listing is used up."""
        names = self._seen.get(queue)
        if not names:
            folder = self._folder(queue)
            found = os.listdir(folder) if folder.is_dir() else []
            names = self._seen[queue] = deque(sorted(name for name in found if name.endswith(SUFFIX)))
        return names

    def _get(self, queue: str, timeout: float | None = None) -> dict:
        names = self._names(queue)
        while names:
            waiting = self._folder(queue) / names.popleft()
            claimed = waiting.with_suffix(f".{os.getpid()}-{uuid.uuid4().hex}")
            try:
                # The rename succeeds for one reader only.
                waiting.rename(claimed)
            except FileNotFoundError:
                continue
            try:
                message = loads(claimed.read_text())
                if not isinstance(message, dict) or "properties" not in message:
                    raise ValueError("not a message")
            except ValueError:
                self._set_apart(claimed, waiting.name)
                continue
            claimed.unlink()
            return message
        raise Empty

    def _set_apart(self, file: Path, name: str) -> None:
        """An unreadable message costs one line in the log, not the worker; a sweep does its work again."""
        rejected = self.root / "rejected"
        rejected.mkdir(exist_ok=True)
        file.rename(rejected / name)
        logger.error("Unreadable message set apart: %s", rejected / name)

    def _size(self, queue: str) -> int:
        with suppress(FileNotFoundError):
            return sum(name.endswith(SUFFIX) for name in os.listdir(self._folder(queue)))
        return 0

    def _purge(self, queue: str) -> int:
        purged = 0
        self._seen.pop(queue, None)
        for file in self._folder(queue).glob(f"*{SUFFIX}"):
            with suppress(FileNotFoundError):
                file.unlink()
                purged += 1
        return purged

    def _delete(self, queue: str, *args, **kwargs) -> None:
        self._purge(queue)
        with suppress(OSError):
            self._folder(queue).rmdir()


class Transport(virtual.Transport):
    """Exchanges and bindings live in each process: every process declares the same queues at start."""

    Channel = Channel
    default_port = 0
    driver_type = SCHEME
    driver_name = SCHEME
    # Queues are on disk, so declarations may be shared by all connections of a process.
    global_state = virtual.BrokerState()

    def __init__(self, client, **kwargs):
        super().__init__(client, **kwargs)
        self.state = self.global_state

    def driver_version(self) -> str:
        return "1"
