from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "pathways"
    verbose_name = "Parcours"

    def ready(self):
        # Registries: who sees what, alerts, effects of corrections, the menu, the pile, the details of facts,
        # who receives what.
        from pathways import (  # noqa: F401
            blockages,
            coherence,
            deferral,
            effect_sources,
            menu,
            payload_fields,
            pile_sources,
            readers,
            scopes,
        )
        from pathways.imports import cohort  # noqa: F401  (registers the kind of file)
        from pathways.merging import coherence as merges  # noqa: F401
        from pathways.merging import detected, detection, effects, panels  # noqa: F401
        from pathways.reading import lifecycles  # noqa: F401  (registers the tables of the past)
