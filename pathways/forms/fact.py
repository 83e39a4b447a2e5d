"""One form for every kind of fact, built from what the kind must carry."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from config import clock
from pathways.facts import KINDS, FactKind
from pathways.guards import Refusal
from pathways.models import Pathway
from pathways.payload_fields import field_of, jsonable
from pathways.story import capitalised
from pathways.variants import EARLY_EXIT

#: Prefix of the fields of the payload, so that a detail may not be taken for a field of the form itself.
DETAIL = "detail_"
#: Code of a refusal -> field beside which it is shown. Refusals of details say so in `payload_fields`.
FIELD_OF_REFUSAL = {
    "in_the_future": "occurred_on",
    "before_birth": "occurred_on",
    "before_cohort": "occurred_on",
    "impossible_history": "occurred_on",
    "entry_outside_session": "occurred_on",
    "reason_missing": "reason",
    "unknown_reason": "reason",
    "comment_missing": "comment",
}


class FactForm(forms.Form):
    """Date, reason, details and comment of one fact. `statement()` gives the arguments of `apply()`.

    The rules are the door's: the form asks for what the kind declares, and shows the door's refusals beside the field
    that they speak of.
    """

    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    occurred_on = forms.DateField(
        error_messages={
            "required": "Saisissez la date, par exemple 03/04/2018.",
            "invalid": "Saisissez une date qui existe, par exemple 03/04/2018.",
        }
    )

    def __init__(
        self,
        kind: FactKind,
        pathway: Pathway,
        data=None,
        *,
        initial=None,
        offers_job: bool = False,
        subject_id: int | None = None,
    ):
        """offers_job: the form of an early exit also offers « Retour à l'emploi » with the details of the job.

        subject_id: what the fact is about, for what is known of it to be suggested.
        """
        first = {"occurred_on": clock.today(), "key": uuid.uuid4().hex, **(initial or {})}
        super().__init__(data, initial=first)
        self.kind = kind
        self.pathway = pathway
        self.subject_id = subject_id
        self.job = KINDS[EARLY_EXIT.becomes] if offers_job and kind.name == EARLY_EXIT.kind else None
        self.fields["occurred_on"].label = kind.day_label
        if self.job is not None:
            self.fields["occurred_on"].label += f", ou {self.job.day_label.lower()}"
        self._ask_reason()
        self._ask_details()
        self._ask_comment()

    def _ask_reason(self) -> None:
        if self.kind.reasons is None:
            return
        choices = list(self.kind.reasons.choices)
        if self.job is not None:
            choices.insert(0, EARLY_EXIT.reason)
        self.fields["reason"] = forms.ChoiceField(
            label="Cause" if self.job is not None else "Motif",
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Choisissez un motif de la liste."},
        )

    def _ask_details(self) -> None:
        asked = self.job or self.kind
        for key, label in {**asked.needs, **asked.takes}.items():
            field = field_of(key).factory(self.pathway)
            field.label = capitalised(label)
            if field_of(key).suggest is not None and self.subject_id is not None:
                field_of(key).suggest(field, self.subject_id)
            # The job's details are wanted only for who leaves for a job: `clean()` asks for them then.
            field.required = key in asked.needs and self.job is None
            if field.required:
                field.error_messages.setdefault("required", f"Renseignez le champ « {label} ».")
            self.fields[DETAIL + key] = field

    def _ask_comment(self) -> None:
        self.fields["comment"] = forms.CharField(
            label="Explication" if self.kind.needs_comment else "Commentaire",
            widget=forms.Textarea(attrs={"rows": 3}),
            required=self.kind.needs_comment,
            max_length=2000,
            error_messages={"required": "Écrivez une phrase d'explication."},
        )

    @property
    def is_departure_for_job(self) -> bool:
        return self.job is not None and self.cleaned_data.get("reason") == EARLY_EXIT.reason[0]

    def clean(self):
        cleaned = super().clean()
        if self.is_departure_for_job:
            for key, label in self.job.needs.items():
                if not cleaned.get(DETAIL + key) and DETAIL + key not in self.errors:
                    self.add_error(
                        DETAIL + key, f"Renseignez le champ « {label} » : la personne part en emploi."
                    )
        return cleaned

    def details(self) -> dict[str, Any]:
        """The payload, as JSON; details left empty are absent, and so is the job of who leaves for something else."""
        if self.job is not None and not self.is_departure_for_job:
            return {}
        given = {
            name.removeprefix(DETAIL): jsonable(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(DETAIL)
        }
        return {key: value for key, value in given.items() if value not in (None, "", [])}

    def statement(self) -> dict[str, Any]:
        """kind, occurred_on, reason, comment and payload of the fact, for `apply()` or `correct()`."""
        cleaned = self.cleaned_data
        leaves_for_job = self.is_departure_for_job
        return {
            "kind": EARLY_EXIT.becomes if leaves_for_job else self.kind.name,
            "occurred_on": cleaned["occurred_on"],
            "reason": "" if leaves_for_job else cleaned.get("reason", ""),
            "comment": cleaned["comment"],
            "payload": self.details(),
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show the door's refusal where it belongs, with what to do about it."""
        self.add_error(self._place_of(refusal), str(refusal))

    def _place_of(self, refusal: Refusal) -> str | None:
        place = FIELD_OF_REFUSAL.get(refusal.code)
        if place is None:
            names = [name for name in self.fields if name.startswith(DETAIL)]
            place = next(
                (n for n in names if refusal.code in field_of(n.removeprefix(DETAIL)).refusals), None
            )
        return place if place in self.fields else None
