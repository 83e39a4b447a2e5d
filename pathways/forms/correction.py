"""Taking a recorded fact back, or stating it right."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.db import models

from pathways.facts import KINDS
from pathways.forms.fact import DETAIL, FactForm
from pathways.models import Event
from pathways.story import can_be_restated
from pathways.variants import EARLY_EXIT


class Way(models.TextChoices):
    RESTATE = "rectifier", "Le fait a eu lieu, mais la saisie est à rectifier"
    ANNUL = "retirer", "Le fait n'a pas eu lieu : le retirer"


class CorrectionForm(FactForm):
    """The fact as it was stated, to be changed, or taken back; why is always asked.

    seen: fingerprint of what was previewed, so that only what has been looked at gets recorded.
    """

    way = forms.ChoiceField(
        label="Que faut-il corriger ?",
        choices=Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si le fait est à rectifier ou à retirer."},
    )
    why = forms.CharField(
        label="Raison de la correction",
        help_text="Elle reste visible dans l'historique, à côté de ce qui avait été saisi.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages={"required": "Dites en une phrase ce qui était faux."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, event: Event, data=None, *, may_change_exit: bool = False):
        """may_change_exit: the reader may turn a departure for a job into a drop-out, and the reverse."""
        self.event = event
        self.can_restate = can_be_restated(event)
        is_job = event.kind == EARLY_EXIT.becomes
        as_exit = may_change_exit and is_job
        kind = KINDS[EARLY_EXIT.kind if as_exit else event.kind]
        super().__init__(
            kind,
            event.pathway,
            data,
            initial=_as_stated(event, EARLY_EXIT.reason[0] if as_exit else event.reason),
            offers_job=may_change_exit,
        )
        if not self.can_restate:
            self.fields = {name: self.fields[name] for name in ("key", "seen", "why")}
        # The form has two comments: the fact's own, and why it is corrected.
        elif "comment" in self.fields:
            self.fields["comment"].label = "Commentaire du fait"

    def fact_fields(self) -> list[forms.BoundField]:
        """What the fact itself says: everything but the questions about the correction."""
        return [field for field in self.visible_fields() if field.name not in ("way", "why")]

    @property
    def annuls(self) -> bool:
        return not self.can_restate or self.data.get("way") == Way.ANNUL

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.annuls:
            # What is taken back need not be right.
            for name in set(self._errors) - {"way", "why"}:
                del self._errors[name]

    def clean(self):
        cleaned = super().clean()
        if not self.annuls and not self.errors and self._is_unchanged():
            self.add_error(
                "way", "Rien n'a changé : modifiez ce qui est faux, ou choisissez de retirer le fait."
            )
        return cleaned

    def _is_unchanged(self) -> bool:
        event = self.event
        before = {
            "kind": event.kind,
            "occurred_on": event.occurred_on,
            "reason": event.reason,
            "comment": event.comment,
            "payload": event.payload,
        }
        return self.statement() == before

    def fingerprint(self) -> str:
        """What would be recorded, as a short text: equal for equal corrections."""
        said: dict[str, Any] = {"why": self.cleaned_data["why"], "annuls": self.annuls}
        if not self.annuls:
            said |= self.statement()
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def _as_stated(event: Event, reason: str) -> dict[str, Any]:
    return {
        "occurred_on": event.occurred_on,
        "reason": reason,
        "comment": event.comment,
        "way": Way.RESTATE,
        **{DETAIL + key: value for key, value in event.payload.items()},
    }
