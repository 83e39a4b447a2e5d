"""kill -9 in the middle of transitions and imports: after the restart nothing is half done, and nothing twice.

Each test holds a lock that the work under way needs, waits until it waits for it, kills, and lets go. CRASH_ROUNDS
repeats the tests on as many new products (`make crash`).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import psutil
import psycopg
import pytest

from config.embedded_postgres.accounts import servers_of
from config.embedded_postgres.cluster import Cluster
from tests.conftest import ROOT
from tests.crash.visitor import Visitor
from tests.product import PATIENCE, Product

pytestmark = pytest.mark.slow

ROUNDS = range(int(os.environ.get("CRASH_ROUNDS") or 1))
TODAY = f"{date.today():%d/%m/%Y}"
FILE_OF = 26


class Crashing(Product):
    """A running product, whose database this test reads and locks, and whose programs it kills."""

    def __init__(self, data_dir):
        super().__init__(data_dir)
        self.cluster = Cluster(data_dir / "postgres")

    def stage(self, name: str, *arguments):
        """What a function of tests.crash.stage answers, run beside the product."""
        environment = {
            "PATH": os.defpath,
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": self.cluster.url("jalons"),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
        }
        command = [sys.executable, "-m", "tests.crash.stage", name, *map(str, arguments)]
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    def rows(self, query: str, *values) -> list[tuple]:
        with psycopg.connect(self.cluster.url("jalons")) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query: str, *values):
        return self.rows(query, *values)[0][0]

    @contextmanager
    def holding(self, statement: str, *values):
        """Hold a lock until the end of the block, or of the server."""
        connection = psycopg.connect(self.cluster.url("jalons"))
        try:
            connection.execute(statement, values)
            yield
        finally:
            with suppress(psycopg.OperationalError):
                connection.close()

    def waiting(self) -> list[int]:
        """Sessions that wait for a lock."""
        query = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return [pid for (pid,) in self.rows(query)]

    def kill(self, program: str) -> None:
        """The program and its children, all at once and without warning."""
        os.killpg(self.children()[program].pid, signal.SIGKILL)

    def kill_in_the_middle(self, program: str) -> None:
        """Once somebody waits for the lock held, kill; then wait until the database has noticed."""
        waiting = self.until(self.waiting, "the wait for the lock")
        self.kill(program)
        self.orphans = waiting

    def settled(self) -> None:
        """The sessions of what was killed have ended, and the programs run again."""
        gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = ANY(%s)"
        self.until(lambda: self.one(gone, self.orphans), "the end of the sessions left behind")
        self.until(lambda: len(self.children()) == 3, "the restart of the programs")

    def kill_server(self) -> None:
        """The postmaster first, so that it cannot put its house in order, then every session."""
        (postmaster,) = servers_of(self.data_dir / "postgres")
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=PATIENCE)

    def is_up(self) -> bool:
        """Whether the database answers."""
        try:
            return self.one("SELECT true")
        except psycopg.OperationalError:
            return False


@pytest.fixture(scope="module", params=ROUNDS)
def product():
    """One product for all the tests of a round; in the end, what the rows say is what the facts say."""
    with tempfile.TemporaryDirectory(prefix="jalons-", ignore_cleanup_errors=True) as root:
        data_dir = Path(tempfile.mkdtemp(prefix="crash-", dir=root))
        running = Crashing(data_dir)
        running.ready()
        running.made = running.stage("people")
        yield running
        try:
            assert running.stage("incoherent") == []
        finally:
            running.end(signal.SIGTERM)
            running.cluster.destroy()


@pytest.fixture
def candidate(product):
    """Somebody who may be admitted to a session of one seat, and the provider's browser."""
    return product.made["candidates"].pop(), Visitor(product.port, product.made["email"])


def admissions(product, person: dict) -> int:
    """How many times the person is admitted; their rows must say the same, wholly or not at all."""
    pathway, prescription, session = person["pathway"], person["prescription"], person["session"]
    events = product.one(
        "SELECT count(*) FROM pathways_event WHERE pathway_id = %s AND kind = 'admit'", pathway
    )
    states = product.rows(
        "SELECT pathway.state, prescription.state, session.seats_held FROM pathways_pathway pathway,"
        " prescriptions_prescription prescription, prescriptions_session session"
        " WHERE pathway.id = %s AND prescription.id = %s AND session.id = %s",
        pathway, prescription, session,
    )  # fmt: skip
    assert states == [("admitted", "admitted", 1) if events else ("prescribed", "submitted", 0)]
    return events


HOLDS = {
    "waits for the person": "SELECT 1 FROM pathways_pathway WHERE id = %(pathway)s FOR UPDATE",
    "writes": "LOCK TABLE pathways_event IN SHARE MODE",
}


@pytest.mark.parametrize("moment", HOLDS)
def test_the_web_process_dies_while_it(product, candidate, moment):
    person, visitor = candidate
    with product.holding(HOLDS[moment] % person):
        sent = visitor.admit_meanwhile(person, TODAY, "formulaire")
        product.kill_in_the_middle("granian")
        sent.join(PATIENCE)
    product.settled()
    assert admissions(product, person) <= 1
    product.until(visitor.is_answered, "an answer of the new web process")
    assert visitor.admit(person, TODAY, "formulaire") == 302
    assert admissions(product, person) == 1
    assert visitor.admit(person, TODAY, "formulaire") == 302
    assert admissions(product, person) == 1


