from django.apps import AppConfig


class FollowupConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "followup"
    verbose_name = "Suivi"

    def ready(self):
        from followup import employment, scopes  # noqa: F401  (register hooks, and who sees what)
