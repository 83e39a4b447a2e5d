"""The product on a PostgreSQL server that it did not start, of the oldest version it supports."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.embedded_postgres.accounts import give, server_account
from tests.conftest import ROOT, find_postgres

pytestmark = [pytest.mark.postgres_server, pytest.mark.slow]


@pytest.fixture
def server_url(new_folder):
    """The server of TEST_DATABASE_URL, else a private one made with this machine's programs."""
    found = find_postgres()
    if "://" in found:
        yield found
        return
    folder, programs = new_folder("server"), Path(found)
    account = server_account(folder)
    run_as = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    if account:
        give(folder, account)
        folder.parent.chmod(0o711)

    def run(program, *arguments):
        subprocess.run(
            [programs / program, *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **run_as,
        )

    data = folder / "data"
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    run("pg_ctl", "start", "-w", "-D", data, "-o", f"-c listen_addresses='' -k {folder} -F")
    yield f"postgresql://postgres@/postgres?host={folder}"
    run("pg_ctl", "stop", "-w", "-D", data, "-m", "immediate")


@pytest.fixture
def database_url(server_url):
    name = f"jalons_try_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        parts = conninfo_to_dict(make_conninfo(server_url, dbname=name))
        host = f"?host={parts['host']}" if parts.get("host", "/").startswith("/") else ""
        server = "" if host else f"{parts['host']}:{parts.get('port', 5432)}"
        secret = f":{parts['password']}" if "password" in parts else ""
        yield f"postgresql://{parts.get('user', 'postgres')}{secret}@{server}/{name}{host}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(database_url, data_dir, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_migration_runs_and_nothing_embedded_starts(database_url, tmp_path):
    for command in (["migrate", "--verbosity=0"], ["check", "--database", "default"], ["migrate", "--check"]):
        result = manage(database_url, tmp_path, *command)
        assert result.returncode == 0, result.stderr
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        )
        assert tables.fetchone()[0] > 20
    assert not (tmp_path / "postgres").exists()
