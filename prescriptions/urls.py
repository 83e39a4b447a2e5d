from django.urls import path

from prescriptions.views import (
    candidates,
    meeting,
    places,
    prescribe,
    schemes,
    session,
    session_changes,
    session_edit,
    sessions,
)

app_name = "prescriptions"

urlpatterns = [
    path("sessions/", sessions.search, name="sessions"),
    path("sessions/export/", sessions.export, name="sessions_export"),
    path("sessions/<int:session_id>/", session.session, name="session"),
    path("sessions/<int:session_id>/completer/", session_edit.edit, name="session_edit"),
    path("sessions/<int:session_id>/annuler/", session_changes.cancel, name="session_cancel"),
    path("sessions/<int:session_id>/reporter/", session_changes.postpone, name="session_postpone"),
    path("sessions/<int:session_id>/information-collective/", meeting.meeting, name="meeting"),
    path("dossiers/<int:pathway_id>/prescrire/", prescribe.prescribe, name="prescribe"),
    path("prescriptions/<int:prescription_id>/supprimer/", prescribe.discard, name="discard"),
    path("candidats/", candidates.candidates, name="candidates"),
    path("places/", places.places, name="places"),
    path("dispositifs/", schemes.schemes, name="schemes"),
    path("dispositifs/nouveau/", schemes.new, name="scheme_new"),
    path("dispositifs/<slug:code>/", schemes.scheme, name="scheme"),
    path("dispositifs/<slug:code>/modifier/", schemes.edit, name="scheme_edit"),
    path("dispositifs/<slug:code>/regle/", schemes.rule, name="scheme_rule"),
]
