"""`manage.py serve` as a user runs it: starts everything, repairs itself, stops cleanly."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest

from config.embedded_postgres.accounts import servers_of
from config.embedded_postgres.cluster import Cluster
from tests.conftest import ROOT
from tests.product import PATIENCE, Product

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data_dir(new_folder):
    """One folder for all: whoever comes second starts on the data of the first, as a user does every morning."""
    folder = new_folder("serve")
    yield folder
    Cluster(folder / "postgres").destroy()


@pytest.fixture
def product(data_dir):
    product = Product(data_dir)
    yield product
    if product.process.poll() is None:
        product.end(signal.SIGKILL)


def test_serves_repairs_a_dead_worker_and_stops_cleanly(product):
    product.ready()
    with urllib.request.urlopen(f"http://127.0.0.1:{product.port}/connexion/", timeout=30) as page:
        assert page.status == 200
    before = product.children()
    assert set(before) == {"worker", "beat", "granian"}
    before["worker"].kill()
    product.until(lambda: "redémarrage" in product.output, "the restart message")
    after = product.until(lambda: product.children().get("worker"), "the new worker")
    assert after.pid != before["worker"].pid
    everything = psutil.Process(product.process.pid).children(recursive=True)
    assert product.end(signal.SIGINT) == 0, product.output
    assert "Tout est arrêté." in product.output
    assert [process for process in everything if process.is_running()] == []
    assert list(servers_of(product.data_dir / "postgres")) == []


def test_killed_outright_it_leaves_no_child_behind(product):
    children = psutil.Process(product.ready().process.pid).children()
    product.end(signal.SIGKILL)
    gone, alive = psutil.wait_procs(children, timeout=PATIENCE)
    assert alive == []
    assert len(gone) == 3


def test_busy_port_is_told_before_anything_starts(tmp_path):
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={"PATH": os.defpath, "DATA_DIR": str(tmp_path), "PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert result.returncode == 1
    assert f"PORT={port + 1} make run" in result.stderr
    assert not (tmp_path / "postgres").exists()
