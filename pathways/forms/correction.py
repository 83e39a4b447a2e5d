"""Taking a recorded fact back, or stating it right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models

from pathways.facts import KINDS, Fact
from pathways.forms.fact import DETAIL, FactForm
from pathways.models import Event
from pathways.story import can_be_restated
from pathways.variants import EARLY_EXIT


class Way(models.TextChoices):
    """What the button pressed asks for; anything else only looks."""

    RESTATE = "rectifier", "Rectifier"
    ANNUL = "retirer", "Retirer ce fait"
    LOOK = "voir", "Voir ce que cela change"


class CorrectionForm(FactForm):
    """The fact as it was stated, to be changed, or taken back; why is always asked.

    seen_annulment, seen_statement: fingerprints of what was previewed of each way, so that only what has been looked at
    gets recorded.
    """

    why = forms.CharField(
        label="Raison de la correction",
        help_text="Elle reste visible dans l'historique, à côté de ce qui avait été saisi.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages={"required": "Dites en une phrase ce qui était faux."},
    )
    seen_annulment = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    seen_statement = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

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
            self.fields = {
                name: self.fields[name] for name in ("key", "seen_annulment", "seen_statement", "why")
            }
        # The form has two comments: the fact's own, and why it is corrected.
        elif "comment" in self.fields:
            self.fields["comment"].label = "Commentaire du fait"

    def fact_fields(self) -> list[forms.BoundField]:
        """What the fact itself says: everything but the question about the correction."""
        return [field for field in self.visible_fields() if field.name != "why"]

    @property
    def way(self) -> str:
        return self.data.get("way", Way.LOOK)

    @property
    def annuls(self) -> bool:
        return self.way == Way.ANNUL

    def full_clean(self):
        super().full_clean()
        if not self.is_bound:
            return
        # What is taken back need not be right, and one may look before saying why.
        spared = set(self._errors) - {"why"} if self.annuls else {"why"} if self.way == Way.LOOK else set()
        for name in spared & set(self._errors):
            del self._errors[name]

    def clean(self):
        cleaned = super().clean()
        if not self.annuls and set(self.errors) <= {"why"} and self.can_restate and self.is_unchanged():
            self.add_error(None, "Rien n'a changé : modifiez ce qui est faux, ou retirez le fait.")
        return cleaned

    def is_unchanged(self) -> bool:
        event = self.event
        before = {
            "kind": event.kind,
            "occurred_on": event.occurred_on,
            "reason": event.reason,
            "comment": event.comment,
            "payload": event.payload,
        }
        return self.statement() == before

    @property
    def has_statement(self) -> bool:
        """Whether what the fact would say is typed right, whatever is said of the reason for the correction."""
        return self.can_restate and self.is_bound and not self.annuls and set(self.errors) <= {"why"}

    def fingerprint(self, way: str, known: Sequence[Fact]) -> str:
        """What would be recorded on which history, as a short text: equal for equal corrections of equal histories."""
        said: dict[str, Any] = {"way": way, "last": max((fact.id for fact in known), default=0)}
        if way == Way.RESTATE:
            said |= self.statement()
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()

    def was_seen(self, known: Sequence[Fact]) -> bool:
        """Whether what the button asks for is what the page has shown, and nothing was recorded since."""
        seen = self.cleaned_data["seen_annulment" if self.annuls else "seen_statement"]
        return seen == self.fingerprint(self.way, known)


def _as_stated(event: Event, reason: str) -> dict[str, Any]:
    return {
        "occurred_on": event.occurred_on,
        "reason": reason,
        "comment": event.comment,
        **{DETAIL + key: value for key, value in event.payload.items()},
    }
