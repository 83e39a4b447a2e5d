"""Totals are counted no further than people read."""

import pytest

from config.ui import totals
from config.ui.dates import count, number
from pathways.models import Cohort
from tests.factories import World


@pytest.mark.django_db
def test_a_long_list_says_that_there_are_more(monkeypatch):
    World.make(), World.make(), World.make()
    exact = totals.total_of(Cohort.objects.all())
    assert (exact, exact.is_more, count(exact, "cohorte,cohortes")) == (3, False, "3\xa0cohortes")
    monkeypatch.setattr(totals, "BOUND", 2)
    more = totals.total_of(Cohort.objects.order_by("-pk"))
    assert (more, more.is_more, number(more)) == (2, True, "plus de 2")
    assert count(more, "cohorte,cohortes") == "plus de 2\xa0cohortes"
