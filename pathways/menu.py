"""The pages of this package in the main menu."""

from pathways.enums import Role
from pathways.navigation import entry
from pathways.views.access import ANY_ROLE

#: Who has files to open.
PEOPLE_ROLES = (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER)

entry("Ma pile du jour", "pathways:pile", "inbox", ANY_ROLE, 0)
entry("Dossiers", "pathways:search", "users", PEOPLE_ROLES, 10)
