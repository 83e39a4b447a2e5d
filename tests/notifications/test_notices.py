"""Notices: told once, together with their cause, replaced by newer news, never about one's own doing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import notices
from notifications.enums import Level
from notifications.models import Notice, NoticeAudience
from notifications.notices import News


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setattr(notices, "NOTICE_KINDS", {})
    notices.declare("refused", "Refus reçu", "circle-x", level=Level.WARNING)


def news(number: int = 1, **fields) -> News:
    told = {"title": "Camille Martin", "detail": "Refusé.", "url": "/dossiers/1/"}
    return News(subject_key=f"prescription:{number}", **{"audience_keys": ["referent:1"], **told, **fields})


def current() -> list[Notice]:
    return list(Notice.objects.filter(ended_at=None).order_by("subject_key"))


@pytest.mark.django_db
class TestPosting:
    def test_tells_the_holders_of_the_keys(self):
        assert notices.post(
            "refused",
            ["referent:1", "referent:2", "referent:1"],
            "Camille Martin",
            "Refusé : niveau insuffisant.",
            "/dossiers/1/",
            None,
            "prescription:1",
        )
        (notice,) = current()
        assert (notice.level, notice.title, notice.url) == (Level.WARNING, "Camille Martin", "/dossiers/1/")
        assert set(NoticeAudience.objects.values_list("key", flat=True)) == {"referent:1", "referent:2"}

    def test_the_same_words_twice_are_told_once(self):
        assert notices.post_many("refused", [news(), news()]) == 1
        assert notices.post_many("refused", [news()]) == 0
        assert len(current()) == 1

    @pytest.mark.parametrize("change", [{"detail": "Refusé autrement."}, {"audience_keys": ["referent:2"]}])
    def test_other_words_or_readers_replace_what_was_told(self, change):
        notices.post_many("refused", [news(1), news(2)])
        assert notices.post_many("refused", [news(1, **change), news(2)]) == 1
        assert Notice.objects.exclude(ended_at=None).count() == 1
        assert [notice.subject_key for notice in current()] == ["prescription:1", "prescription:2"]

    def test_withdrawn_it_may_come_back(self):
        notices.post_many("refused", [news()])
        assert notices.withdraw("refused", ["prescription:1", "prescription:9"]) == 1
        assert current() == []
        assert notices.post_many("refused", [news()]) == 1

    def test_nothing_stays_of_a_cause_that_is_rolled_back(self):
        with transaction.atomic():
            notices.post_many("refused", [news()])
            transaction.set_rollback(True)
        assert current() == []

    def test_nobody_to_tell_or_an_unknown_kind(self):
        assert notices.post_many("refused", [news(audience_keys=[])]) == 0
        assert notices.post_many("refused", []) == 0
        with pytest.raises(KeyError):
            notices.post_many("unknown", [news()])
        with pytest.raises(ValueError, match="twice"):
            notices.declare("refused", "Refus", "circle-x")

    def test_statements_do_not_follow_the_number_of_notices(self):
        def statements(numbers) -> int:
            with CaptureQueriesContext(connection) as queries:
                notices.post_many("refused", [news(n) for n in numbers])
            return len(queries)

        assert statements(range(1)) == statements(range(1, 200))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once():
    together = Barrier(2)

    def tell(_):
        try:
            together.wait(10)
            return notices.post_many("refused", [news(1), news(2)])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(tell, range(2))) == 2
    assert len(current()) == 2
