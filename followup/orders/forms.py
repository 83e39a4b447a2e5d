"""Committing places of a session, or of a lot."""

from __future__ import annotations

from django import forms

from pathways.enums import OrganisationKind
from pathways.models import Organisation
from prescriptions.models import Commitment, Session

SHARED = ("scheme", "year", "places", "price_per_place", "note")


class CommitmentForm(forms.ModelForm):
    """Of a session: its provider and bassin are its own. Of a lot: they are asked."""

    class Meta:
        model = Commitment
        fields = ("lot", "provider", "area", *SHARED)
        help_texts = {
            "price_per_place": "Toutes taxes comprises, pour un stagiaire et toute la session. Vide : non renseigné.",
            "scheme": "Laissez vide : Jalons le déduit des financeurs de la session.",
        }

    def __init__(self, data=None, *, instance: Commitment, session: Session | None = None):
        super().__init__(data, instance=instance)
        for field in self.fields.values():
            field.error_messages |= {
                "required": f"Renseignez le champ « {field.label.lower()} ».",
                "invalid": "Saisissez un nombre, par exemple 3200.",
            }
        if session is not None:
            for name in ("lot", "provider", "area"):
                del self.fields[name]
            return
        self.fields["lot"].required = True
        providers = Organisation.objects.filter(kind=OrganisationKind.PROVIDER)
        self.fields["provider"].queryset = providers.order_by("name", "pk")
        self.fields["scheme"].help_text = ""

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not 2000 <= year <= 2100:
            raise forms.ValidationError("Saisissez une année, par exemple 2018.")
        return year
