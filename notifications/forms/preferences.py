"""The form of « Mes courriels »: when the digest leaves, and how each kind of news does."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from notifications.enums import Delivery, Rhythm, Weekday
from notifications.models import Subscription
from notifications.models.reading import FIRST_HOUR, LAST_HOUR
from notifications.preferences import delivery_of, may_leave_at_once
from notifications.registry import Kind, NoticeKind

HOURS = [(hour, f"{hour} h") for hour in range(FIRST_HOUR, LAST_HOUR + 1)]


class PreferencesForm(forms.Form):
    """One select per kind of news, named « nature_<code> »."""

    rhythm = forms.ChoiceField(
        label="Récapitulatif",
        choices=Rhythm.choices,
        widget=forms.RadioSelect,
        help_text="Un seul courriel avec tout ce qui est nouveau ; aucun quand il n'y a rien à dire.",
    )
    weekday = forms.TypedChoiceField(
        label="Jour de l'envoi hebdomadaire",
        choices=Weekday.choices,
        coerce=int,
        help_text="Ne compte que pour « une fois par semaine ».",
    )
    hour = forms.TypedChoiceField(label="Heure d'envoi", choices=HOURS, coerce=int)

    def __init__(self, kinds: Iterable[Kind | NoticeKind], subscription: Subscription, *args, **kwargs):
        initial = {name: getattr(subscription, name) for name in ("rhythm", "weekday", "hour")}
        super().__init__(*args, initial=initial, **kwargs)
        self.kinds = list(kinds)
        for kind in self.kinds:
            choices = [
                each for each in Delivery.choices if each[0] != Delivery.AT_ONCE or may_leave_at_once(kind)
            ]
            self.fields[f"nature_{kind.code}"] = forms.ChoiceField(
                label=kind.label, choices=choices, initial=delivery_of(kind, subscription)
            )

    @property
    def kind_fields(self) -> list[forms.BoundField]:
        return [self[f"nature_{kind.code}"] for kind in self.kinds]

    @property
    def choices(self) -> dict[str, str]:
        """Kind code -> Delivery, of a valid form."""
        return {kind.code: self.cleaned_data[f"nature_{kind.code}"] for kind in self.kinds}
