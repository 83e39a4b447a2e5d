from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "pathways"
    verbose_name = "Parcours"

    def ready(self):
        # Registries: who sees what, alerts, the menu, the pile, the details of facts.
        from pathways import blockages, coherence, menu, payload_fields, pile_sources, scopes  # noqa: F401
        from pathways.imports import cohort  # noqa: F401  (registers the kind of file)
