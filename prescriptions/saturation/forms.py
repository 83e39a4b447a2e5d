"""The forms of a case of saturation."""

from __future__ import annotations

from django import forms

from pathways.actor import Actor
from pathways.models import User
from prescriptions.models import SaturationCase
from prescriptions.saturation.cases import colleagues
from prescriptions.saturation.enums import Decision, DismissalReason, GiveUpReason

EXPLAIN = {"required": "Écrivez une phrase : elle sera relue par la Région."}


def _reasons(choices, label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez dans la liste."},
    )


class EntrustForm(forms.Form):
    colleague = forms.ModelChoiceField(
        label="Collègue",
        queryset=User.objects.none(),
        empty_label="Choisissez un nom",
        error_messages={
            "required": "Choisissez un nom de la liste.",
            "invalid_choice": "Choisissez un nom de la liste.",
        },
    )

    def __init__(self, case: SaturationCase, actor: Actor, data=None):
        super().__init__(data)
        self.fields["colleague"].queryset = colleagues(case).exclude(pk=actor.user_id)


class GiveUpForm(forms.Form):
    reason = _reasons(GiveUpReason, "Motif")
    comment = forms.CharField(
        label="Explication",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui a été tenté, et pourquoi cela ne suffit pas. Ne nommez personne.",
        error_messages=EXPLAIN,
    )


class DismissForm(forms.Form):
    reason = _reasons(DismissalReason, "Motif")
    comment = forms.CharField(
        label="Précision",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Lue par le conseiller qui a proposé cette personne.",
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("reason") == DismissalReason.OTHER and not (cleaned.get("comment") or "").strip():
            self.add_error("comment", "Avec « Autre », écrivez une phrase.")
        return cleaned


class MinimumForm(forms.Form):
    decision = _reasons(Decision, "Décision")
    comment = forms.CharField(
        label="Explication",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Transmise à l'organisme et à la Région.",
        error_messages={"required": "Écrivez une phrase : l'autre partie doit comprendre la décision."},
    )
