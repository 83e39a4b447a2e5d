from importlib import import_module

from django.apps import AppConfig

#: What registers with the engine and with the other packages: alerts, effects of corrections, details of facts, hooks,
#: the menu, the file, the pile, who sees what, what people are told, their calendars, dated parameters, kinds of files.
REGISTRIES = (
    "agenda",
    "answer_notices",
    "coherence",
    "effects",
    "menu",
    "merging",
    "offer_news",
    "overlaps",
    "panels",
    "past",
    "payload_fields",
    "pile",
    "pile_changes",
    "pile_referent",
    "places",
    "quota_alerts",
    "scopes",
    "seat_notices",
    "session_changes",
    "together",
    "admission.alerts",
    "admission.refusals",
    "aif.alerts",
    "aif.panels",
    "completeness.alerts",
    "documents.blockages",
    "documents.effects",
    "documents.panel",
    "documents.pile",
    "imports.offer",
    "matching.settings",
    "plan.asked",
    "saturation.alerts",
    "saturation.proposals",
    "saturation.sweepers",
    "saturation.pile",
)


class PrescriptionsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "prescriptions"
    verbose_name = "Offre et prescriptions"

    def ready(self):
        for module in REGISTRIES:
            import_module(f"{self.name}.{module}")
