"""kill -9 of a real process that writes and sends mails, at one line of its code after the other.

A child forked from the test runs what beat runs each minute and kills itself as it reaches the n-th line of our code;
the next one goes on where it stopped. KILL_EVERY chooses how many lines lie between two deaths (`make crash`: 1).
"""

import os
import signal
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from config import clock
from notifications.digests import writing
from notifications.enums import Level, MailState, Source
from notifications.models import Alert, AlertAudience, Mail, MailLine
from notifications.outbox import sending
from tests.conftest import ROOT
from tests.notifications.conftest import Newsroom
from tests.notifications.sink import smtp_sink

#: The code in which a sender may die, line by line.
OURS = tuple(
    str(ROOT / path)
    for path in ("notifications/outbox/", "notifications/digests/writing", "config/mail_folder")
)
EVERY = int(os.environ.get("KILL_EVERY") or 53)
#: A Monday at 9: the digests of 8 o'clock are due.
START = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Paris"))


def run_and_die(at: datetime, line: int) -> bool:
    """Write and send in a child that dies at its n-th line of our code; whether it came so far."""
    pid = os.fork()
    if pid == 0:
        _child(at, line)
    _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL), f"the child failed: {status}"
    return os.WIFSIGNALED(status)


def _child(at: datetime, line: int) -> None:
    # The connection belongs to the parent: forgotten here, never closed.
    kept, connection.connection = connection.connection, None  # noqa: F841
    left = line

    def trace(frame, event, _):
        nonlocal left
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    try:
        with clock.at(at):
            sys.settrace(trace)
            writing.write_urgent()
            writing.write_due()
            sending.send_due()
            sys.settrace(None)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def deaths(room: Newsroom, readers) -> int:
    """Let a child die at each chosen line, and its successor somewhere before; how many children died.

    Each of the three days of a round is longer than a lease and than any pause; the last one settles everything.
    """
    died, day, line, in_vain = 0, START, 1, 0
    while in_vain < 3:
        with clock.at(day - timedelta(hours=2)):
            room.open(line, *readers)
            room.cause("empty", line, readers[0], level=Level.CRITICAL)
        came_so_far = run_and_die(day, line)
        in_vain = 0 if came_so_far else in_vain + 1  # there is less to do on a weekend
        died += came_so_far + run_and_die(day + timedelta(days=1), 1 + line // 2)
        day += timedelta(days=2)
        with clock.at(day):
            writing.write_due()
            sending.send_due()
        day, line = day + timedelta(days=1), line + EVERY
    for _ in range(4):
        day += timedelta(days=1)
        with clock.at(day):
            writing.write_due()
            sending.send_due()
    return died


def ids_of(messages) -> Counter:
    return Counter(message_from_bytes(content)["Message-ID"] for content in messages)


@contextmanager
def staged(kinds):
    with clock.at(START - timedelta(days=2)):
        room = Newsroom()
        kinds.append(room)
        writing.write_due()
        yield room, [room.world.referent, room.world.provider]


def addressed(readers) -> set[tuple[int, int]]:
    """(recipient, alert) of everything that has to arrive."""
    found = set()
    for reader in readers:
        keys = writing.directory().of_users([reader.user_id])[0].keys
        alerts = AlertAudience.objects.filter(key__in=keys).values_list("alert", flat=True)
        found |= {(reader.user_id, alert) for alert in alerts}
    assert len(found) > Alert.objects.count()
    return found


def arrived(ids: Counter) -> Counter:
    """(recipient, alert) -> how often it is told by the messages that arrived."""
    lines = MailLine.objects.filter(source=Source.ALERT).values_list(
        "mail__message_id", "recipient", "source_id"
    )
    found: Counter = Counter()
    for message_id, recipient, alert in lines:
        found[recipient, alert] += ids[message_id]
    return found


@pytest.mark.django_db(transaction=True)
def test_every_alert_reaches_every_recipient_exactly_once(kinds, settings, tmp_path):
    settings.EMAIL_BACKEND = "config.mail_folder.EmailBackend"
    settings.MAIL_FOLDER = tmp_path
    with staged(kinds) as (room, readers):
        died = deaths(room, readers)
        files = ids_of(file.read_bytes() for file in (Path(tmp_path) / "new").iterdir())
        assert arrived(files) == dict.fromkeys(addressed(readers), 1)
        assert set(Mail.objects.values_list("status", flat=True)) == {MailState.SENT}
    assert died * EVERY >= 200  # the children really died, all along the way


@pytest.mark.django_db(transaction=True)
def test_with_a_server_that_cannot_be_asked_nothing_arrives_twice_and_every_doubt_is_shown(kinds, settings):
    settings.MAIL_WHEN_DOUBTFUL = "hold"
    with smtp_sink(settings) as sink, staged(kinds) as (room, readers):
        deaths(room, readers)
        taken = ids_of(sink.taken)
        doubtful = set(Mail.objects.filter(status=MailState.DOUBTFUL).values_list("message_id", flat=True))
        sent = set(Mail.objects.filter(status=MailState.SENT).values_list("message_id", flat=True))
    assert max(taken.values()) == 1
    assert sent <= set(taken) <= sent | doubtful
    assert sent | doubtful == set(Mail.objects.values_list("message_id", flat=True))
    assert len(doubtful) < len(sent)
