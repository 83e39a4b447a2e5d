"""All addresses. Packages are included by name: nothing here imports the domain."""

from importlib.util import find_spec

from allauth.account import views as account_views
from django.urls import include, path

from config import views

# In the order of the arrows; a package without pages has no urls.py.
PACKAGES = ("pathways", "prescriptions", "followup", "notifications")

urlpatterns = [
    path("connexion/", account_views.login, name="account_login"),
    path("deconnexion/", account_views.logout, name="account_logout"),
    path("compte/inactif/", account_views.account_inactive, name="account_inactive"),
    path("composants/", views.components, name="components"),
    path("composants/travail/", views.components_job, name="components_job"),
    *(path("", include(f"{package}.urls")) for package in PACKAGES if find_spec(f"{package}.urls")),
]
