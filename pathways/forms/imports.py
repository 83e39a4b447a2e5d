"""The form that hands a file in. Each kind of file says which one it uses."""

from typing import Any

from django import forms

from config.errors import JalonsError
from pathways.actor import Actor
from pathways.imports.registry import Importer, check_size
from pathways.models import Cohort

HEAD_BYTES = 4096


class UploadForm(forms.Form):
    """A file, and nothing else. `importer` judges its size and its first bytes before anything keeps it."""

    file = forms.FileField(
        label="Fichier",
        error_messages={
            "required": "Choisissez le fichier à importer.",
            "empty": "Ce fichier est vide : vérifiez l'export, puis redéposez-le.",
        },
    )
    accept = ".xml"

    def __init__(self, *args, importer: Importer, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.importer = importer
        self.actor = actor
        self.fields["file"].help_text = importer.help
        self.fields["file"].widget.attrs["accept"] = self.accept

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            check_size(self.importer, file.size)
            self.importer.sniff(file.read(HEAD_BYTES))
        except JalonsError as error:
            raise forms.ValidationError(f"{error.message} {error.next_step}", code=error.code) from None
        file.seek(0)
        return file

    def parameters(self) -> dict[str, Any]:
        """What the importer needs besides the file, as JSON."""
        return {}


class CohortUploadForm(UploadForm):
    """A cohort file and the cohort it feeds: one of the actor's Département."""

    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label="Cohorte",
        empty_label=None,
        error_messages={"required": "Choisissez une cohorte.", "invalid_choice": "Choisissez une cohorte."},
    )
    accept = ".xml,.csv,.txt"
    field_order = ["cohort", "file"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = Cohort.objects.filter(department=self.actor.organisation_id)
        self.fields["cohort"].queryset = own
        if not own.exists():
            self.fields[
                "cohort"
            ].help_text = (
                "Votre Département n'a pas encore de cohorte : demandez à l'administrateur d'en ouvrir une."
            )

    def parameters(self) -> dict[str, Any]:
        return {"cohort": self.cleaned_data["cohort"].pk}
