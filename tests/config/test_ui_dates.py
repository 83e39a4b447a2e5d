"""French wording of dates, delays and numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config.ui import dates

# 9 April 2018, 14 h 05 in Paris (summer time).
NOW = datetime(2018, 4, 9, 12, 5, tzinfo=UTC)
TODAY = date(2018, 4, 9)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "sans échéance"),
        (TODAY - timedelta(days=4), "en retard de 4\u00a0j"),
        (TODAY, "aujourd'hui"),
        (TODAY + timedelta(days=1), "demain"),
        (TODAY + timedelta(days=2), "dans 2\u00a0j"),
        (NOW + timedelta(hours=18), "dans 18\u00a0h"),
        (NOW + timedelta(minutes=45), "dans 45\u00a0min"),
        (NOW - timedelta(hours=3), "en retard de 3\u00a0h"),
        (NOW + timedelta(days=3), "dans 3\u00a0j"),
    ],
)
def test_a_deadline_says_how_far_it_is(value, said):
    assert dates.due(value, NOW) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (TODAY, "aujourd'hui"),
        (TODAY - timedelta(days=1), "hier"),
        (TODAY - timedelta(days=4), "il y a 4\u00a0j"),
        (NOW - timedelta(seconds=20), "à l'instant"),
        (NOW - timedelta(minutes=5), "il y a 5\u00a0min"),
        (NOW - timedelta(hours=2), "il y a 2\u00a0h"),
        (TODAY + timedelta(days=2), "dans 2\u00a0j"),
    ],
)
def test_an_age_is_said_in_one_or_two_words(value, said):
    assert dates.ago(value, NOW) == said


def test_a_late_evening_belongs_to_its_day_in_paris():
    # 23 h 30 UTC on the 8th is already the 9th in Paris.
    assert dates.day(datetime(2018, 4, 8, 23, 30, tzinfo=UTC)) == "09/04/2018"


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "le jour même"), (1, "le lendemain"), (8, "8\u00a0j après"), (-2, "2\u00a0j avant")],
)
def test_the_lag_between_fact_and_recording(days, said):
    assert dates.recording_lag(TODAY, TODAY + timedelta(days=days)) == said


def test_numbers_and_counts_follow_french_use():
    assert dates.number(12400) == "12\u202f400"
    assert dates.number(6.4, 1) == "6,4"
    assert dates.number(None) == "–"
    assert dates.count(0, "place,places") == "0\u00a0place"
    assert dates.count(1, "place") == "1\u00a0place"
    assert dates.count(2, "place") == "2\u00a0places"
    assert dates.count(3, "cheval,chevaux") == "3\u00a0chevaux"
    assert dates.moment(NOW) == "09/04/2018 à 14\u00a0h\u00a005"
    assert dates.day_long(TODAY) == "lundi 9 avril 2018"
    assert dates.day_long(date(2018, 5, 1)) == "mardi 1er mai 2018"
