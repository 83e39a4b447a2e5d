from django.urls import path

from followup.views import attendance, contact, exam, leavers, orders, trainees

app_name = "followup"

urlpatterns = [
    path("sessions/<int:session_id>/presences/", attendance.attendance, name="attendance"),
    path("sessions/<int:session_id>/presences/rouvrir/", attendance.reopen, name="attendance_reopen"),
    path("sessions/<int:session_id>/examen/", exam.exam_results, name="exam_results"),
    path("stagiaires/", trainees.trainees, name="trainees"),
    path("commande-publique/", orders.orders, name="orders"),
    path("commande-publique/export/", orders.export, name="orders_export"),
    path("commande-publique/sessions/<int:session_id>/", orders.of_session, name="order_of_session"),
    path("commande-publique/lots/nouveau/", orders.new_lot, name="order_new"),
    path("commande-publique/lots/<int:commitment_id>/", orders.lot, name="order_lot"),
    path("commande-publique/<int:commitment_id>/retirer/", orders.withdraw, name="order_withdraw"),
    path("sortants/", leavers.leavers, name="leavers"),
    path("sortants/export/", leavers.export, name="leavers_export"),
    path("sortants/<int:enrolment_id>/", contact.contact, name="contact"),
    path("sortants/<int:enrolment_id>/prise-en-charge/", contact.hold, name="hold"),
]
