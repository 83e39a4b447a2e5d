"""Forms of a scheme and of the rules that it applies."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from config import clock
from prescriptions.models import Scheme
from prescriptions.schemes.rules import RULES, Parameter, Rule, Shape

DAY_EXISTS = "Saisissez une date qui existe, par exemple 31/03/2018."
#: Prefix of the fields of parameters.
GIVEN = "given_"


class SchemeForm(forms.ModelForm):
    """What a scheme is, who pays for it, from when to when."""

    class Meta:
        model = Scheme
        fields = ("code", "name", "description", "funder", "try_order", "valid_from", "valid_to")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": "En minuscules, sans espace : « prf-etaq ». Il ne change plus ensuite.",
            "valid_to": "Le premier jour où il n'existe plus. Laissez vide s'il est toujours en vigueur.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]
        for name, field in self.fields.items():
            required = f"Renseignez le champ « {field.label.lower()} »."
            field.error_messages |= {"required": required}
            if name.startswith("valid_"):
                field.error_messages |= {"invalid": DAY_EXISTS}


class CodesField(forms.CharField):
    """Codes separated by commas or spaces, as a list; words are separated by commas alone."""

    def to_python(self, value) -> list[str]:
        typed = super().to_python(value)
        parts = (
            re.split(r"[,;\n]", typed) if re.search(r"[a-zà-ÿ]{2}", typed) else re.split(r"[\s,;]+", typed)
        )
        return [part.strip() for part in parts if part.strip()]

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value


class RuleForm(forms.Form):
    """The parameters of one rule, and the day from which they hold."""

    valid_from = forms.DateField(
        label="À partir du",
        help_text="Aujourd'hui ou un jour à venir : les avis déjà donnés gardent leur règle.",
        error_messages={"required": DAY_EXISTS, "invalid": DAY_EXISTS},
    )

    def __init__(self, rule: Rule, given: dict[str, Any], data=None):
        super().__init__(data, initial={"valid_from": clock.today()})
        self.rule = rule
        asked = {GIVEN + p.name: _field(p, given[p.name]) for p in rule.parameters}
        self.fields = {**asked, **self.fields}

    def clean_valid_from(self):
        chosen = self.cleaned_data["valid_from"]
        if chosen < clock.today():
            raise forms.ValidationError("Ce jour est passé : choisissez aujourd'hui ou un jour à venir.")
        return chosen

    def given(self) -> dict[str, Any]:
        return {p.name: self.cleaned_data[GIVEN + p.name] for p in self.rule.parameters}


def _field(parameter: Parameter, value: Any) -> forms.Field:
    label = parameter.label[:1].upper() + parameter.label[1:]
    if parameter.shape is Shape.NUMBER:
        return forms.IntegerField(
            label=f"{label} ({parameter.unit})" if parameter.unit else label,
            initial=value,
            min_value=0,
            max_value=100_000,
            error_messages={"required": "Saisissez un nombre.", "invalid": "Saisissez un nombre entier."},
        )
    return CodesField(
        label=label, initial=value, required=False, max_length=1000, help_text="Séparés par des virgules."
    )


class NewRuleForm(forms.Form):
    """Which rule to add to a scheme."""

    rule = forms.ChoiceField(
        label="Règle à ajouter", error_messages={"required": "Choisissez une règle dans la liste."}
    )

    def __init__(self, applied: set[str]):
        super().__init__()
        left = [(code, rule.sentence) for code, rule in RULES.items() if code not in applied]
        self.fields["rule"].choices = sorted(left, key=lambda choice: choice[1])
