"""A small demo, played once for the tests of a module and rolled back after them."""

import io

import pytest
from django.db import transaction

from followup.demo import play

PEOPLE, SESSIONS, SEED = 120, 20, 7


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The report of a small demo that ends today; its rows are there for every test of the module.

    Tests that use it carry `django_db` as well, so that they run before those that empty the database.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield play.play(PEOPLE, SESSIONS, SEED, io.StringIO())
        transaction.set_rollback(True)
