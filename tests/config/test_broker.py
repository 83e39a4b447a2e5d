"""The folder broker: nothing half written is read, nothing is read twice, nothing unreadable stops a worker."""

import json
import socket
import subprocess
import threading
import time
from contextlib import suppress
from queue import Empty

import pytest
from kombu import Connection, Queue

from config.broker import SCHEME, broker_settings
from tests.conftest import find_redis

QUEUE = Queue("celery", routing_key="celery")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "broker"


def connect(folder) -> Connection:
    settings = broker_settings(None, folder)
    return Connection(
        settings["CELERY_BROKER_URL"], transport_options=settings["CELERY_BROKER_TRANSPORT_OPTIONS"]
    )


def send(folder, *bodies) -> None:
    with connect(folder) as connection, connection.Producer() as producer:
        for body in bodies:
            producer.publish(body, routing_key="celery", declare=[QUEUE])


def receive(folder, *, ack: bool = True) -> list:
    """Everything that waits, in order."""
    bodies = []
    with connect(folder) as connection, connection.SimpleQueue(QUEUE) as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return bodies
            bodies.append(message.payload)
            if ack:
                message.ack()


def test_messages_arrive_once_and_in_order(folder):
    send(folder, *[{"n": n} for n in range(20)])
    assert receive(folder) == [{"n": n} for n in range(20)]
    assert receive(folder) == []


def test_half_written_message_is_not_seen(folder):
    send(folder, {"n": 1})
    (whole,) = (folder / "queues" / "celery").glob("*.msg")
    half = whole.read_bytes()[: whole.stat().st_size // 2]
    (whole.parent / "00000000000000000001-dead.part").write_bytes(half)
    assert receive(folder) == [{"n": 1}]


@pytest.mark.parametrize("content", [b"", b'{"body": "eyJu', b"[1, 2]", b"\xff\xfe"])
def test_unreadable_message_is_set_apart_and_the_next_one_is_read(folder, content):
    send(folder, {"n": 1})
    (folder / "queues" / "celery" / "00000000000000000001-bad.msg").write_bytes(content)
    assert receive(folder) == [{"n": 1}]
    (rejected,) = (folder / "rejected").iterdir()
    assert rejected.read_bytes() == content


def test_many_readers_share_without_doubling(folder):
    send(folder, *[{"n": n} for n in range(200)])
    start, seen, lock = threading.Barrier(4), [], threading.Lock()

    def read():
        start.wait()
        bodies = receive(folder)
        with lock:
            seen.extend(body["n"] for body in bodies)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(seen) == list(range(200))


def test_message_of_an_orderly_stop_goes_back_to_the_queue(folder):
    send(folder, {"n": 1})
    assert receive(folder, ack=False) == [{"n": 1}]
    assert receive(folder) == [{"n": 1}]


def test_queue_names_cannot_leave_the_folder(folder):
    with connect(folder) as connection, pytest.raises(Exception, match="Invalid queue name"):
        connection.default_channel.queue_declare("../../etc")
    assert not folder.parent.joinpath("etc").exists()


def test_a_message_file_is_plain_json_without_the_body_in_clear_names(folder):
    send(folder, {"n": 1})
    (file,) = (folder / "queues" / "celery").iterdir()
    assert set(json.loads(file.read_text())) >= {"body", "properties", "headers"}


def test_settings_name_the_right_transport(folder):
    assert broker_settings(None, folder)["CELERY_BROKER_URL"].startswith(f"{SCHEME}://")
    redis = broker_settings("redis://broker/0", folder)
    assert redis["CELERY_BROKER_URL"] == "redis://broker/0"
    assert redis["CELERY_BROKER_TRANSPORT_OPTIONS"]["unacked_restore_throttle"] == 1


@pytest.fixture
def redis_url(tmp_path):
    """The server of TEST_REDIS_URL, else a private one on a free port."""
    found = find_redis()
    if "://" in found:
        yield found
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            found,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(tmp_path),
        ],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(30)


@pytest.mark.redis
@pytest.mark.slow
def test_redis_delivers_again_what_a_vanished_worker_held(redis_url, folder):
    options = broker_settings(redis_url, folder)["CELERY_BROKER_TRANSPORT_OPTIONS"]
    # The restore settings of service, with a patience of one second.
    options = {**options, "visibility_timeout": 1, "unacked_restore_interval": 1}
    taken, again = [], []
    with Connection(redis_url, transport_options=options) as connection:
        connection.ensure_connection(max_retries=50, interval_start=0.1, interval_step=0, interval_max=0.1)
        connection.Producer().publish({"n": 1}, routing_key="celery", declare=[QUEUE])
    # Takes the message and never answers, as a worker that was killed.
    vanished = Connection(redis_url, transport_options=options)
    with vanished.Consumer([QUEUE], callbacks=[lambda body, message: taken.append(body)]):
        vanished.drain_events(timeout=10)
        with (
            Connection(redis_url, transport_options=options) as survivor,
            survivor.Consumer([QUEUE], callbacks=[lambda body, message: (again.append(body), message.ack())]),
        ):
            # What Celery's event loop does every `unacked_restore_interval` seconds.
            deadline = time.monotonic() + 30
            while not again and time.monotonic() < deadline:
                survivor.transport.cycle.maybe_restore_messages()
                with suppress(TimeoutError):
                    survivor.drain_events(timeout=0.5)
    vanished.release()
    assert taken == again == [{"n": 1}]
