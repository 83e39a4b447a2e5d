"""The addresses of saturation, gathered by `prescriptions.urls`."""

from django.urls import path, re_path

from prescriptions.views import minimum, places, proposals, reactions, saturation

urlpatterns = [
    path("places/", places.places, name="places"),
    path("places/export/", places.export, name="places_export"),
    path("places/reactions/", reactions.reactions_page, name="reactions"),
    path("places/reactions/export/", reactions.export, name="reactions_export"),
    path("places/alertes/<int:case_id>/", saturation.saturation, name="saturation"),
    path("places/alertes/<int:case_id>/candidats/", proposals.choose, name="saturation_candidates"),
    path("places/alertes/<int:case_id>/abandonner/", saturation.give_up, name="saturation_give_up"),
    re_path(
        r"^places/alertes/(?P<case_id>\d+)/(?P<verb>vu|prendre|rendre|confier)/$",
        saturation.act,
        name="saturation_act",
    ),
    path("propositions/<int:proposal_id>/ecarter/", proposals.dismiss, name="proposal_dismiss"),
    path("sessions/<int:session_id>/effectif-minimal/", minimum.decide, name="minimum"),
]
