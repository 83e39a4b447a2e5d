"""The work of the demo accounts is there whatever the day on which the demo is played."""

import io
from datetime import date

import pytest

from config import clock
from followup.demo import play
from tests.followup.demo.situations import situations

#: A Sunday in winter, the day after Easter Monday, a Friday amid the public holidays of May of a leap year.
DAYS = (date(2026, 1, 4), date(2025, 4, 22), date(2024, 5, 10))


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_the_work_is_there_on_any_day(day):
    with clock.at(day):
        play.play(play.fewest_people(), play.fewest_sessions(), 1, io.StringIO())
        empty = [name for name, count in situations().items() if not count]
    assert empty == []
