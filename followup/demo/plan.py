"""A saturation plan of today, asked for by the Région, of which the demo advisor has decided a few lines."""

from __future__ import annotations

from config import clock
from followup.demo.accounts import ACCOUNTS
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership
from prescriptions.models import PlanLine
from prescriptions.plan import decisions, runs
from prescriptions.plan.asked import Asked


def play() -> int:
    """Compute the plan and decide its last lines: one person proposed, one set aside. Returns how many lines it has."""
    region, advisor = _account(Role.REGION_OFFICER), _account(Role.ADVISOR)
    row = runs.launch(Asked.by_default(clock.today()), region)
    runs.compute(row)
    own = PlanLine.objects.visible_to(advisor).filter(plan=row)
    proposed, *aside = list(own.order_by("-session__starts_on", "pk").values_list("pk", flat=True)[:2]) or [
        None
    ]
    if proposed is not None:
        decisions.propose(row.pk, [proposed], advisor)
    if aside:
        decisions.set_aside(row.pk, aside, advisor, "unavailable", "En vacances à l'ouverture.")
    return PlanLine.objects.filter(plan=row).count()


def _account(role: Role) -> Actor:
    email = next(account.email for account in ACCOUNTS if account.role == role)
    members = Membership.objects.current().filter(user__email=email, role=role)
    return Actor.of(members.select_related("user", "organisation").get())
