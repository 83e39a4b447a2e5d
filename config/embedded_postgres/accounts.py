"""Which system account runs the embedded server, and what that account must be able to reach.

PostgreSQL refuses to run as root. An ordinary user runs it as itself; for root, an existing account without rights
takes it. No account is created, and parent folders are opened to traversal only, where they were closed.
"""

import logging
import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

logger = logging.getLogger(__name__)

TimeoutExpired = psutil.TimeoutExpired
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int


def server_account(folder: Path) -> Account | None:
    """The account for the server of `folder`; None when it is our own.

    A folder that exists stays with its owner: the choice must not change between two starts.
    """
    if os.geteuid() != 0:
        return None
    names = list(CANDIDATES)
    if folder.exists() and (owner := folder.stat().st_uid) != 0:
        names.insert(0, pwd.getpwuid(owner).pw_name)
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise RuntimeError(f"root cannot run PostgreSQL, and none of these accounts exists: {', '.join(names)}")


def give(path: Path, account: Account) -> None:
    os.chown(path, account.uid, account.gid)


def make_reachable(path: Path, account: Account) -> None:
    """Let `account` traverse every folder down to `path` (not list it), and read the programs in it."""
    for folder in [path, *path.parents]:
        mode = folder.stat()
        if mode.st_uid != account.uid and not mode.st_mode & stat.S_IXOTH:
            logger.warning(
                "Opening %s to traversal: the embedded PostgreSQL runs as %s.", folder, account.name
            )
            folder.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXGRP | stat.S_IXOTH)
    if (path / "bin").is_dir() and not (path / "bin" / "postgres").stat().st_mode & stat.S_IXOTH:
        # Installed under a strict umask.
        for root, folders, files in os.walk(path):
            for name in folders + files:
                target = Path(root) / name
                current = stat.S_IMODE(target.stat().st_mode)
                executable = stat.S_IXOTH if current & stat.S_IXUSR else 0
                target.chmod(current | stat.S_IROTH | executable)


def is_server(number: int) -> bool:
    """Whether a process of that number is a PostgreSQL that lives."""
    try:
        process = psutil.Process(number)
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def remains_of(folder: Path) -> Iterator[psutil.Process]:
    """Sessions and helpers of a server in `folder`, known by where they work: also those that outlive it."""
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "postgres" and process.info["cwd"] == str(folder):
            yield process


def servers_of(folder: Path) -> Iterator[psutil.Process]:
    """Server processes started on `folder`, even when the folder was deleted under them."""
    wanted = str(folder)
    for process in psutil.process_iter(["name", "cmdline"]):
        command = process.info["cmdline"] or []
        if process.info["name"] == "postgres" and "-D" in command and wanted in command:
            yield process
