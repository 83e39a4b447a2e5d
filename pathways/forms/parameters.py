"""Choosing the value of a dated parameter."""

from django import forms

from config import clock
from config.ui.dates import day
from pathways.parameters import Parameter


class ParameterForm(forms.Form):
    """A value within the bounds of the parameter, the day it takes effect, and who decided it."""

    value = forms.IntegerField(label="Nouvelle valeur")
    valid_from = forms.DateField(
        label="En vigueur à partir du",
        help_text="Aujourd'hui ou un jour à venir : ce qui a été alerté ou refusé avant garde sa règle.",
        error_messages={"invalid": "Saisissez une date qui existe, par exemple 31/03/2026."},
    )
    reason = forms.CharField(
        label="Qui l'a décidé, et pourquoi ?",
        help_text="Par exemple : « comité technique du 12 mars ».",
        max_length=300,
        error_messages={"required": "Dites qui l'a décidé : la raison reste dans l'historique."},
    )

    def __init__(self, parameter: Parameter, in_force: int, data=None):
        super().__init__(data, initial={"value": in_force, "valid_from": clock.today()})
        self.parameter = parameter
        field = self.fields["value"]
        field.label = f"Nouvelle valeur ({parameter.unit})"
        field.help_text = f"De {parameter.minimum} à {parameter.maximum} {parameter.unit}."
        field.error_messages |= {
            "required": "Saisissez la nouvelle valeur.",
            "invalid": "Saisissez un nombre entier.",
        }

    def clean_value(self) -> int:
        number: int = self.cleaned_data["value"]
        if not self.parameter.minimum <= number <= self.parameter.maximum:
            raise forms.ValidationError(
                f"{number} est hors des bornes : choisissez de {self.parameter.minimum}"
                f" à {self.parameter.maximum} {self.parameter.unit}."
            )
        return number

    def clean_valid_from(self):
        chosen = self.cleaned_data["valid_from"]
        if chosen < clock.today():
            raise forms.ValidationError(
                f"Le {day(chosen)} est passé : choisissez aujourd'hui ou un jour à venir."
            )
        return chosen
