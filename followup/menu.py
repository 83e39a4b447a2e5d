"""The pages of this package in the main menu."""

from followup.views.leavers import ROLES
from pathways.enums import Role
from pathways.navigation import entry

entry("Stagiaires", "followup:trainees", "school", [Role.PROVIDER], 40)
entry("Sortants", "followup:leavers", "phone-call", ROLES, 50)
