from django.urls import path

from followup.views import attendance, contact, exam, leavers, trainees

app_name = "followup"

urlpatterns = [
    path("sessions/<int:session_id>/presences/", attendance.attendance, name="attendance"),
    path("sessions/<int:session_id>/presences/rouvrir/", attendance.reopen, name="attendance_reopen"),
    path("sessions/<int:session_id>/examen/", exam.exam_results, name="exam_results"),
    path("stagiaires/", trainees.trainees, name="trainees"),
    path("sortants/", leavers.leavers, name="leavers"),
    path("sortants/export/", leavers.export, name="leavers_export"),
    path("sortants/<int:enrolment_id>/", contact.contact, name="contact"),
    path("sortants/<int:enrolment_id>/prise-en-charge/", contact.hold, name="hold"),
]
