"""All addresses. Packages are included by name: nothing here imports the domain."""

from allauth.account import views as account_views
from django.urls import include, path

urlpatterns = [
    path("connexion/", account_views.login, name="account_login"),
    path("deconnexion/", account_views.logout, name="account_logout"),
    path("compte/inactif/", account_views.account_inactive, name="account_inactive"),
    path("", include("pathways.urls")),
    path("", include("prescriptions.urls")),
    path("", include("followup.urls")),
    path("", include("notifications.urls")),
]
