"""The pages of this package in the main menu."""

from pathways.enums import Role
from pathways.navigation import entry, section, tab
from pathways.views.access import ANY_ROLE
from pathways.views.parameters import READERS

#: Who has files to open.
PEOPLE_ROLES = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER)
#: Who hands files in; which kinds, each importer says.
IMPORT_ROLES = (Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER)

entry("Ma pile du jour", "pathways:pile", "inbox", ANY_ROLE, 0)
entry("Dossiers", "pathways:search", "users", PEOPLE_ROLES, 10)
entry("Doublons", "pathways:duplicates", "git-merge", (Role.DEPARTMENT_MANAGER,), 85)
entry("Imports", "pathways:imports", "database-import", IMPORT_ROLES, 90)

section("Pilotage", "chart-bar", 70)
section("Réglages", "adjustments", 95)
tab("Réglages", "Paramètres", "pathways:parameters", READERS, 10)
