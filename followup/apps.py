from django.apps import AppConfig


class FollowupConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "followup"
    verbose_name = "Suivi"

    def ready(self):
        # Registries: alerts, effects of corrections, the pile, the menu, panels of the file, hooks, details of facts,
        # who sees what.
        from followup import (  # noqa: F401
            blockages,
            coherence,
            contact_lines,
            effects,
            employment,
            flows,
            menu,
            panels,
            past,
            payload_fields,
            pile,
            scopes,
            together,
        )
