"""The filters of the list of people. Field names are the words of the address, which people keep and share."""

from django import forms
from django.db.models import Exists, OuterRef

from pathways.actor import Actor
from pathways.enums import OrganisationKind, PathwayState, Role
from pathways.models import Cohort, EmploymentArea, Organisation, Pathway


class PeopleFilters(forms.Form):
    """What the reader's role may filter by: a provider only searches."""

    q = forms.CharField(label="Nom ou identifiant", required=False, max_length=100)
    etape = forms.ChoiceField(label="Étape", required=False, choices=[("", "Toutes"), *PathwayState.choices])
    bassin = forms.ModelChoiceField(
        label="Bassin", required=False, queryset=EmploymentArea.objects.none(), empty_label="Tous"
    )
    cohorte = forms.ModelChoiceField(
        label="Cohorte", required=False, queryset=Cohort.objects.none(), empty_label="Toutes"
    )
    pole = forms.ModelChoiceField(
        label="Pôle d'insertion", required=False, queryset=Organisation.objects.none(), empty_label="Tous"
    )
    bloques = forms.BooleanField(label="Seulement les parcours bloqués", required=False)
    tri = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, actor: Actor):
        super().__init__(data)
        if actor.has_role(Role.PROVIDER):
            for name in ("etape", "bassin", "cohorte", "pole", "bloques"):
                del self.fields[name]
            return
        mine = Pathway.objects.visible_to(actor)
        self.fields["bassin"].queryset = EmploymentArea.objects.filter(
            Exists(mine.filter(area=OuterRef("pk")))
        )
        self.fields["cohorte"].queryset = Cohort.objects.filter(Exists(mine.filter(cohort=OuterRef("pk"))))
        if actor.has_role(Role.DEPARTMENT_MANAGER):
            self.fields["pole"].queryset = Organisation.objects.filter(
                kind=OrganisationKind.INSERTION_POLE, parent=actor.organisation_id
            )
        else:
            del self.fields["pole"]

    def criteria(self) -> dict:
        """The cleaned values; a value that is no choice is shown as an error and filters nothing."""
        self.is_valid()
        return self.cleaned_data

    def in_words(self) -> list[tuple[str, str]]:
        """(label, value) of each filter in force, for the export's second sheet."""
        said = []
        for name, value in self.criteria().items():
            field = self.fields[name]
            if not value or isinstance(field.widget, forms.HiddenInput):
                continue
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                value = dict(field.choices)[value]
            said.append((field.label, "oui" if value is True else str(value)))
        return said
