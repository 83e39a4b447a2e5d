"""The pages of this package in the main menu."""

from pathways.enums import Role
from pathways.navigation import entry, tab
from prescriptions.views import aes_delays, equity, plan, refusals, schemes, seats, to_complete
from prescriptions.views.places import BOARD_ROLES
from prescriptions.views.sessions import OFFER_ROLES

entry("Candidats", "prescriptions:candidates", "clipboard-list", (Role.PROVIDER,), 15)
entry("Sessions", "prescriptions:sessions", "calendar", OFFER_ROLES, 20, tab="Liste")
entry("Places", "prescriptions:places", "armchair", BOARD_ROLES, 25, tab="À pourvoir")
tab("Places", "Réactions", "prescriptions:reactions", BOARD_ROLES, 30)
tab("Réglages", "Dispositifs", "prescriptions:schemes", schemes.READERS, 20)
tab("Réglages", "Publics réservés", "prescriptions:publics", seats.READERS, 30)
tab("Pilotage", "Équité des refus", "prescriptions:equity", equity.ROLES, 50)
tab("Pilotage", "Refus sans suite", "prescriptions:refusals", refusals.ROLES, 55)
tab("Pilotage", "Délais des AES", "prescriptions:aes_delays", aes_delays.ROLES, 60)
tab("Sessions", "Calendrier", "prescriptions:calendar", OFFER_ROLES, 10)
tab("Sessions", "À compléter", "prescriptions:to_complete", to_complete.READERS, 20)
tab("Places", "Plan de saturation", "prescriptions:plan", plan.READERS, 20)
