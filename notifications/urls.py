from django.urls import path

from notifications.registry import for_administrators, for_readers
from notifications.views.alerts import alerts
from notifications.views.inbox import notifications, read
from notifications.views.mails import mail, mails, send_again
from notifications.views.preferences import preferences

app_name = "notifications"

urlpatterns = [
    path("alertes/", for_readers(alerts), name="alerts"),
    path("notifications/", for_readers(notifications), name="inbox"),
    path("notifications/lues/", for_readers(read), name="read"),
    path("mes-courriels/", for_readers(preferences), name="preferences"),
    path("courriels/", for_administrators(mails), name="mails"),
    path("courriels/<int:mail_id>/", for_administrators(mail), name="mail"),
    path("courriels/<int:mail_id>/renvoyer/", for_administrators(send_again), name="mail_send_again"),
]
