from django.urls import path

from notifications.registry import for_readers
from notifications.views.alerts import alerts

app_name = "notifications"

urlpatterns = [path("alertes/", for_readers(alerts), name="alerts")]
