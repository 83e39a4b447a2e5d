from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "prescriptions"
    verbose_name = "Offre et prescriptions"

    def ready(self):
        # Registries: alerts, effects of corrections, details of facts, hooks, the menu, the file, the pile,
        # who sees what, what people are told, their calendars.
        from prescriptions import (  # noqa: F401
            agenda,
            answer_notices,
            coherence,
            effects,
            menu,
            merging,
            offer_news,
            overlaps,
            panels,
            past,
            payload_fields,
            pile,
            pile_changes,
            pile_referent,
            places,
            quota_alerts,
            scopes,
            seat_notices,
            session_changes,
            together,
        )
        from prescriptions.admission import alerts as waits  # noqa: F401
        from prescriptions.admission import refusals  # noqa: F401  (declares its parameter)
        from prescriptions.aif import alerts as aif_alerts  # noqa: F401
        from prescriptions.aif import panels as aif_panels  # noqa: F401
        from prescriptions.completeness import alerts as incomplete_offer  # noqa: F401  (alert, reminder, pile)
        from prescriptions.documents import blockages as late_documents  # noqa: F401
        from prescriptions.documents import effects as document_effects  # noqa: F401
        from prescriptions.documents import panel as document_panel  # noqa: F401
        from prescriptions.documents import pile as documents_to_issue  # noqa: F401
        from prescriptions.imports import offer  # noqa: F401  (registers the kind of file)
        from prescriptions.matching import settings  # noqa: F401  (declares its parameters)
        from prescriptions.plan import asked  # noqa: F401  (declares its parameters)
        from prescriptions.saturation import alerts, proposals, sweepers  # noqa: F401  (alerts, hooks, what a day brings)
        from prescriptions.saturation import pile as places_to_fill  # noqa: F401
