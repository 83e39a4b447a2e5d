from django.urls import path

from prescriptions.saturation.urls import urlpatterns as saturation_addresses
from prescriptions.views import (
    aes_delays,
    aif,
    candidates,
    documents,
    equity,
    meeting,
    planning,
    prescribe,
    schemes,
    session,
    session_changes,
    session_edit,
    sessions,
    to_complete,
    verification,
)

app_name = "prescriptions"

urlpatterns = [
    path("sessions/", sessions.search, name="sessions"),
    path("sessions/export/", sessions.export, name="sessions_export"),
    path("sessions/calendrier/", planning.calendar, name="calendar"),
    path("sessions/calendrier/export/", planning.export, name="calendar_export"),
    path("sessions/a-completer/", to_complete.to_complete, name="to_complete"),
    path("sessions/a-completer/export/", to_complete.export, name="to_complete_export"),
    path("sessions/<int:session_id>/", session.session, name="session"),
    path("sessions/<int:session_id>/completer/", session_edit.edit, name="session_edit"),
    path("sessions/<int:session_id>/annuler/", session_changes.cancel, name="session_cancel"),
    path("sessions/<int:session_id>/reporter/", session_changes.postpone, name="session_postpone"),
    path("sessions/<int:session_id>/information-collective/", meeting.meeting, name="meeting"),
    path("sessions/<int:session_id>/attestations/", documents.of_session, name="documents"),
    path(
        "sessions/<int:session_id>/attestations/emettre/", documents.issue_of_session, name="documents_issue"
    ),
    path("sessions/<int:session_id>/attestations/tout/", documents.all_of_session, name="documents_all"),
    path("attestations/<int:document_id>/", documents.document, name="document"),
    path("attestations/<int:document_id>/remplacer/", documents.renew_document, name="document_renew"),
    path("pilotage/equite/", equity.page, name="equity"),
    path("pilotage/equite/export/", equity.export, name="equity_export"),
    path("pilotage/aes/", aes_delays.page, name="aes_delays"),
    path("verifier/", verification.verify, name="verify"),
    path("verifier/<str:digits>/", verification.verify_document, name="verify_document"),
    path("dossiers/<int:pathway_id>/prescrire/", prescribe.prescribe, name="prescribe"),
    path("dossiers/<int:pathway_id>/aif/", aif.examine, name="aif"),
    path("dossiers/<int:pathway_id>/aif/<int:event_id>/", aif.evidence, name="aif_evidence"),
    path("prescriptions/<int:prescription_id>/supprimer/", prescribe.discard, name="discard"),
    path("candidats/", candidates.candidates, name="candidates"),
    *saturation_addresses,
    path("dispositifs/", schemes.schemes, name="schemes"),
    path("dispositifs/nouveau/", schemes.new, name="scheme_new"),
    path("dispositifs/<slug:code>/", schemes.scheme, name="scheme"),
    path("dispositifs/<slug:code>/modifier/", schemes.edit, name="scheme_edit"),
    path("dispositifs/<slug:code>/regle/", schemes.rule, name="scheme_rule"),
]
