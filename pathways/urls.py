from django.urls import path

from pathways.views import correct, fact, file, pile, roles, search

app_name = "pathways"

urlpatterns = [
    path("", pile.my_pile, name="pile"),
    path("dossiers/", search.search, name="search"),
    path("dossiers/export/", search.export, name="search_export"),
    path("dossiers/<int:pathway_id>/", file.file, name="file"),
    path("dossiers/<int:pathway_id>/fait/<slug:kind>/", fact.fact, name="fact"),
    path("dossiers/<int:pathway_id>/corriger/<int:event_id>/", correct.correct, name="correct"),
    path("role/", roles.switch_role, name="switch_role"),
]
