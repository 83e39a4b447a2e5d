"""Forms of the trainees' pages."""

from __future__ import annotations

import uuid

from django import forms

from config import clock
from followup.models import Enrolment
from followup.services import Statement, results_open_to

DAY_ERRORS = {
    "required": "Saisissez la date, par exemple 03/04/2018.",
    "invalid": "Saisissez une date qui existe, par exemple 03/04/2018.",
}


class ResultsDayForm(forms.Form):
    """What the results of one session share: the day of the jury."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    occurred_on = forms.DateField(label="Date du résultat (jury)", error_messages=DAY_ERRORS)

    def __init__(self, data=None):
        super().__init__(data, initial={"occurred_on": clock.today(), "key": uuid.uuid4().hex})


class ResultForm(forms.Form):
    """The result of one trainee; an empty one says nothing yet. ccp: names of the certificates, one a line."""

    result = forms.ChoiceField(
        label="Résultat",
        required=False,
        error_messages={"invalid_choice": "Ce résultat n'est plus possible : choisissez-en un de la liste."},
    )
    ccp = forms.CharField(
        label="CCP obtenus, un par ligne",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, enrolment: Enrolment, data=None):
        super().__init__(data, prefix=f"r{enrolment.pk}", initial={"ccp": "\n".join(enrolment.exam_ccp)})
        self.enrolment = enrolment
        self.fields["result"].choices = [("", "Pas encore connu"), *results_open_to(enrolment)]

    def clean(self):
        cleaned = super().clean()
        names = [line.strip() for line in cleaned.get("ccp", "").splitlines() if line.strip()]
        if cleaned.get("result") == "exam_partial" and not names:
            self.add_error("ccp", "Indiquez au moins un CCP obtenu, ou choisissez « Échec ».")
        if any(len(name) > 200 for name in names):
            self.add_error("ccp", "Un intitulé de CCP ne dépasse pas 200 caractères : raccourcissez-le.")
        cleaned["names"] = names
        return cleaned

    @property
    def is_said(self) -> bool:
        return bool(self.cleaned_data.get("result"))

    def statement(self, day) -> Statement:
        kind = self.cleaned_data["result"]
        payload = {"ccp": self.cleaned_data["names"]} if kind == "exam_partial" else {}
        return Statement(self.enrolment, kind, day, payload)
