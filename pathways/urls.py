from django.urls import path

from pathways.views import (
    correct,
    duplicates,
    fact,
    file,
    imports,
    parameters,
    pile,
    pile_lines,
    roles,
    search,
    together,
)

app_name = "pathways"

urlpatterns = [
    path("", pile.my_pile, name="pile"),
    path("pile/differer/", pile_lines.defer, name="defer"),
    path("pile/differees/", pile.deferred, name="deferred"),
    path("pile/reprendre/", pile_lines.take_up, name="take_up"),
    path("pile/confier/", pile_lines.entrust, name="entrust"),
    path("dossiers/", search.search, name="search"),
    path("dossiers/export/", search.export, name="search_export"),
    path("dossiers/ensemble/", together.together, name="together"),
    path("dossiers/<int:pathway_id>/", file.file, name="file"),
    path("dossiers/<int:pathway_id>/fait/<slug:kind>/", fact.fact, name="fact"),
    path("dossiers/<int:pathway_id>/faits-passes/", fact.past_facts, name="past_facts"),
    path("dossiers/<int:pathway_id>/corriger/<int:event_id>/", correct.correct, name="correct"),
    path(
        "dossiers/<int:pathway_id>/corriger/<int:event_id>/apercu/", correct.preview, name="correct_preview"
    ),
    path("doublons/", duplicates.duplicates, name="duplicates"),
    path("doublons/<int:kept_id>/<int:other_id>/", duplicates.merge, name="merge"),
    path("doublons/<int:kept_id>/<int:other_id>/ecarter/", duplicates.dismiss, name="duplicate_dismiss"),
    path(
        "doublons/<int:kept_id>/<int:other_id>/reprendre/", duplicates.take_back, name="duplicate_take_back"
    ),
    path("imports/", imports.imports, name="imports"),
    path("imports/<slug:kind>/nouveau/", imports.import_new, name="import_new"),
    path("imports/<int:run_id>/", imports.import_run, name="import_run"),
    path("imports/<int:run_id>/avancement/", imports.import_progress, name="import_progress"),
    path("imports/<int:run_id>/confirmer/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:run_id>/abandonner/", imports.import_cancel, name="import_cancel"),
    path("parametres/", parameters.parameters, name="parameters"),
    path("parametres/<slug:code>/", parameters.parameter, name="parameter"),
    path("parametres/<slug:code>/choisir/", parameters.choose, name="parameter_choose"),
    path(
        "parametres/<slug:code>/<int:value_id>/reprendre/",
        parameters.take_back,
        name="parameter_take_back",
    ),
    path("role/", roles.switch_role, name="switch_role"),
]
