"""One runner at a time, over all machines."""

import pytest
from celery import Celery
from django.db import connection, connections

from config.beat import STANDBY_SECONDS, SingleBeatScheduler
from config.locks import AdvisoryLock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_session():
    session = connections.create_connection("default")
    yield session
    session.close()


def test_second_session_is_refused_until_the_first_lets_go(other_session):
    mine, theirs = AdvisoryLock("job"), AdvisoryLock("job", other_session)
    assert mine.acquire() is True
    assert theirs.acquire() is False
    assert AdvisoryLock("another job", other_session).acquire() is True
    mine.release()
    assert theirs.acquire() is True
    assert (mine.is_held(), theirs.is_held()) == (False, True)


def test_lock_is_lost_with_its_connection(other_session):
    theirs = AdvisoryLock("job", other_session)
    assert theirs.acquire() is True
    with connection.cursor() as cursor:
        cursor.execute(
            # With a patience in milliseconds the call waits for the end of the session.
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database() AND pid = %s",
            [other_session.connection.info.backend_pid],
        )
    assert theirs.is_held() is False


def test_only_one_beat_sends(tmp_path, monkeypatch):
    app = Celery("test", set_as_current=False)
    app.conf.beat_schedule = {}
    leader = SingleBeatScheduler(app=app, schedule_filename=str(tmp_path / "a"))
    standby = SingleBeatScheduler(app=app, schedule_filename=str(tmp_path / "b"))
    try:
        assert leader.tick() != STANDBY_SECONDS
        assert standby.tick() == STANDBY_SECONDS
        leader._lock.release()  # as the end of its session does
        leader._lock.connection.close()
        assert standby.tick() != STANDBY_SECONDS
        assert leader.tick() == STANDBY_SECONDS
    finally:
        for scheduler in (leader, standby):
            scheduler.close()
            if scheduler._lock:
                scheduler._lock.connection.close()
