"""The pages of this package in the main menu."""

from followup.views import orders
from followup.views.leavers import ROLES
from pathways.enums import Role
from pathways.navigation import entry, tab

entry("Stagiaires", "followup:trainees", "school", [Role.PROVIDER], 40)
entry("Sortants", "followup:leavers", "phone-call", ROLES, 50)
tab("Pilotage", "Commande publique", "followup:orders", orders.ROLES, 10)
