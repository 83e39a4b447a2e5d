from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "prescriptions"
    verbose_name = "Offre et prescriptions"

    def ready(self):
        from prescriptions import blockages, places, scopes  # noqa: F401  (alerts, hooks, who sees what)
