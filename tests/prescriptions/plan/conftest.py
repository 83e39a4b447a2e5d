"""A small country around Marseille, with the fixtures of the candidates: a plan looks at the same people."""

import pytest

from pathways.enums import Role
from prescriptions.models import SaturationPlan
from prescriptions.plan import runs
from prescriptions.plan.asked import Asked
from tests.prescriptions.matching.conftest import TODAY, _today, seats, seeker, world  # noqa: F401


@pytest.fixture
def planned(world):  # noqa: F811
    """`planned()` -> a plan computed now, for the openings of twelve weeks."""

    def computed(**asked):
        plan = runs.launch(
            Asked(TODAY, asked.pop("weeks", 12), 30, **asked), world.actors[Role.REGION_OFFICER]
        )
        runs.work(plan.pk)
        return SaturationPlan.objects.get(pk=plan.pk)

    return computed
