from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "pathways"
    verbose_name = "Parcours"

    def ready(self):
        from pathways import scopes  # noqa: F401  (registers who sees what)
