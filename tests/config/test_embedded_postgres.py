"""The embedded server: shared by processes, stopped with the last, cleaned up after a killed one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.embedded_postgres.accounts import remains_of, server_account, servers_of
from config.embedded_postgres.cluster import SOCKET_PATH_LIMIT, Cluster, EmbeddedPostgresError
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

# A client in a process of its own: says when it is connected, leaves when its input ends.
CLIENT = """
import sys
from pathlib import Path
from config.embedded_postgres.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
cluster.ensure("jalons")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(new_folder):
    path = new_folder("pg") / "postgres"
    yield path
    Cluster(path).destroy()


def client(folder: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder)],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def leave(process: subprocess.Popen) -> None:
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


def kill(process: subprocess.Popen) -> None:
    process.kill()
    process.wait(60)
    process.stdin.close()
    process.stdout.close()


def one_value(cluster: Cluster, query: str):
    with psycopg.connect(cluster.url("jalons")) as connection:
        return connection.execute(query).fetchone()[0]


def test_server_lives_as_long_as_its_last_client_and_keeps_its_data(folder):
    watcher = Cluster(folder)
    first, second = client(folder), client(folder)
    with psycopg.connect(watcher.url("jalons"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    leave(first)
    assert watcher.is_running()
    leave(second)
    assert not watcher.is_running()
    assert list(servers_of(folder)) == []
    third = client(folder)
    assert one_value(watcher, "SELECT answer FROM kept") == 42
    leave(third)


def test_orphan_of_a_killed_client_is_replaced_at_the_next_start(folder):
    watcher = Cluster(folder)
    kill(client(folder))
    (orphan,) = servers_of(folder)
    # A session of the dead client's time still holds a lock.
    blocking = psycopg.connect(watcher.url("jalons"))
    blocking.execute("SELECT pg_advisory_xact_lock(1)")
    successor = client(folder)
    assert not orphan.is_running()
    assert one_value(watcher, "SELECT pg_try_advisory_xact_lock(1)") is True
    with pytest.raises(psycopg.OperationalError):
        blocking.execute("SELECT 1")
    blocking.close()
    leave(successor)
    assert list(servers_of(folder)) == []


def test_pid_file_left_by_a_power_cut_does_not_prevent_the_start(folder):
    kill(client(folder))
    (server,) = servers_of(folder)
    server.send_signal(signal.SIGKILL)
    server.wait(30)
    # The number in the file now belongs to a program that is alive: this one.
    pid_file = folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    process = client(folder)
    assert Cluster(folder).is_running()
    leave(process)


def test_server_killed_under_its_clients_is_started_again(folder):
    process, cluster = client(folder), Cluster(folder)
    assert cluster.revive() is False
    (server,) = servers_of(folder)
    # A session that is busy outlives the server, and still writes to its memory.
    busy = psycopg.connect(cluster.url("jalons"), autocommit=True)
    (left_behind,) = [p for p in remains_of(folder) if p.pid == busy.info.backend_pid]
    left_behind.suspend()
    server.kill()
    server.wait(30)
    assert cluster.revive() is True
    assert not left_behind.is_running()
    assert one_value(cluster, "SELECT 1") == 1
    assert cluster.revive() is False
    busy.close()
    leave(process)


def test_two_data_folders_run_side_by_side(folder, new_folder):
    other = new_folder("other") / "postgres"
    first, second = client(folder), client(other)
    with psycopg.connect(Cluster(folder).url("jalons"), autocommit=True) as connection:
        connection.execute("CREATE TABLE only_here ()")
    assert one_value(Cluster(other), "SELECT to_regclass('only_here') IS NULL") is True
    leave(first)
    assert Cluster(other).is_running()
    leave(second)


def test_deep_folder_gets_a_short_socket_path(new_folder):
    deep = new_folder("deep") / ("d" * 60) / ("e" * 60) / "postgres"
    cluster = Cluster(deep)
    assert len(os.fsencode(cluster.socket_folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    process = client(deep)
    assert cluster.is_running()
    leave(process)
    cluster.destroy()


def test_data_are_not_destroyed_under_a_client(folder):
    process = client(folder)
    assert Cluster(folder).destroy() is False
    assert Cluster(folder).is_running()
    leave(process)
    assert Cluster(folder).destroy() is True
    assert not folder.exists()


def test_format_of_another_version_is_refused_with_a_remedy(folder):
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="make reset"):
        Cluster(folder).ensure("jalons")
    # The failed start left no hold behind.
    assert Cluster(folder).destroy() is True


def test_only_the_owner_reaches_the_socket(folder):
    process = client(folder)
    assert Cluster(folder).socket_folder.stat().st_mode & 0o077 == 0
    account = server_account(folder)
    if account:
        assert folder.stat().st_uid == account.uid != 0
    else:
        assert folder.stat().st_uid == os.getuid()
    leave(process)
