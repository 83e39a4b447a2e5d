"""The forms of the plan's pages."""

from __future__ import annotations

from django import forms

from prescriptions.plan.enums import SetAside


class LaunchForm(forms.Form):
    """How far ahead a plan looks, and whom it counts in."""

    semaines = forms.IntegerField(
        label="Ouvertures des semaines à venir",
        min_value=1,
        max_value=52,
        error_messages={
            "required": "Saisissez un nombre de semaines, par exemple 8.",
            "invalid": "Saisissez un nombre entier de semaines, par exemple 8.",
            "min_value": "Un plan regarde au moins une semaine.",
            "max_value": "Un plan regarde au plus 52 semaines.",
        },
    )
    projets = forms.BooleanField(
        label="Compter les personnes dont le projet n'est pas renseigné",
        required=False,
        help_text="Elles peuvent alors recevoir une place dans n'importe quel métier, à vérifier avec elles.",
    )


class SetAsideForm(forms.Form):
    """Why lines are left out."""

    motif = forms.ChoiceField(
        label="Motif pour écarter",
        choices=[("", "Choisissez un motif"), *SetAside.choices],
        error_messages={"required": "Choisissez un motif dans la liste."},
    )
    explication = forms.CharField(
        label="Explication",
        required=False,
        max_length=500,
        help_text="Obligatoire pour « Autre ». Lue par l'équipe : ni santé, ni droit RSA.",
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("motif") == SetAside.OTHER and not (cleaned.get("explication") or "").strip():
            self.add_error("explication", "Écrivez une phrase : « Autre » ne dit pas pourquoi.")
        return cleaned