@pytest.mark.parametrize("whole_server", [False, True], ids=["session", "server"])
def test_postgresql_dies_in_the_middle_of_a_fact(product, candidate, whole_server):
    """The web process stays: its connections recover by themselves."""
    person, visitor = candidate
    web = product.children()["granian"].pid
    with product.holding(HOLDS["writes"]):
        sent = visitor.admit_meanwhile(person, TODAY, "formulaire")
        (waiting,) = product.until(product.waiting, "the wait for the lock")
        if whole_server:
            product.kill_server()
        else:
            os.kill(waiting, signal.SIGKILL)  # PostgreSQL then cuts everybody off and recovers
        sent.join(PATIENCE)
    product.until(product.is_up, "the recovery of the database")
    assert admissions(product, person) == 0
    product.until(visitor.is_answered, "an answer after the recovery")
    assert visitor.admit(person, TODAY, "formulaire") == 302
    assert visitor.admit(person, TODAY, "formulaire") == 302
    assert admissions(product, person) == 1
    assert product.children()["granian"].pid == web


# ---- imports


def status(product, run_id: int) -> str:
    return product.one("SELECT status FROM pathways_importrun WHERE id = %s", run_id)


def entered(product, run_id: int) -> int:
    """How many people the cohort of an import holds; each with one fact, or nothing at all."""
    found = product.rows(
        "SELECT pathway.id, count(event.id) FROM pathways_importrun run"
        " JOIN pathways_pathway pathway ON pathway.cohort_id = (run.parameters->>'cohort')::bigint"
        " LEFT JOIN pathways_event event ON event.pathway_id = pathway.id WHERE run.id = %s GROUP BY pathway.id",
        run_id,
    )
    assert {number for _, number in found} <= {1}
    return len(found)


@pytest.mark.parametrize("victim", ["worker", "server"])
def test_an_import_is_cut_off_while_it_writes(product, victim):
    run_id = product.made["files"].pop()
    product.until(lambda: status(product, run_id) == "previewed", "the preview")
    with product.holding(HOLDS["writes"]):
        assert product.stage("confirm", run_id)
        if victim == "worker":
            product.kill_in_the_middle("worker")
        else:
            product.until(product.waiting, "the wait for the lock")
            product.kill_server()
    if victim == "worker":
        product.settled()
    else:
        product.until(product.is_up, "the recovery of the database")
    assert (status(product, run_id), entered(product, run_id)) == ("writing", 0)
    # Beat looks again after some minutes; the test does not wait so long.
    old = "UPDATE pathways_importrun SET heartbeat_at = now() - interval '1 hour' WHERE id = %s"
    with psycopg.connect(product.cluster.url("jalons")) as connection:
        connection.execute(old, [run_id])
    product.stage("sweep")
    product.until(lambda: status(product, run_id) == "done", "the end of the import")
    assert entered(product, run_id) == FILE_OF


# ---- offers that expire


def expiries(product, people: list[dict]) -> list[tuple[str, int]]:
    """State of each offer and how many times its end was recorded."""
    return product.rows(
        "SELECT prescription.state, count(event.id) FROM prescriptions_prescription prescription"
        " LEFT JOIN pathways_event event ON event.subject_id = prescription.id AND event.kind = 'expire'"
        " WHERE prescription.id = ANY(%s) GROUP BY prescription.id ORDER BY prescription.id",
        [person["prescription"] for person in people],
    )


def test_a_worker_dies_while_offers_expire(product):
    people = product.made["offers"]
    with product.holding("SELECT 1 FROM pathways_pathway WHERE id = %s FOR UPDATE", people[1]["pathway"]):
        product.stage("expire")
        product.kill_in_the_middle("worker")
    product.settled()
    assert set(expiries(product, people)) <= {("offered", 0), ("expired", 1)}
    product.stage("expire")
    product.until(lambda: expiries(product, people) == [("expired", 1)] * 3, "the end of every offer")


# ---- mails

READERS, NOTICES = 200, 3


def hurry(product) -> None:
    """A sender that was killed is waited for during its lease, a mail between two attempts: the test does not wait."""
    with psycopg.connect(product.cluster.url("jalons")) as connection:
        connection.execute("UPDATE notifications_mail SET lease_until = now() WHERE holder IS NOT NULL")
        connection.execute("UPDATE notifications_mail SET next_attempt_at = now() WHERE status = 'ready'")


@pytest.mark.skipif(
    "CRASH_ROUNDS" not in os.environ, reason="make crash ; la suite tue un processus plus court"
)
def test_a_worker_dies_again_and_again_while_mails_leave(product):
    """Whenever it dies, each reader is told each piece of news by one file."""
    box = product.data_dir / "mail" / "new"
    product.stage("news", READERS, NOTICES)
    for sent in (1, READERS // 3, READERS // 2):
        product.until(
            lambda sent=sent: box.is_dir() and len(list(box.iterdir())) >= sent, "mails on their way"
        )
        product.kill("worker")
        hurry(product)
        product.until(lambda: len(product.children()) == 3, "the restart of the worker")
        product.stage("deliver")
    waiting = "SELECT count(*) FROM notifications_mail WHERE status <> 'sent'"
    in_hand = f"{waiting} AND holder IS NOT NULL"
    product.until(lambda: product.one(in_hand) == 0, "the end of what was in hand")
    hurry(product)
    product.stage("deliver")
    product.until(lambda: product.one(waiting) == 0, "the last mail")
    files = [file.name.removesuffix(".eml") for file in box.iterdir()]
    told = product.rows(
        "SELECT line.recipient_id, line.source_id, btrim(mail.message_id, '<>') FROM notifications_mailline line"
        " JOIN notifications_mail mail ON mail.id = line.mail_id"
    )
    arrived = [(reader, notice) for reader, notice, message_id in told if message_id in files]
    assert len(arrived) == len(set(arrived)) == len(told) == READERS * NOTICES
    assert len(files) == READERS
