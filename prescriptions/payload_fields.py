"""The details that facts about a prescription carry (`pathways.payload_fields`)."""

from django import forms
from django.db.models import Min

from pathways.payload_fields import choice_words, date_words, payload_field
from prescriptions.enums import NextStep
from prescriptions.models import Prescription
from prescriptions.queue import offer_deadline


def _usual_deadline(pathway):
    """When an offer usually ends: 48 hours, less when the first session that the person waits for opens sooner."""
    waiting = Prescription.objects.waiting().filter(pathway=pathway)
    return offer_deadline(waiting.aggregate(first=Min("session__starts_on"))["first"])


payload_field(
    "next_step",
    lambda pathway: forms.ChoiceField(
        choices=NextStep.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez dans la liste ce que vous proposez à la personne."},
    ),
    words=choice_words(NextStep),
    refusals=["next_step_missing"],
)
payload_field(
    "convened_for",
    lambda pathway: forms.DateField(
        error_messages={"required": "Saisissez le jour de l'information collective, par exemple 03/04/2018."}
    ),
    words=date_words,
    refusals=["convened_before"],
)
payload_field(
    "place",
    lambda pathway: forms.CharField(
        max_length=200, help_text="L'adresse où la personne doit se présenter, avec l'heure."
    ),
)
payload_field(
    "expires_on",
    lambda pathway: forms.DateField(
        initial=_usual_deadline(pathway),
        help_text="Sans réponse ce jour-là, la place passe à la personne suivante.",
        error_messages={"required": "Saisissez le dernier jour pour répondre, par exemple 03/04/2018."},
    ),
    words=date_words,
    refusals=["offer_expired"],
)
