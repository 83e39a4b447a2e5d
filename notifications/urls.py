from django.urls import path

from notifications.registry import for_administrators, for_readers
from notifications.views.agenda import agenda_feed, my_agenda, renew, revoke
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
    path("mon-agenda/", for_readers(my_agenda), name="agenda"),
    path("mon-agenda/nouvelle-adresse/", for_readers(renew), name="agenda_renew"),
    path("mon-agenda/fermer/", for_readers(revoke), name="agenda_revoke"),
    path("agenda/<str:token>.ics", agenda_feed, name="agenda_feed"),
    path("courriels/", for_administrators(mails), name="mails"),
    path("courriels/<int:mail_id>/", for_administrators(mail), name="mail"),
    path("courriels/<int:mail_id>/renvoyer/", for_administrators(send_again), name="mail_send_again"),
]
