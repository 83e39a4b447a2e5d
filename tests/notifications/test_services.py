"""The life of alerts, without any domain: one per cause, whatever runs at once, closed when the cause is gone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config import clock
from config.locks import AdvisoryLock
from notifications import registry, services, tasks
from notifications.enums import Level
from notifications.models import Alert, AlertAudience, Touched
from notifications.registry import Cause, Kind

TODAY = date(2026, 3, 2)
CAUSE = Cause(
    "thing:1", "Une chose", "Vide depuis le 01/03/2026.", "/choses/1/", TODAY, frozenset({"readers:1"})
)


@pytest.fixture
def causes(monkeypatch):
    """The causes that the only registered kind finds; a test changes the list."""
    found = [CAUSE]
    monkeypatch.setattr(registry, "KINDS", {})
    monkeypatch.setattr(services, "KINDS", registry.KINDS)
    monkeypatch.setattr(tasks, "KINDS", registry.KINDS)
    registry.register(Kind("empty", "Vide", "circle", lambda: iter(found)))
    return found


def counts(opened=0, refreshed=0, closed=0) -> dict[str, int]:
    return {"opened": opened, "refreshed": refreshed, "closed": closed}


@pytest.mark.django_db
class TestLife:
    def test_opens_once_then_leaves_it_alone(self, causes):
        with clock.at(TODAY):
            assert services.detect().counts == counts(opened=1)
            assert services.detect().counts == counts()
        alert = Alert.objects.get()
        assert (alert.subject_key, alert.title, alert.url, alert.due_on) == (
            "thing:1",
            "Une chose",
            "/choses/1/",
            TODAY,
        )
        assert list(Alert.objects.addressed_to(["readers:1", "others"])) == [alert]
        assert not Alert.objects.addressed_to(["others"])
        assert not Alert.objects.addressed_to([])

    @pytest.mark.parametrize(
        "change",
        [
            {"title": "Autre"},
            {"detail": "Autrement."},
            {"url": "/ailleurs/"},
            {"due_on": date(2026, 3, 3)},
            {"level": Level.URGENT},
            {"audience": frozenset({"readers:2"})},
        ],
    )
    def test_refreshes_what_changed_and_who_it_is_for(self, causes, change):
        services.detect()
        causes[0] = replace(CAUSE, **change)
        assert services.detect().counts == counts(refreshed=1)
        alert = Alert.objects.get()
        for name, value in change.items():
            if name != "audience":
                assert getattr(alert, name) == value
        assert {audience.key for audience in alert.audiences.all()} == causes[0].audience
        assert services.detect().counts == counts()

    def test_is_news_again_when_raised_and_for_readers_it_is_newly_addressed_to(self, causes):
        def since() -> dict[str, date]:
            rows = AlertAudience.objects.order_by("key").values_list("key", "since")
            return {key: at.date() for key, at in rows}

        days = [date(2026, 3, day) for day in (2, 3, 4, 5)]
        causes[0] = replace(CAUSE, audience=frozenset({"readers:1", "readers:9"}))
        with clock.at(days[0]):
            services.detect()
        causes[0] = replace(CAUSE, detail="Autrement.", audience=frozenset({"readers:1", "readers:2"}))
        with clock.at(days[1]):
            services.detect()
        assert since() == {"readers:1": days[0], "readers:2": days[1]}
        causes[0] = replace(causes[0], level=Level.URGENT)
        with clock.at(days[2]):
            services.detect()
        assert since() == {"readers:1": days[2], "readers:2": days[2]}
        causes[0] = replace(causes[0], level=Level.NOTICE)
        with clock.at(days[3]):
            services.detect()
        assert since() == {"readers:1": days[2], "readers:2": days[2]}

    def test_closes_by_itself_and_opens_anew_when_the_cause_is_back(self, causes):
        services.detect()
        causes.clear()
        assert services.detect().counts == counts(closed=1)
        assert Alert.objects.get().closed_at is not None
        causes.append(CAUSE)
        assert services.detect().counts == counts(opened=1)
        assert (Alert.objects.count(), Alert.objects.open().count()) == (2, 1)

    def test_closing_a_subject_closes_nothing_else(self, causes):
        causes.append(replace(CAUSE, subject_key="thing:2"))
        services.detect()
        assert services.close({"thing:2", "thing:3"}) == 1
        assert [alert.subject_key for alert in Alert.objects.open()] == ["thing:1"]
        assert services.close(set()) == 0

    def test_kinds_are_detected_apart(self, causes):
        registry.register(Kind("other", "Autre", "circle", lambda: [replace(CAUSE, title="Autre")]))
        assert services.detect(["other"]).opened == [("other", "thing:1")]
        assert services.detect().counts == counts(opened=1)
        with pytest.raises(KeyError):
            services.detect(["unknown"])

    def test_the_database_refuses_a_second_open_alert_on_one_cause(self, causes):
        services.detect()
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(kind="empty", subject_key="thing:1", title="x")

    def test_statements_do_not_follow_the_number_of_causes(self, causes):
        def statements() -> int:
            with CaptureQueriesContext(connection) as queries:
                services.detect()
            return len(queries)

        few = statements()
        causes[:] = [replace(CAUSE, subject_key=f"thing:{n}") for n in range(2, 300)]
        assert statements() <= few + 1  # closing the first one
        causes[:] = [replace(cause, title="Autre") for cause in causes]
        assert statements() <= few + 2


@pytest.mark.django_db(transaction=True)
def test_two_detections_at_once_open_one_alert(causes):
    causes.extend(replace(CAUSE, subject_key=f"thing:{n}") for n in range(2, 40))
    barrier = Barrier(4)

    def run(_):
        try:
            barrier.wait(timeout=20)
            return services.detect().counts["opened"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [0, 0, 0, 39]
    assert Alert.objects.open().count() == 39


@pytest.mark.django_db
def test_a_kind_that_fails_does_not_keep_the_others_from_theirs(causes, caplog):
    def fail():
        raise RuntimeError("down")

    broken = Kind("broken", "Cassée", "circle", fail)
    registry.KINDS.update({"broken": broken, "empty": registry.KINDS.pop("empty")})
    tasks.detect.delay()
    assert Alert.objects.open().count() == 1
    assert "detection of broken failed" in caplog.text


@pytest.mark.django_db
def test_the_sweep_runs_every_sweeper_though_one_fails_and_none_twice_at_once(monkeypatch, caplog):
    from django.db import connections

    monkeypatch.setattr(registry, "SWEEPERS", {})
    monkeypatch.setattr(tasks, "SWEEPERS", registry.SWEEPERS)
    swept = []

    @registry.sweeper("broken")
    def broken():
        raise RuntimeError("down")

    registry.sweeper("held")(lambda: swept.append("held") or 1)
    registry.sweeper("free")(lambda: swept.append("free") or 1)
    with pytest.raises(ValueError, match="twice"):
        registry.sweeper("free")(broken)
    elsewhere = connections.create_connection("default")
    try:
        AdvisoryLock("sweep:held", elsewhere).acquire()
        tasks.sweep.delay()
        assert swept == ["free"]
    finally:
        elsewhere.close()
    assert "sweep broken failed" in caplog.text
    assert not AdvisoryLock("sweep:free").is_held(), "the lock is given back"


def test_a_kind_is_registered_once(causes):
    with pytest.raises(ValueError, match="twice"):
        registry.register(Kind("empty", "Vide", "circle", list))


class TestWhatChanged:
    """A kind that says what changed is asked about that alone."""

    @pytest.fixture
    def asked(self, causes):
        """What `find` was asked for at each detection: ids, or None for everything."""
        asked = []

        def find(ids=None):
            asked.append(None if ids is None else sorted(ids))
            return [cause for cause in causes if ids is None or int(cause.subject_key[6:]) in ids]

        registry.KINDS["empty"] = Kind(
            "empty",
            "Vide",
            "circle",
            find,
            thing="thing",
            watches=("thing",),
            changed=lambda since: since.of("thing"),
            parameters=lambda: self.parameters,
        )
        self.parameters = 1
        return asked

    def touch(self, *keys: str) -> None:
        Touched.objects.bulk_create(Touched(subject_key=key) for key in keys)

    @pytest.mark.django_db
    def test_everything_the_first_time_then_what_was_touched(self, causes, asked):
        causes.append(replace(CAUSE, subject_key="thing:2"))
        assert services.detect().counts == counts(opened=2)
        assert services.detect().counts == counts()
        causes[:] = [replace(CAUSE, title="Autre")]
        self.touch("thing:1", "thing:1", "unwatched:9")
        assert services.detect().counts == counts(refreshed=1), "nobody told that thing 2 is over"
        assert services.detect_everything().counts == counts(closed=1)
        assert asked == [None, [1], None]
        assert not Touched.objects.exists()

    @pytest.mark.django_db
    def test_other_parameters_or_an_earlier_day_read_everything(self, causes, asked):
        with clock.at(TODAY):
            services.detect()
            self.parameters = 2
            services.detect()
        with clock.at(date(2026, 3, 1)):
            services.detect()
        assert asked == [None, None, None]

    @pytest.mark.django_db
    def test_too_many_changes_read_everything(self, causes, asked, monkeypatch):
        services.detect()
        monkeypatch.setattr(services, "MANY", 2)
        self.touch("thing:1", "thing:2", "thing:3")
        services.detect()
        assert asked == [None, None]

    @pytest.mark.django_db
    def test_a_detection_that_fails_forgets_nothing(self, causes, asked):
        services.detect()
        good = registry.KINDS["empty"]

        def fail(ids=None):
            raise RuntimeError("down")

        registry.KINDS["empty"] = replace(good, find=fail)
        self.touch("thing:1")
        with pytest.raises(RuntimeError):
            services.detect()
        registry.KINDS["empty"] = good
        causes.clear()
        assert services.detect().counts == counts(closed=1)

    @pytest.mark.django_db(transaction=True)
    def test_a_change_that_commits_late_is_found_by_the_next_detection(self, causes, asked):
        from django.db import connections

        services.detect()
        late = connections.create_connection("default")
        try:
            late.set_autocommit(False)
            with late.cursor() as cursor:
                cursor.execute("INSERT INTO notifications_touched (subject_key) VALUES ('thing:1')")
            self.touch("thing:2")
            services.detect()
            late.commit()
            services.detect()
        finally:
            late.close()
        assert asked == [None, [2], [1]]
