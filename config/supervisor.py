"""Run several programs as one: start them, restart the one that dies, stop them all in order."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

RESTARTS_ALLOWED = 5
RESTART_WINDOW = 60.0  # seconds
RESTART_PAUSE = 1.0
STOP_PATIENCE = 20.0
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Linux: if the supervisor is killed outright, its children get SIGTERM instead of staying behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Program:
    """One child: its French name for messages and its command line."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    deaths: deque = field(default_factory=lambda: deque(maxlen=RESTARTS_ALLOWED))

    def start(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            # Its own group: Ctrl-C reaches the supervisor alone, which stops the children in order.
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal_group(self, number: int) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Supervisor:
    """Programs in their order of start; they stop in the reverse order.

    tend: called at each round of the watch, to repair what is no program of ours (the embedded server).
    """

    def __init__(
        self,
        programs: list[Program],
        environment: dict[str, str],
        say: Callable[[str], None],
        tend: Callable[[], None] = lambda: None,
    ):
        self.programs = programs
        self.environment = environment
        self.say = say
        self.tend = tend
        self.stopping = threading.Event()
        self._impatience = 0

    def request_stop(self, number: int | None = None, frame=None) -> None:
        """Signal handler: the first asks for an orderly stop, the second kills."""
        self._impatience += 1
        self.stopping.set()
        if self._impatience > 1:
            for program in self.programs:
                program.signal_group(signal.SIGKILL)

    def start(self) -> None:
        for program in self.programs:
            if not self.stopping.is_set():
                program.start(self.environment)

    def watch(self) -> bool:
        """Keep the programs alive until a stop is asked for. Returns False when one dies again and again."""
        while not self.stopping.wait(0.5):
            self.tend()
            for program in self.programs:
                if not program.is_alive() and not self._restart(program):
                    return False
        return True

    def _restart(self, program: Program) -> bool:
        code = program.process.returncode
        now = time.monotonic()
        program.deaths.append(now)
        if len(program.deaths) == RESTARTS_ALLOWED and now - program.deaths[0] < RESTART_WINDOW:
            self.say(
                f"{program.name} s'arrête sans cesse (code {code}) : tout est arrêté, voyez les messages ci-dessus."
            )
            return False
        self.say(f"{program.name} s'est arrêté (code {code}) : redémarrage.")
        # What it leaves in its group may wait for ever (a worker's child, for a lock that nobody holds any more).
        program.signal_group(signal.SIGKILL)
        if self.stopping.wait(RESTART_PAUSE):
            return True
        program.start(self.environment)
        return True

    def stop(self) -> None:
        """Ask each program to end, then kill what is left after STOP_PATIENCE seconds."""
        for program in reversed(self.programs):
            if program.is_alive():
                program.process.terminate()
        deadline = time.monotonic() + STOP_PATIENCE
        for program in reversed(self.programs):
            if program.process is None:
                continue
            try:
                program.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{program.name} ne répond pas : arrêt forcé.")
            # Also what the program left in its group.
            program.signal_group(signal.SIGKILL)
            program.process.wait()
