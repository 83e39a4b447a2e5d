"""The filter of pages that speak of one civil year."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from config import clock


class YearForm(forms.Form):
    """`?annee=`: the latest of the years offered when none is asked for, or none that is offered."""

    annee = forms.TypedChoiceField(label="Année", coerce=int, required=False)

    def __init__(self, query, offered: Sequence[int]):
        super().__init__(query if query.get("annee") else None)
        field = self.fields["annee"]
        field.choices = [(year, str(year)) for year in offered]
        field.initial = offered[0] if offered else None
        self.is_offered = bool(offered)

    def year(self) -> int:
        asked = self.cleaned_data.get("annee") if self.is_valid() else None
        return asked or self.fields["annee"].initial or clock.today().year
