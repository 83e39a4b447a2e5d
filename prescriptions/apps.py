from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "prescriptions"
    verbose_name = "Offre et prescriptions"

    def ready(self):
        # Registries: alerts, details of facts, hooks, who sees what.
        from prescriptions import blockages, payload_fields, places, scopes  # noqa: F401
