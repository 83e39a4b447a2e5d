"""The product as a user runs it (`manage.py serve`), with a data folder and a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.conftest import ROOT

PATIENCE = 120.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Product:
    """A running copy with a data folder and a port of its own, in an empty environment."""

    def __init__(self, data_dir):
        self.data_dir, self.port, self.lines = data_dir, free_port(), []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--no-demo"],
            cwd=ROOT,
            env={"PATH": os.defpath, "DATA_DIR": str(data_dir), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def until(self, condition, what: str):
        """The first true answer of `condition`, polled; fails with the output when it never comes."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answer := condition():
                return answer
            time.sleep(0.1)
        pytest.fail(f"{what} did not happen:\n{self.output}")

    def ready(self) -> "Product":
        self.until(lambda: f"http://localhost:{self.port}/" in self.output, "the announcement")
        return self

    def children(self) -> dict[str, psutil.Process]:
        """Direct children by program."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            try:
                command = child.cmdline()
            except psutil.NoSuchProcess:  # dead, and not yet buried by the supervisor
                continue
            for name in ("worker", "beat", "granian"):
                if name in command:
                    found[name] = child
        return found

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.process.stdout.close()
        return code
