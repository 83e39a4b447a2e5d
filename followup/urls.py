from django.urls import path

from followup.views import contact

app_name = "followup"

urlpatterns = [
    path("sortants/<int:enrolment_id>/", contact.contact, name="contact"),
    path("sortants/<int:enrolment_id>/prise-en-charge/", contact.hold, name="hold"),
]
