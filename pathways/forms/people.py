"""The filters of the list of people. Field names are the words of the address, which people keep and share."""

from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from pathways.actor import Actor
from pathways.enums import OrganisationKind, PathwayState, Role
from pathways.models import Cohort, EmploymentArea, Organisation, Pathway


def areas_of(actor: Actor) -> QuerySet[EmploymentArea]:
    """The bassins in which the actor has people; all those of an agency."""
    if actor.has_role(Role.ADVISOR):
        return EmploymentArea.objects.filter(pk__in=actor.area_ids)
    mine = Pathway.objects.visible_to(actor)
    if actor.has_role(Role.DEPARTMENT_MANAGER):
        # One look into the index per bassin, however many people live there.
        return EmploymentArea.objects.filter(Exists(mine.filter(area=OuterRef("pk"))))
    return EmploymentArea.objects.filter(pk__in=_values(mine, "area"))


def cohorts_of(actor: Actor) -> QuerySet[Cohort]:
    """The cohorts of a Département; those of the people whom anyone else sees."""
    if actor.has_role(Role.DEPARTMENT_MANAGER):
        return Cohort.objects.filter(department=actor.organisation_id)
    return Cohort.objects.filter(pk__in=_values(Pathway.objects.visible_to(actor), "cohort"))


def _values(rows: QuerySet, column: str) -> list[int]:
    """The values of a column, read at once: as a condition per bassin or cohort it reads the people of each."""
    return list(rows.order_by().values_list(column, flat=True).distinct())


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
        self.fields["bassin"].queryset = areas_of(actor)
        self.fields["cohorte"].queryset = cohorts_of(actor)
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
