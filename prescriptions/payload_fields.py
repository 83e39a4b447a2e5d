"""The details that facts about a prescription carry (`pathways.payload_fields`)."""

from django import forms
from django.db.models import Min

from pathways.payload_fields import choice_words, date_words, payload_field
from prescriptions.deadlines import offer_deadline
from prescriptions.enums import MeetingKind, NextStep
from prescriptions.models import Meeting, Prescription
from prescriptions.moments import as_moment
from prescriptions.moments import in_words as moment_in_words


def _usual_deadline(pathway):
    """When an offer usually ends: the dated delay, less when the first session that the person waits for opens soon."""
    waiting = Prescription.objects.waiting().filter(pathway=pathway)
    return offer_deadline(waiting.aggregate(first=Min("session__starts_on"))["first"])


def _suggest_meeting(field: forms.Field, prescription_id: int) -> None:
    """The coming information sessions of the session asked for, the nearest one typed already."""
    meetings = _coming_meetings(prescription_id)
    if not meetings:
        field.help_text = "Aucune information collective à venir n'est annoncée pour cette session."
        return
    field.initial = meetings[0].held_on
    field.help_text = f"Annoncées : {' ; '.join(meeting.when for meeting in meetings)}."


def _suggest_place(field: forms.Field, prescription_id: int) -> None:
    meetings = _coming_meetings(prescription_id)
    if meetings and meetings[0].place:
        hour = meetings[0].when.partition(" ")[2]
        field.initial = f"{meetings[0].place} {hour}".strip()[:200]


def _coming_meetings(prescription_id: int) -> list[Meeting]:
    asked = Prescription.objects.filter(pk=prescription_id).order_by().values("session")
    meetings = Meeting.objects.coming().of_kind(MeetingKind.INFORMATION)
    return list(meetings.filter(session__in=asked))


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
    suggest=_suggest_meeting,
)
payload_field(
    "place",
    lambda pathway: forms.CharField(
        max_length=200, help_text="L'adresse où la personne doit se présenter, avec l'heure."
    ),
    suggest=_suggest_place,
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


def _moment_words(values):
    """« 2026-04-03T14:30:00+02:00 » as 03/04/2026 à 14 h 30."""
    return {
        value: moment_in_words(moment) if (moment := as_moment(value)) else str(value) for value in values
    }


# Only Jalons writes it, with the offers that it makes itself: no form asks for it.
payload_field("expires_at", lambda pathway: forms.CharField(widget=forms.HiddenInput), words=_moment_words)
