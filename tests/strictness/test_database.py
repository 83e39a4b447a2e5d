"""The flush between transactional tests leaves the parameters that migrations make."""

import pytest

from pathways.models import StateDelay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", [1, 2])
def test_parameters_are_there_after_a_flush_too(turn):
    assert StateDelay.objects.exists()
