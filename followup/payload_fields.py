"""The details that facts about a course carry (`pathways.payload_fields`)."""

from django import forms

from pathways.payload_fields import payload_field


class LinesField(forms.CharField):
    """One item a line; cleans to a list of the lines that hold something."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value) -> list[str]:
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]


payload_field(
    "ccp",
    lambda pathway: LinesField(
        max_length=2000,
        help_text="Un certificat de compétences professionnelles par ligne, sous son intitulé.",
        error_messages={"required": "Indiquez au moins un CCP obtenu, ou enregistrez un échec."},
    ),
    refusals=["ccp_missing"],
)
